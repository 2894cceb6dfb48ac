import { z } from 'zod';
import type { FetchCursor } from '../connector.js';
import { requestorKnown } from './reading/recorded-events.js';
import type { Transaction } from './calling/read-transactions.js';

/** How long a transaction may be under way while younger ones can be read already. */
const settlingSeconds = 60;

const place = z.object({
  /** Everything up to this transaction has been told. */
  after: z.int().min(0),
  /** Younger ones that have been told as well. */
  told: z.array(z.int().positive()).max(10_000),
});

export type Place = z.infer<typeof place>;

const ticketCursor = place.extend({
  /** The state as it was told last. */
  state: z.string().default(''),
  gone: z.boolean(),
  /** The requestor as seen last; missing before the first look. */
  requestor: requestorKnown.optional(),
});

export type TicketCursor = z.infer<typeof ticketCursor>;

/** A cursor that nobody can read any more begins again: what was told is recognised by its identity. */
export function readTicketCursor(cursor: FetchCursor | null): TicketCursor {
  const parsed = ticketCursor.safeParse(cursor);
  return parsed.success ? parsed.data : { after: 0, told: [], state: '', gone: false };
}

export function readAccountCursor(cursor: FetchCursor | null): Place | undefined {
  const parsed = place.safeParse(cursor);
  return parsed.success ? parsed.data : undefined;
}

/**
 * Where to begin the next time. RT numbers transactions when they begin and shows them when they end, so a
 * lower number can appear after a higher one: numbers of the last minute are looked at again, and
 * those that have been told are remembered.
 */
export function advance(from: Place, seen: readonly Transaction[], readAt: Date): Place {
  const settled = seen
    .filter(({ created }) => !(Date.parse(created) > readAt.getTime() - settlingSeconds * 1_000))
    .map(({ id }) => id);
  const after = Math.max(from.after, ...settled);
  const told = new Set([...from.told, ...seen.map(({ id }) => id)].filter((id) => id > after));
  return { after, told: [...told].sort((one, other) => one - other) };
}
