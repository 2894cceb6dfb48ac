import type { TicketStatus } from '../../domain/ticket.js';
import { statusOf, type StatusWords } from '../desk-kit/index.js';

/** Ours, unless the settings say how the desk calls them. */
export const statusWords: StatusWords = {
  desk: 'the desk',
  standard: { new: 'new', open: 'open', pending: 'pending', solved: 'solved', closed: 'closed' },
  hasStandard: true,
  usual: ['new', 'open', 'pending', 'solved', 'closed'],
  word: /^\S.{0,63}$/su,
  wordIs: 'the desk’s name of a status, of at most 64 characters',
};

export const UNNAMED_STATUS = 'a status that the connection’s settings do not name';

/** What the desk's word means; `unnamed` where it says one that nobody has explained. */
export function meaningOf(
  word: string | undefined,
  settings: Readonly<Record<string, unknown>>,
): TicketStatus | 'unnamed' | undefined {
  return word === undefined ? undefined : (statusOf(statusWords, settings, word) ?? 'unnamed');
}
