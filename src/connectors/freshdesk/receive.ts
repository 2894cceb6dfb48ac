import { z } from 'zod';
import type { DeskWebhookSecrets, WebhookRequest, WebhookVerdict } from '../connector.js';
import { isGenuine } from './signature.js';

/** A rule's values all arrive as text. */
const id = z
  .union([
    z.int().positive(),
    z
      .string()
      .trim()
      .regex(/^[1-9]\d{0,14}$/u),
  ])
  .transform(String);
const told = z.union([
  z.looseObject({ ticket_id: id }).transform(({ ticket_id: found }) => found),
  z
    .looseObject({ freshdesk_webhook: z.looseObject({ ticket_id: id }) })
    .transform(({ freshdesk_webhook: { ticket_id: found } }) => found),
]);

const answer = { status: 200, body: {} };

/** Verifies a rule's webhook: a hint and nothing more. Pure; it does not throw. */
export function receive(request: WebhookRequest, secrets: DeskWebhookSecrets): WebhookVerdict {
  if (!isGenuine(request, secrets)) return { outcome: 'not_authentic' };
  const found = told.safeParse(parseJson(request.body));
  // Whoever has written the rule may have written something else into it: then the account is looked at.
  return { outcome: 'hint', externalTicketIds: found.success ? [found.data] : [], answer };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
