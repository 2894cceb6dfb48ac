import { sizeInWords } from './attachment.jsx';
import { RichText } from './rich-text.jsx';
import type { Outgoing } from './talk.js';

export function OutgoingLine({ item, onAgain }: { item: Outgoing; onAgain: () => void }) {
  return (
    <li class="line is-own is-first is-last is-outgoing">
      <div class="said">
        <span class="unseen">You:</span>
        <div class={`bubble ${item.file ? 'has-file' : ''}`}>
          {item.file?.preview && (
            <span class="picture">
              <img src={item.file.preview} alt={item.file.name} />
            </span>
          )}
          {item.file && !item.file.preview && (
            <p class="words">
              {item.file.name} ({sizeInWords(item.file.size)})
            </p>
          )}
          {item.text && <RichText text={item.text} />}
        </div>
        <span class="meta">
          {item.state === 'sending' ? (
            'Sending…'
          ) : (
            <span class="problem">
              Not sent. {item.problem}{' '}
              <button type="button" class="link" onClick={onAgain}>
                Try again
              </button>
            </span>
          )}
        </span>
      </div>
    </li>
  );
}
