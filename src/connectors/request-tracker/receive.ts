import { z } from 'zod';
import type { DeskWebhookSecrets, WebhookRequest, WebhookVerdict } from '../connector.js';
import { isId } from './calling/query.js';
import { isAuthentic } from './signature.js';

const hint = z.object({ ticket: z.union([z.string(), z.number()]).transform(String).refine(isId) });

/** A webhook of our Scrip: a hint that something has happened in a ticket. Pure. */
export function receive(request: WebhookRequest, secrets: DeskWebhookSecrets): WebhookVerdict {
  if (!isAuthentic(request, secrets)) return { outcome: 'not_authentic' };
  const answer = { status: 200, body: { received: true } };
  const parsed = hint.safeParse(parse(request.body));
  // Signed, and of another shape: an older Scrip, or a newer one. Something has happened somewhere.
  return { outcome: 'hint', externalTicketIds: parsed.success ? [parsed.data.ticket] : [], answer };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
