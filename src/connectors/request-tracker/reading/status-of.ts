import { z } from 'zod';
import type { TicketStatus } from '../../../domain/ticket.js';
import type { RequestTrackerSettings } from '../schema.js';

const settingsPart = z.object({
  statuses: z.record(z.string(), z.enum(['new', 'open', 'pending', 'solved', 'closed'])),
});

/** Our word for a status of RT's, or undefined when the settings do not name it. */
export function statusOf(
  word: string,
  settings: Readonly<Record<string, unknown>>,
): TicketStatus | undefined {
  const parsed = settingsPart.safeParse(settings);
  if (!parsed.success) return undefined;
  const { statuses } = parsed.data;
  return Object.hasOwn(statuses, word) ? statuses[word] : undefined;
}

/** RT's own words: before others that mean the same. */
const usual = ['new', 'open', 'stalled', 'resolved'];

/**
 * RT's word for a status of ours; the nearest where there is none. Of several that mean the same: the one that is
 * named in `sets`, RT's usual one, the first by the alphabet. Their order in the settings is not kept by the database.
 */
export function wordFor(
  status: TicketStatus,
  { statuses, sets }: Pick<RequestTrackerSettings, 'statuses' | 'sets'>,
): string | undefined {
  const choose = (wanted: TicketStatus): string | undefined => {
    const words = Object.keys(statuses).filter((word) => statuses[word] === wanted);
    const named = sets[wanted];
    if (named !== undefined && words.includes(named)) return named;
    return usual.find((word) => words.includes(word)) ?? words.sort()[0];
  };
  const near = { new: 'open', open: 'new', pending: 'open', solved: 'closed', closed: 'solved' } as const;
  return choose(status) ?? choose(near[status]);
}
