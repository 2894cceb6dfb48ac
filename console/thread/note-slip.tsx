import type { Note } from '../../src/contract/index.js';
import { nameOfAuthor } from '../ui/avatar.js';
import { useDesk } from '../ui/desk-context.js';
import { LockIcon } from '../ui/icons.js';
import { LinkedText } from '../ui/linked-text.js';
import { OriginMark } from '../ui/origin-mark.js';
import { clockTime, wholeTime } from '../ui/times.js';

/** A slip of paper between the messages: the contact never sees it. */
export function NoteSlip({ note }: { note: Note }) {
  const { desk } = useDesk();
  const name = note.author.email === desk.me.email ? 'You' : nameOfAuthor(note.author);
  return (
    <li class="note">
      <p class="note-head">
        <LockIcon />
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span>only agents see this</span>
        <OriginMark connectionId={note.originConnectionId} />
        <time dateTime={note.occurredAt} title={wholeTime(note.occurredAt)}>
          {clockTime(note.occurredAt)}
        </time>
      </p>
      <p class="bubble-text" dir="auto">
        <LinkedText text={note.text} />
      </p>
    </li>
  );
}
