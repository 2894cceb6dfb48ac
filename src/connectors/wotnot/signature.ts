import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebhookSecrets } from '../connector.js';

export type Verification = { outcome: 'authentic'; token: string } | { outcome: 'not_authentic' };

const longestToken = 512;
const notAuthentic: Verification = { outcome: 'not_authentic' };

/**
 * WotNot signs nothing: it sends the account's token, beside `events` in the body or in the
 * Authorization header (raw or Bearer). Where both are there they must agree.
 */
export function verifyToken(
  body: Record<string, unknown>,
  authorization: string | undefined,
  secrets: WebhookSecrets,
): Verification {
  const inBody = Object.hasOwn(body, 'token') ? (body['token'] ?? undefined) : undefined;
  const inHeader = authorization?.replace(/^bearer\s+/i, '').trim();
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) return notAuthentic;
  const token = inBody ?? inHeader;
  if (typeof token !== 'string' || token === '' || token.length > longestToken) return notAuthentic;
  return isLive(token, secrets) ? { outcome: 'authentic', token } : notAuthentic;
}

/** What is kept of a webhook token: its SHA-256 in hex. */
export function hashWebhookToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

function isLive(token: string, secrets: WebhookSecrets): boolean {
  const hash = Buffer.from(hashWebhookToken(token), 'latin1');
  let live = false;
  // Every hash is compared, whichever fits: the time taken says nothing.
  for (const known of secrets.tokenHashes) {
    const other = Buffer.from(known, 'latin1');
    if (other.length === hash.length && timingSafeEqual(other, hash)) live = true;
  }
  return live;
}
