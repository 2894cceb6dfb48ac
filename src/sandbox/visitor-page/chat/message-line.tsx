import type { ChatMessage } from '../../chat/chat-view.js';
import { IconTicks, Moss } from '../shop/icons.jsx';
import { authorOf } from './arrange-lines.js';
import { Attachment } from './attachment.jsx';
import { RichText } from './rich-text.jsx';

export function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

function Portrait({ message }: { message: ChatMessage }) {
  if (message.from === 'bot') {
    return (
      <span class="portrait is-bot" aria-hidden="true">
        <Moss />
      </span>
    );
  }
  return (
    <span class="portrait" aria-hidden="true">
      {authorOf(message).slice(0, 1).toUpperCase()}
    </span>
  );
}

interface Props {
  message: ChatMessage;
  isFirst: boolean;
  isLast: boolean;
  /** Only the newest buttons can still be pressed. */
  mayChoose: boolean;
  onChoose: (choice: string) => void;
}

export function MessageLine({ message, isFirst, isLast, mayChoose, onChoose }: Props) {
  const isOwn = message.from === 'visitor';
  const author = authorOf(message);
  return (
    <li class={`line ${isOwn ? 'is-own' : ''} ${isFirst ? 'is-first' : ''} ${isLast ? 'is-last' : ''}`}>
      {!isOwn && (isLast ? <Portrait message={message} /> : <span class="portrait is-empty" />)}
      <div class="said">
        {isFirst && !isOwn ? <span class="author">{author}</span> : <span class="unseen">{author}:</span>}
        <div class={`bubble ${message.file ? 'has-file' : ''}`}>
          {message.file && <Attachment file={message.file} isVoice={message.type === 'voice'} />}
          {message.text && <RichText text={message.text} />}
        </div>
        {message.buttons && mayChoose && (
          <div class="choices">
            {message.buttons.map((choice) => (
              <button key={choice} type="button" class="choice" onClick={() => onChoose(choice)}>
                {choice}
              </button>
            ))}
          </div>
        )}
        {isLast && (
          <span class="meta">
            <time dateTime={message.at}>{timeOf(message.at)}</time>
            {isOwn && (
              <span class="ticks" role="img" aria-label="Delivered" title="Delivered">
                <IconTicks />
              </span>
            )}
          </span>
        )}
      </div>
    </li>
  );
}
