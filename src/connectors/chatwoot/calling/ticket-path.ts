import { FailedCall, settleCall } from '../../desk-kit/index.js';
import type { ChatwootClient } from './open-client.js';

/** A conversation's path. What is no number of a conversation never becomes part of one. */
export function ticketPath(externalTicketId: string | undefined, below = ''): string {
  if (externalTicketId !== undefined && /^[1-9]\d{0,14}$/u.test(externalTicketId)) {
    return `/conversations/${externalTicketId}${below}`;
  }
  const message =
    'The ticket link names no conversation of Chatwoot: its id must be a number. Link it again.';
  throw new FailedCall({ outcome: 'refused', code: 'ticket_id_unusable', message });
}

export const isMissing = (error: unknown): boolean =>
  error instanceof FailedCall && error.failed.code === 'not_found';

/** Whether a 404 was about the conversation: a lost inbox, or a wrong account, answers 404 as well. */
export async function isInboxThere(client: ChatwootClient): Promise<boolean> {
  const { inboxId } = client.settings;
  const path = inboxId === undefined ? '/inboxes' : `/inboxes/${inboxId}`;
  return (await settleCall(() => client.look({ method: 'GET', path }))).outcome === 'answered';
}
