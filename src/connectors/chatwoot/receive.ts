import { z } from 'zod';
import type { DeskWebhookSecrets, WebhookRequest, WebhookVerdict } from '../connector.js';
import { isGenuine } from './signature.js';

const number = z.int().positive();
/** What tells of which conversation an event speaks: `conversation.id` in a message's, `id` in its own. */
const aboutMessage = z.object({
  event: z.string(),
  conversation: z.object({ id: number, inbox_id: number.optional() }),
});
const aboutConversation = z.object({
  event: z.string().startsWith('conversation_'),
  id: number,
  inbox_id: number.optional(),
});
const aboutInbox = z.object({ inbox: z.object({ id: number }) });

const answer = { status: 200, body: {} };

/** Verifies one webhook of Chatwoot's. It is only a hint: nothing of its words is used. Pure; it does not throw. */
export function receive(request: WebhookRequest, secrets: DeskWebhookSecrets): WebhookVerdict {
  if (!isGenuine(request, secrets)) return { outcome: 'not_authentic' };
  const body = parseJson(request.body);
  if (body === undefined) {
    return {
      outcome: 'malformed',
      status: 400,
      code: 'invalid_json',
      message: 'The body is not valid JSON.',
    };
  }
  const told = aboutMessage.safeParse(body);
  const conversation = told.success ? told.data.conversation : aboutConversation.safeParse(body).data;
  // Typing, contacts, the widget: nothing of ours.
  if (conversation === undefined) return { outcome: 'handshake', answer };
  const inboxId = aboutInbox.safeParse(body).data?.inbox.id ?? conversation.inbox_id;
  const ours = secrets.settings['inboxId'];
  // The account's webhook tells of all its inboxes.
  if (inboxId !== undefined && typeof ours === 'number' && inboxId !== ours)
    return { outcome: 'handshake', answer };
  return { outcome: 'hint', externalTicketIds: [String(conversation.id)], answer };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
