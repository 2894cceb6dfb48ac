import { z } from 'zod';
import type { Account, RegisterOutcome } from '../connector.js';
import { deadlineOf } from '../http-client/index.js';
import type { Failed } from './calling/judge-answer.js';
import { readMe } from './calling/me.js';
import type { Desk, DeskDoor } from './calling/open-desk.js';
import { unreadable } from './calling/tickets.js';
import { membersOf, zendeskId } from './calling/shapes.js';
import { ensureTrigger } from './registering/ensure-trigger.js';

const DEADLINE_MILLISECONDS = 60_000;

/** The events of a ticket that anything here depends on. */
const events = [
  'comment_added',
  'status_changed',
  'agent_assignment_changed',
  'group_assignment_changed',
  'priority_changed',
  'merged',
  'soft_deleted',
].map((name) => `zen:event-type:ticket.${name}`);

const webhookId = z.string().regex(/^[0-9A-Za-z]{1,64}$/u);
const webhookShape = z.object({ id: webhookId, endpoint: z.string().catch('') });
const secretShape = z.object({ signing_secret: z.object({ secret: z.string().min(16) }) });

/**
 * Makes the webhook, or mends the one that is there, and fetches the secret that Zendesk signs with. In
 * `trigger` mode a trigger calls it. The rows of an earlier attempt are found again: nothing is made twice.
 */
export async function register(
  door: DeskDoor,
  account: Account,
  webhookUrl: string,
  signal?: AbortSignal,
): Promise<RegisterOutcome> {
  const opened = door.open(account, { signal: deadlineOf(DEADLINE_MILLISECONDS, signal) });
  if (opened.outcome === 'failed') return opened.failure;
  const { desk } = opened;
  const me = await readMe(desk);
  if (me.outcome === 'failed') return me.failure;
  const webhook = await ensureWebhook(desk, webhookUrl);
  if (webhook.outcome === 'failed') return webhook.failure;
  const secret = await freshSecret(desk, webhook.id);
  if (secret.outcome === 'failed') return secret.failure;
  const settings = { webhookId: webhook.id, apiUserId: me.user.id };
  if (desk.settings.webhooks === 'events')
    return { outcome: 'delivered', signingSecrets: [secret.secret], settings };
  const trigger = await ensureTrigger(desk, webhook.id);
  if (trigger.outcome === 'failed') return trigger.failure;
  return {
    outcome: 'delivered',
    signingSecrets: [secret.secret],
    settings: { ...settings, triggerId: trigger.id },
  };
}

async function ensureWebhook(
  desk: Desk,
  endpoint: string,
): Promise<{ outcome: 'there'; id: string } | Failed> {
  const known = await findWebhook(desk, endpoint);
  if (known.outcome === 'failed') return known;
  const webhook = {
    name: 'Agent desk bridge',
    endpoint,
    http_method: 'POST',
    request_format: 'json',
    status: 'active',
    subscriptions: desk.settings.webhooks === 'events' ? events : ['conditional_ticket_events'],
  };
  const asked =
    known.id === undefined
      ? await desk.ask({ method: 'POST', path: '/api/v2/webhooks', changes: 'again', json: { webhook } })
      : await desk.ask({
          method: 'PATCH',
          path: `/api/v2/webhooks/${known.id}`,
          changes: 'again',
          json: { webhook },
        });
  if (known.id !== undefined) {
    // A change is answered by 204, which says nothing to be read.
    const done = asked.outcome === 'done' || asked.failure.httpStatus === 204;
    return done ? { outcome: 'there', id: known.id } : asked;
  }
  if (asked.outcome === 'failed') return asked;
  const made = z.object({ webhook: webhookShape }).safeParse(asked.body);
  return made.success ? { outcome: 'there', id: made.data.webhook.id } : unreadable;
}

/** By the id that was kept, or by its address when an answer was lost. */
async function findWebhook(
  desk: Desk,
  endpoint: string,
): Promise<{ outcome: 'looked'; id: string | undefined } | Failed> {
  const asked = await desk.ask({ method: 'GET', path: '/api/v2/webhooks?page%5Bsize%5D=100', changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  if (!Array.isArray(asked.body['webhooks'])) return unreadable;
  const webhooks = membersOf(webhookShape, asked.body['webhooks']);
  const kept = webhooks.find(({ id }) => id === desk.settings.webhookId);
  return { outcome: 'looked', id: (kept ?? webhooks.find((one) => one.endpoint === endpoint))?.id };
}

/** Of a webhook that was registered before, the secret is made anew: that is what registering again is for. */
async function freshSecret(desk: Desk, id: string): Promise<{ outcome: 'read'; secret: string } | Failed> {
  if (desk.settings.webhookId !== id) return readSecret(desk, id);
  const path = `/api/v2/webhooks/${id}/signing_secret`;
  const asked = await desk.ask({ method: 'POST', path, changes: 'again' });
  const told = asked.outcome === 'done' ? secretShape.safeParse(asked.body) : undefined;
  return told?.success ? { outcome: 'read', secret: told.data.signing_secret.secret } : readSecret(desk, id);
}

async function readSecret(desk: Desk, id: string): Promise<{ outcome: 'read'; secret: string } | Failed> {
  const path = `/api/v2/webhooks/${id}/signing_secret`;
  const asked = await desk.ask({ method: 'GET', path, changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  const told = secretShape.safeParse(asked.body);
  return told.success ? { outcome: 'read', secret: told.data.signing_secret.secret } : unreadable;
}

/** What is there of the webhook; for `check`. */
export async function readWebhook(
  desk: Desk,
): Promise<{ outcome: 'read'; isActive: boolean } | { outcome: 'missing' } | Failed> {
  const { webhookId: id } = desk.settings;
  if (id === undefined) return { outcome: 'missing' };
  const asked = await desk.ask({ method: 'GET', path: `/api/v2/webhooks/${id}`, changes: 'no' });
  if (asked.outcome === 'failed') return asked.problem === 'not_found' ? { outcome: 'missing' } : asked;
  const told = z
    .object({ webhook: z.object({ id: zendeskId.or(webhookId), status: z.string() }) })
    .safeParse(asked.body);
  return told.success ? { outcome: 'read', isActive: told.data.webhook.status === 'active' } : unreadable;
}
