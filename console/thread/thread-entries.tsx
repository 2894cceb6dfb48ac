import type { Author } from '../../src/contract/index.js';
import type { Entry } from '../desk/thread-entries.js';
import { useDesk } from '../ui/desk-context.js';
import { dayName, isSameDay } from '../ui/times.js';
import { EventLine } from './event-line.js';
import { MessageBubble } from './message-bubble.js';
import { NoteSlip } from './note-slip.js';

/** What is said within this time by the same author belongs together. */
const TOGETHER_MS = 5 * 60_000;

export function ThreadEntries({ entries }: { entries: readonly Entry[] }) {
  const { keyOf } = useDesk().desk.outgoing;
  let before: Entry | undefined;
  return (
    <ol class="entries">
      {entries.flatMap((entry) => {
        const isNewDay = before === undefined || !isSameDay(timeOf(before), timeOf(entry));
        const isContinued = !isNewDay && before !== undefined && belongTogether(before, entry);
        before = entry;
        return [
          ...(isNewDay ? [<DayLine key={`day of ${entry.id}`} instant={timeOf(entry)} />] : []),
          <EntryLine key={keyOf.get(entry.id) ?? entry.id} entry={entry} isContinued={isContinued} />,
        ];
      })}
    </ol>
  );
}

function EntryLine({ entry, isContinued }: { entry: Entry; isContinued: boolean }) {
  switch (entry.kind) {
    case 'message':
      return <MessageBubble message={entry.message} isContinued={isContinued} />;
    case 'note':
      return <NoteSlip note={entry.note} />;
    case 'event':
      return <EventLine fact={entry.fact} />;
  }
}

function DayLine({ instant }: { instant: string }) {
  return (
    <li class="day">
      <time dateTime={instant}>{dayName(instant)}</time>
    </li>
  );
}

function timeOf(entry: Entry): string {
  switch (entry.kind) {
    case 'message':
      return entry.message.occurredAt;
    case 'note':
      return entry.note.occurredAt;
    case 'event':
      return entry.fact.occurredAt;
  }
}

function belongTogether(a: Entry, b: Entry): boolean {
  if (a.kind !== 'message' || b.kind !== 'message') return false;
  const apart = Date.parse(b.message.occurredAt) - Date.parse(a.message.occurredAt);
  return isSameAuthor(a.message.author, b.message.author) && Math.abs(apart) < TOGETHER_MS;
}

function isSameAuthor(a: Author, b: Author): boolean {
  return a.type === b.type && a.email === b.email && a.name === b.name;
}
