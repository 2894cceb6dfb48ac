import { z } from 'zod';
import type { DeskWebhookSecrets, WebhookRequest, WebhookVerdict } from '../connector.js';
import { isAuthentic } from './signature.js';

const id = z.union([z.string().regex(/^\d{1,20}$/u), z.int().nonnegative().transform(String)]);

const ticketEvent = z.object({
  type: z.string().startsWith('zen:event-type:ticket.'),
  detail: z.object({ id, actor_id: id.optional().catch(undefined) }),
  event: z.unknown(),
});
const triggerCall = z.object({ ticket_id: id });
const addedComment = z.object({
  comment: z.object({
    is_public: z.boolean(),
    author: z.object({ id, is_staff: z.boolean() }),
  }),
});

const thanks = { status: 200, body: {} };

/** Verifies one webhook of Zendesk's. It is a hint and no more: which ticket to look at. Pure; never throws. */
export function receive(request: WebhookRequest, secrets: DeskWebhookSecrets): WebhookVerdict {
  if (!isAuthentic(request, secrets.signingSecrets, secrets.now)) return { outcome: 'not_authentic' };
  const body = parse(request.body);
  if (typeof body !== 'object' || body === null) {
    return {
      outcome: 'malformed',
      status: 400,
      code: 'invalid_json',
      message: 'The body is no JSON object.',
    };
  }
  const called = triggerCall.safeParse(body);
  if (called.success) return { outcome: 'hint', externalTicketIds: [called.data.ticket_id], answer: thanks };
  const told = ticketEvent.safeParse(body);
  // What is authentic and no ticket's event (Zendesk's own test, an event to come) asks for nothing.
  if (!told.success) return { outcome: 'handshake', answer: thanks };
  if (isOurOwn(told.data, secrets.settings['apiUserId'])) return { outcome: 'handshake', answer: thanks };
  return { outcome: 'hint', externalTicketIds: [told.data.detail.id], answer: thanks };
}

/**
 * Whether it only tells what we did: a look at the ticket would find nothing and cost two of its calls. The
 * person in whose name we call may answer by hand as well: a public comment of theirs is looked at.
 */
function isOurOwn({ type, detail, event }: z.infer<typeof ticketEvent>, apiUserId: unknown): boolean {
  if (type !== 'zen:event-type:ticket.comment_added')
    return typeof apiUserId === 'string' && detail.actor_id === apiUserId;
  const added = addedComment.safeParse(event);
  if (!added.success || added.data.comment.is_public) {
    return added.success && !added.data.comment.author.is_staff && detail.actor_id === apiUserId;
  }
  return added.data.comment.author.id === apiUserId;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
