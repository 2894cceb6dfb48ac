import type { WebhookRequest } from '../connector.js';
import { type SignatureScheme, verifySignature } from '../desk-kit/index.js';

/** base64(HMAC-SHA256(secret, timestamp + body)), nothing between them; the secret is used as it is written. */
const scheme: SignatureScheme = {
  algorithm: 'sha256',
  encoding: 'base64',
  content: (timestamp, body) => [Buffer.from(timestamp, 'utf8'), body],
  timestampUnit: 'iso',
  windowSeconds: 300,
};

export function isAuthentic(request: WebhookRequest, secrets: readonly string[], now: Date): boolean {
  const timestamp = request.headers['x-zendesk-webhook-signature-timestamp'];
  if (timestamp === undefined || secrets.length === 0) return false;
  const signature = request.headers['x-zendesk-webhook-signature'];
  return verifySignature(scheme, secrets, { signature, timestamp, body: request.body, now });
}
