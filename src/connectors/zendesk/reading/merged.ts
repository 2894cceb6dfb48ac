import { z } from 'zod';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import type { Ticket } from '../calling/shapes.js';
import { readTicket, ticketId, type TicketId } from '../calling/tickets.js';

/** Zendesk closes what is merged into another ticket, and tags it so. */
export const isMerged = (ticket: Ticket): boolean =>
  ticket.status === 'closed' && ticket.tags.includes('closed_by_merge');

const spoken = z.object({
  comments: z.array(z.object({ plain_body: z.string().nullish(), body: z.string().nullish() })),
});

/**
 * Which ticket it was merged into. Zendesk tells it nowhere but in the last comments' words, which end in
 * the other ticket's number; one that does not exist is not believed.
 */
export async function findMergeTarget(
  desk: Desk,
  id: TicketId,
): Promise<{ outcome: 'looked'; id: TicketId | undefined } | Failed> {
  const path = `/api/v2/tickets/${id}/comments?sort=-created_at&page%5Bsize%5D=5`;
  const asked = await desk.ask({ method: 'GET', path, changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  const told = spoken.safeParse(asked.body);
  for (const { plain_body, body } of told.success ? told.data.comments : []) {
    const number = /#(\d{1,20})\b/u.exec(plain_body ?? body ?? '')?.[1];
    const other = ticketId(number);
    if (other === undefined || other === id) continue;
    const found = await readTicket(desk, other);
    if (found.outcome === 'found') return { outcome: 'looked', id: other };
    if (found.problem !== 'not_found') return found;
  }
  return { outcome: 'looked', id: undefined };
}
