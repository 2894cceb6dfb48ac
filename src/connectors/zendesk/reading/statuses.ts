import type { TicketPriority, TicketStatus } from '../../../domain/ticket.js';

/** Zendesk's statuses, also of accounts with statuses of their own: each belongs to one of these. */
const statuses: Record<string, TicketStatus> = {
  new: 'new',
  open: 'open',
  pending: 'pending',
  // Waits as well, for somebody else.
  hold: 'pending',
  solved: 'solved',
  closed: 'closed',
};

const priorities: Record<string, TicketPriority> = {
  low: 'low',
  normal: 'normal',
  high: 'high',
  urgent: 'urgent',
};

export const readStatus = (word: string): TicketStatus | undefined =>
  Object.hasOwn(statuses, word) ? statuses[word] : undefined;

export const readPriority = (word: string): TicketPriority | undefined =>
  Object.hasOwn(priorities, word) ? priorities[word] : undefined;
