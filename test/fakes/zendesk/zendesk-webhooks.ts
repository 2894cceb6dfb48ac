import { createHmac, randomUUID } from 'node:crypto';
import type { WebhookRequest } from '../../../src/connectors/connector.js';
import type { WebhookTarget } from '../webhook-sender.js';
import { textOf, type ZendeskComment, type ZendeskTicket, type ZendeskWorld } from './zendesk-world.js';

export interface Happening {
  /** The last part of the event's type. */
  name: string;
  actorId: number;
  event: Record<string, unknown>;
  viaApi: boolean;
}

/** A signed webhook, as Zendesk puts it together. */
export function signed(body: string, secret: string, at: Date): WebhookRequest {
  const timestamp = `${at.toISOString().slice(0, 19)}Z`;
  const signature = createHmac('sha256', secret).update(timestamp).update(body).digest('base64');
  return {
    headers: {
      'content-type': 'application/json',
      'x-zendesk-account-id': '22129848',
      'x-zendesk-webhook-invocation-id': randomUUID(),
      'x-zendesk-webhook-signature': signature,
      'x-zendesk-webhook-signature-timestamp': timestamp,
    },
    body: Buffer.from(body),
  };
}

export function eventBody(ticket: ZendeskTicket, { name, actorId, event }: Happening): string {
  return JSON.stringify({
    account_id: 22_129_848,
    id: randomUUID(),
    subject: `zen:ticket:${ticket.id}`,
    time: new Date().toISOString(),
    type: `zen:event-type:ticket.${name}`,
    zendesk_event_version: '2022-11-06',
    detail: {
      id: String(ticket.id),
      actor_id: String(actorId),
      external_id: ticket.external_id,
      status: ticket.status.toUpperCase(),
      priority: ticket.priority?.toUpperCase() ?? null,
      requester_id: String(ticket.requester_id),
      tags: ticket.tags,
      updated_at: ticket.updated_at,
      via: { channel: 'web_service' },
    },
    event,
  });
}

export function commentAdded(
  world: ZendeskWorld,
  comment: ZendeskComment,
  viaApi: boolean,
  actorId: number,
): Happening {
  const author = world.users.find(({ id }) => id === comment.author_id);
  const staff = author !== undefined && author.role !== 'end-user';
  const said = {
    id: String(comment.id),
    body: textOf(comment.html_body),
    is_public: comment.public,
    author: { id: String(comment.author_id), is_staff: staff, name: author?.name ?? '' },
  };
  return { name: 'comment_added', actorId, event: { comment: said }, viaApi };
}

/** Where a happening is told: to webhooks that subscribe to it, and to those that a trigger calls. */
export function targetsOf(
  world: ZendeskWorld,
  ticket: ZendeskTicket,
  happening: Happening,
): { target: WebhookTarget; body: string }[] {
  const told: { target: WebhookTarget; body: string }[] = [];
  for (const { id, endpoint, secret, status, subscriptions } of world.webhooks.values()) {
    if (status !== 'active') continue;
    const target = { url: endpoint, secret };
    if (subscriptions.includes(`zen:event-type:ticket.${happening.name}`))
      told.push({ target, body: eventBody(ticket, happening) });
    if (!subscriptions.includes('conditional_ticket_events') || happening.viaApi) continue;
    for (const trigger of world.triggers.values()) {
      const [action] = trigger['actions'] as { value: [string, string] }[];
      if (action?.value[0] !== id) continue;
      told.push({ target, body: action.value[1].replaceAll('{{ticket.id}}', String(ticket.id)) });
    }
  }
  return told;
}
