import { z } from 'zod';
import type { TicketStatus } from '../../../domain/ticket.js';

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

/** RT's word for a status of ours; of several the first; the nearest where there is none. */
export function wordFor(
  status: TicketStatus,
  statuses: Readonly<Record<string, TicketStatus>>,
): string | undefined {
  const first = (wanted: TicketStatus): string | undefined =>
    Object.entries(statuses).find(([, ours]) => ours === wanted)?.[0];
  const near = { new: 'open', open: 'new', pending: 'open', solved: 'closed', closed: 'solved' } as const;
  return first(status) ?? first(near[status]);
}
