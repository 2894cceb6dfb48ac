import { z } from 'zod';
import { FailedCall } from '../../desk-kit/index.js';
import { notUnderstood } from './not-understood.js';
import { isId } from './query.js';
import type { Tracker } from './open-tracker.js';

const id = z.union([z.string(), z.number()]).transform(String).refine(isId);
const named = z.object({ id: z.union([z.string(), z.number()]).transform(String) });

const ticketSchema = z.object({
  id,
  Status: z.string().min(1),
  Owner: named,
  Queue: named,
  Priority: z.union([z.string(), z.number()]).transform(Number).catch(Number.NaN),
  LastUpdated: z.string().catch(''),
  Requestor: z.array(named).catch([]),
  CustomFields: z.array(z.object({ name: z.string(), values: z.array(z.unknown()).catch([]) })).catch([]),
  _hyperlinks: z.array(z.object({ ref: z.string().catch('') })).catch([]),
});

export interface Ticket {
  id: string;
  status: string;
  /** RT's name of the owner; undefined: nobody. */
  owner?: string;
  queueId: string;
  priority: number;
  lastUpdated: string;
  /** RT's names of the requestors: of those who were made by mail, their address. */
  requestors: string[];
  fields: Record<string, string[]>;
  links: string[];
  /** The last transaction, 0 when RT does not tell. */
  lastTransaction: number;
  /** What RT's clock said. */
  readAt: Date;
}

export type TicketReading =
  | { outcome: 'there'; ticket: Ticket }
  | { outcome: 'gone' }
  | { outcome: 'merged'; into: string };

/** A ticket as it is now. RT answers with the ticket that another was merged into. @throws FailedCall */
export async function readTicket(tracker: Tracker, ticketId: string): Promise<TicketReading> {
  if (!isId(ticketId)) return { outcome: 'gone' };
  const answer = await tracker.rest('GET', `/ticket/${ticketId}`, { expected: [403, 404] });
  if (answer.status === 404) return { outcome: 'gone' };
  if (answer.status === 403) throw new FailedCall(mayNotSee(ticketId));
  const parsed = ticketSchema.safeParse(answer.json);
  if (!parsed.success) throw notUnderstood('read');
  const { data } = parsed;
  if (data.id !== ticketId) return { outcome: 'merged', into: data.id };
  if (data.Status === 'deleted') return { outcome: 'gone' };
  const owner = data.Owner.id;
  return {
    outcome: 'there',
    ticket: {
      id: data.id,
      status: data.Status,
      ...(owner === 'Nobody' ? {} : { owner }),
      queueId: data.Queue.id,
      priority: data.Priority,
      lastUpdated: data.LastUpdated,
      requestors: data.Requestor.map((requestor) => requestor.id),
      fields: Object.fromEntries(
        data.CustomFields.map(({ name, values }) => [
          name,
          values.filter((value): value is string => typeof value === 'string'),
        ]),
      ),
      links: data._hyperlinks.map(({ ref }) => ref),
      lastTransaction: Number(/\d+/u.exec(answer.headers['etag'] ?? '')?.[0] ?? 0),
      readAt: clockOf(answer.headers['date']),
    },
  };
}

/** RT's clock, to the second; ours when it does not tell. */
export function clockOf(date: string | undefined): Date {
  const at = Date.parse(date ?? '');
  return Number.isFinite(at) ? new Date(at) : new Date();
}

const mayNotSee = (ticketId: string) => ({
  outcome: 'refused' as const,
  code: 'ticket_forbidden',
  message: `The bridge's user may not see ticket ${ticketId}: it may have been moved to a queue where that user lacks the right ShowTicket. Grant it, or move the ticket back.`,
  httpStatus: 403,
});
