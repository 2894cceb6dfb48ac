import type { DeskWebhookSecrets, WebhookRequest } from '../connector.js';
import { type SignatureScheme, verifySignature } from '../desk-kit/index.js';

/** What our Scrip signs: `sha256=` and the hex HMAC of the time, a dot, and the raw body. */
const scheme: SignatureScheme = {
  algorithm: 'sha256',
  encoding: 'hex',
  prefix: 'sha256=',
  content: (timestamp, body) => [Buffer.from(`${timestamp}.`), body],
  timestampUnit: 'seconds',
  windowSeconds: 300,
};

export function isAuthentic({ headers, body }: WebhookRequest, secrets: DeskWebhookSecrets): boolean {
  const { signingSecrets, now } = secrets;
  return verifySignature(scheme, signingSecrets, {
    signature: headers['x-desk-bridge-signature'],
    timestamp: headers['x-desk-bridge-timestamp'],
    body,
    now,
  });
}
