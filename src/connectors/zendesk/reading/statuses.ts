import type { TicketPriority, TicketStatus } from '../../../domain/ticket.js';
import { statusOf, type StatusWords } from '../../desk-kit/index.js';

/** Zendesk's statuses, and by their number those of accounts that have statuses of their own. */
export const statusWords: StatusWords = {
  desk: 'Zendesk',
  standard: {
    new: 'new',
    open: 'open',
    pending: 'pending',
    // Waits as well, for somebody else.
    hold: 'pending',
    solved: 'solved',
    closed: 'closed',
  },
  hasStandard: true,
  usual: ['open', 'pending', 'solved'],
  // No ticket becomes new again, and closed cannot be undone: Zendesk closes what is solved by itself in time.
  neverSet: ['new', 'closed'],
  word: /^(?:new|open|pending|hold|solved|closed|\d{1,20})$/u,
  wordIs: 'new, open, pending, hold, solved, closed, or the number of a status of the account’s own',
};

const priorities: Record<string, TicketPriority> = {
  low: 'low',
  normal: 'normal',
  high: 'high',
  urgent: 'urgent',
};

/** A status of the account's own counts as the settings say, else as the one to which it belongs. */
export const readStatus = (
  { status, custom_status_id: own }: { status: string; custom_status_id?: string | null | undefined },
  settings: Readonly<Record<string, unknown>>,
): TicketStatus | undefined => statusOf(statusWords, settings, own ?? undefined, status);

export const readPriority = (word: string): TicketPriority | undefined =>
  Object.hasOwn(priorities, word) ? priorities[word] : undefined;
