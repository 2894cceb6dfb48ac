import { z } from 'zod';
import { notUnderstood } from './not-understood.js';
import { isId, withQuery } from './query.js';
import { clockOf } from './read-ticket.js';
import type { Tracker } from './open-tracker.js';

/** Something that was done to a ticket. */
export interface Transaction {
  id: number;
  type: string;
  /** RT's name of who did it. */
  creator: string;
  /** ISO 8601, UTC. */
  created: string;
  ticketId: string;
}

const identifier = z.union([z.string(), z.number()]).transform(String).refine(isId);

const schema = z.object({
  items: z.array(
    z.object({
      id: identifier,
      Type: z.string().catch(''),
      Creator: z.object({ id: z.string() }).catch({ id: '' }),
      Created: z.string().catch(''),
      ObjectType: z.string().catch(''),
      ObjectId: z.union([z.string(), z.number()]).transform(String).catch(''),
    }),
  ),
});

export interface TransactionPage {
  transactions: Transaction[];
  /** More may be there. */
  full: boolean;
  readAt: Date;
}

/** What tickets have been through, by RT's query language, oldest first. @throws FailedCall */
export async function readTransactions(
  tracker: Tracker,
  query: string,
  { perPage, page = 1, newestFirst = false }: { perPage: number; page?: number; newestFirst?: boolean },
): Promise<TransactionPage> {
  const path = withQuery('/transactions', {
    // Said at this place, RT leaves out what the bridge's user may not see before it counts a page's places.
    query: `ObjectType = 'RT::Ticket' AND (${query})`,
    fields: 'Type,Creator,Created,ObjectType,ObjectId',
    orderby: 'id',
    order: newestFirst ? 'DESC' : 'ASC',
    per_page: String(perPage),
    page: String(page),
  });
  const answer = await tracker.rest('GET', path);
  const parsed = schema.safeParse(answer.json);
  if (!parsed.success) throw notUnderstood('read');
  const transactions = parsed.data.items
    .filter(({ ObjectType }) => ObjectType === 'RT::Ticket')
    .map((item) => ({
      id: Number(item.id),
      type: item.Type,
      creator: item.Creator.id,
      created: item.Created,
      ticketId: item.ObjectId,
    }))
    .sort((one, other) => one.id - other.id);
  return {
    transactions,
    full: parsed.data.items.length >= perPage,
    readAt: clockOf(answer.headers['date']),
  };
}
