import { useEffect, useRef } from 'preact/hooks';
import { timeOf } from '../chat/message-line.jsx';
import type { OfficeConversation, OfficeMessage } from './office-view.js';

function author(message: OfficeMessage, visitor: string): string {
  switch (message.from) {
    case 'visitor':
      return visitor;
    case 'bot':
      return 'Moss (bot)';
    case 'agent':
      return message.agent?.name ?? 'Agent';
  }
}

function FileLine({ file }: { file: NonNullable<OfficeMessage['file']> }) {
  if (file.url) {
    return (
      <a href={file.url} target="_blank" rel="noopener noreferrer">
        {file.name}
      </a>
    );
  }
  return <span>{file.problem ? `${file.name}: ${file.problem}` : `${file.name} (fetching…)`}</span>;
}

export function Transcript({ conversation }: { conversation: OfficeConversation }) {
  const visitor = conversation.contact?.name ?? 'Visitor';
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [conversation.id, conversation.messages.length]);
  return (
    <ol class="transcript" ref={box} tabIndex={0} aria-label="Messages">
      {conversation.messages.map((message) => (
        <li key={message.id} class={`is-${message.from}`}>
          <span class="transcript-by">
            {author(message, visitor)} <time dateTime={message.receivedAt}>{timeOf(message.receivedAt)}</time>
            {message.from !== 'visitor' && <span class="receipt"> · {message.receipt}</span>}
          </span>
          {message.text && <p>{message.text}</p>}
          {message.file && (
            <p>
              <FileLine file={message.file} />
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
