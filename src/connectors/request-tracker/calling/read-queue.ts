import { z } from 'zod';
import { notUnderstood } from './not-understood.js';
import { isId, withQuery } from './query.js';
import type { Tracker } from './open-tracker.js';

export interface Queue {
  id: string;
  name: string;
  disabled: boolean;
  mayCreate: boolean;
  /** The names of the custom fields of its tickets, as far as the bridge's user sees them. */
  fields: string[];
}

const queueSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String).refine(isId),
  Name: z.string().min(1),
  Disabled: z.unknown(),
  TicketCustomFields: z.array(z.object({ name: z.string().catch('') })).catch([]),
  _hyperlinks: z.array(z.object({ ref: z.string().catch('') })).catch([]),
});

/** By name or number. undefined: there is none that the bridge's user sees. @throws FailedCall */
export function readQueue(tracker: Tracker, name: string): Promise<Queue | undefined> {
  const ask = async (): Promise<Queue | undefined> => {
    const path = `/queue/${encodeURIComponent(name)}`;
    const answer = await tracker.rest('GET', path, { expected: [403, 404] });
    if (answer.status === 403 || answer.status === 404) return undefined;
    const parsed = queueSchema.safeParse(answer.json);
    if (!parsed.success) throw notUnderstood('read');
    const { data } = parsed;
    return {
      id: data.id,
      name: data.Name,
      disabled: data.Disabled === 1 || data.Disabled === '1',
      mayCreate: data._hyperlinks.some(({ ref }) => ref === 'create'),
      fields: data.TicketCustomFields.map((field) => field.name),
    };
  };
  const { conversationField } = tracker.settings;
  return tracker.people.recall(
    `queue:${name}`,
    ask,
    (queue) => queue?.fields.includes(conversationField) === true && !queue.disabled,
  );
}

const listSchema = z.object({
  items: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String),
      Name: z.string().min(1),
    }),
  ),
});

/** The queues that the bridge's user sees, a hundred at most. @throws FailedCall */
export async function listQueues(tracker: Tracker): Promise<{ id: string; name: string }[]> {
  const query = JSON.stringify([{ field: 'id', operator: '>', value: '0' }]);
  const path = withQuery('/queues', { query, fields: 'Name', per_page: '100' });
  const parsed = listSchema.safeParse((await tracker.rest('GET', path)).json);
  if (!parsed.success) throw notUnderstood('read');
  return parsed.data.items.map(({ id, Name }) => ({ id, name: Name }));
}
