import { FailedCall, settleCall } from '../../desk-kit/index.js';
import { agent } from './answers.js';
import type { FreshdeskClient } from './open-client.js';

/** A ticket's path. What is no number of a ticket never becomes part of one. */
export function ticketPath(externalTicketId: string | undefined): string {
  if (externalTicketId !== undefined && /^[1-9]\d{0,14}$/u.test(externalTicketId))
    return `/tickets/${externalTicketId}`;
  const message = 'The ticket link names no ticket of Freshdesk: its id must be a number. Link it again.';
  throw new FailedCall({ outcome: 'refused', code: 'ticket_id_unusable', message });
}

export const isMissing = (error: unknown): boolean =>
  error instanceof FailedCall && error.failed.code === 'not_found';

/** Whether a 404 was about the ticket: a wrong address answers 404 to everything. */
export async function isAccountThere(client: FreshdeskClient): Promise<boolean> {
  const me = await settleCall(() => client.ask(agent, { method: 'GET', path: '/agents/me' }));
  return !('outcome' in me && 'code' in me);
}
