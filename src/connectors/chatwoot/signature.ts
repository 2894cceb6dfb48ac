import type { DeskWebhookSecrets, WebhookRequest } from '../connector.js';
import { type SignatureScheme, verifySignature } from '../desk-kit/index.js';

/** `X-Chatwoot-Signature: sha256=` and HMAC-SHA256 in hex over `{X-Chatwoot-Timestamp}.{raw body}`. */
const scheme: SignatureScheme = {
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
  content: (timestamp, body) => [Buffer.from(`${timestamp}.`), body],
  timestampUnit: 'seconds',
  windowSeconds: 300,
};

/**
 * Whether Chatwoot has sent it, as far as the connection asks for proof. Without proof a webhook costs at
 * most a look at a ticket: nothing in it is believed.
 */
export function isGenuine({ headers, body }: WebhookRequest, secrets: DeskWebhookSecrets): boolean {
  const signature = headers['x-chatwoot-signature'];
  const wanted = secrets.settings['signature'];
  if (wanted === 'off' || (wanted === 'if-present' && signature === undefined)) return true;
  const timestamp = headers['x-chatwoot-timestamp'];
  return verifySignature(scheme, secrets.signingSecrets, { signature, timestamp, body, now: secrets.now });
}
