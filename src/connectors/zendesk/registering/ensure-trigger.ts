import { z } from 'zod';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { membersOf, zendeskId } from '../calling/shapes.js';
import { unreadable } from '../calling/tickets.js';

const title = 'Agent desk bridge: tell of changes';
const triggerShape = z.object({ id: zendeskId, title: z.string().catch('') });

/** Zendesk's number for the API as the way by which something came. */
const VIA_API = '5';

/** The trigger that calls the webhook: made once, mended when it is there. */
export async function ensureTrigger(
  desk: Desk,
  webhookId: string,
): Promise<{ outcome: 'there'; id: string } | Failed> {
  const path = '/api/v2/triggers?active=true&page%5Bsize%5D=100';
  const listed = await desk.ask({ method: 'GET', path, changes: 'no' });
  if (listed.outcome === 'failed') return listed;
  if (!Array.isArray(listed.body['triggers'])) return unreadable;
  const triggers = membersOf(triggerShape, listed.body['triggers']);
  const known =
    triggers.find(({ id }) => id === desk.settings.triggerId) ?? triggers.find((one) => one.title === title);
  const asked = await desk.ask({
    method: known === undefined ? 'POST' : 'PUT',
    path: known === undefined ? '/api/v2/triggers' : `/api/v2/triggers/${known.id}`,
    changes: 'again',
    json: { trigger: triggerFor(webhookId) },
  });
  if (asked.outcome === 'failed') return asked;
  const made = z.object({ trigger: triggerShape }).safeParse(asked.body);
  return made.success ? { outcome: 'there', id: made.data.trigger.id } : unreadable;
}

/** The number alone: what a placeholder holds is not made safe for JSON, and a number needs no such thing. */
const triggerFor = (webhookId: string) => ({
  title,
  conditions: {
    all: [
      { field: 'update_type', operator: 'is', value: 'Change' },
      { field: 'current_via_id', operator: 'is_not', value: VIA_API },
    ],
    any: [],
  },
  actions: [{ field: 'notification_webhook', value: [webhookId, '{"ticket_id":"{{ticket.id}}"}'] }],
});
