import { z } from 'zod';
import type { CheckFinding } from '../connector.js';
import { notUnderstood } from './calling/not-understood.js';
import type { Tracker } from './calling/open-tracker.js';
import { isId, quoted, withQuery } from './calling/query.js';
import { readOwnName } from './calling/read-person.js';
import { readTicket, type Ticket } from './calling/read-ticket.js';

const tickets = z.object({
  items: z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String).refine(isId) })),
});

/** RT tells what may be done with a ticket that exists: the youngest of the queue are asked. @throws FailedCall */
export async function lookAtRights(tracker: Tracker): Promise<CheckFinding[]> {
  const { queue } = tracker.settings;
  const inQueue = `Queue = ${quoted(queue)}`;
  // One that is over may have no step left that could be allowed.
  const open = await youngest(tracker, `${inQueue} AND Status != 'resolved' AND Status != 'rejected'`);
  const own = await youngest(tracker, `${inQueue} AND Creator = ${quoted(await readOwnName(tracker))}`);
  if (open === undefined && own === undefined) return [notYet(queue)];
  return [...(open === undefined ? [] : judgeLinks(tracker, open)), ...(own ? judgeField(tracker, own) : [])];
}

async function youngest(tracker: Tracker, query: string): Promise<Ticket | undefined> {
  const path = withQuery('/tickets', { query, orderby: 'id', order: 'DESC', per_page: '1' });
  const parsed = tickets.safeParse((await tracker.rest('GET', path)).json);
  if (!parsed.success) throw notUnderstood('read');
  const id = parsed.data.items[0]?.id;
  const reading = id === undefined ? undefined : await readTicket(tracker, id);
  return reading?.outcome === 'there' ? reading.ticket : undefined;
}

function judgeLinks({ settings }: Tracker, { links }: Ticket): CheckFinding[] {
  const rights: [string, string, string][] = [
    ...(settings.writeAs === 'bridge'
      ? [['correspond', 'ReplyToTicket', 'reply in tickets'] as [string, string, string]]
      : []),
    ['comment', 'CommentOnTicket', 'comment on tickets'],
    ['lifecycle', 'ModifyTicket', 'change tickets'],
  ];
  return rights.map(([link, right, deed]) => {
    const what = `The bridge’s user may ${deed}.`;
    return links.includes(link)
      ? { ok: true, what }
      : { ok: false, what, hint: `Grant it the right ${right} on the queue.` };
  });
}

/** RT makes a ticket without a field that it may not set, and says nothing. */
function judgeField({ settings }: Tracker, { id, fields }: Ticket): CheckFinding[] {
  const what = `The bridge’s user may set the custom field “${settings.conversationField}”.`;
  if ((fields[settings.conversationField] ?? []).length > 0) return [{ ok: true, what }];
  const hint = `Grant it the right ModifyCustomField on the queue: ticket ${id}, its last one, lacks the conversation’s number. If it has the right by now, the next ticket shows it.`;
  return [{ ok: false, what, hint }];
}

const notYet = (queue: string): CheckFinding => ({
  ok: true,
  what: `Not seen yet: whether the bridge’s user may comment on tickets and change them. There is none in “${queue}”.`,
  hint: 'Make one there by hand and check again. If there is one, grant the bridge’s user the right ShowTicket.',
});
