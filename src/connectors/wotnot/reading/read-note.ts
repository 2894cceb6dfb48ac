import { cutWords, firstPresent, firstText, pick, present } from '../pick.js';
import { readAuthor } from './read-author.js';
import type { FactOf } from './read-contact.js';
import { reduceHtml } from './reduce-html.js';

/** What agents told each other; undefined when there are no words. */
export function readNote(payload: unknown): Omit<FactOf<'note'>, 'occurredAt'> | undefined {
  const note = pick(payload, 'note');
  const words = firstText(
    note,
    pick(note, 'text'),
    pick(note, 'body'),
    pick(note, 'note'),
    pick(payload, 'text'),
    pick(payload, 'body'),
    pick(payload, 'content'),
  );
  if (words === undefined) return undefined;
  const { text, links, attachments } = reduceHtml(words);
  const urls = [...links, ...attachments]
    .map(({ url }) => url)
    .filter((url) => url !== undefined && !text.includes(url));
  const author =
    readAuthor(firstPresent(pick(payload, 'by'), pick(payload, 'note_by'), pick(payload, 'created_by'))) ??
    readAuthor(firstPresent(pick(note, 'by'), pick(note, 'created_by'), pick(payload, 'user')));
  return present<Omit<FactOf<'note'>, 'occurredAt'>>({
    type: 'note',
    author: author ?? { type: 'agent' },
    text: cutWords([text, ...urls].join('\n').trim(), 64_000) || '[Empty note]',
    externalNoteId: firstText(pick(note, 'id'), pick(payload, 'note_id'), pick(payload, 'id')),
  });
}
