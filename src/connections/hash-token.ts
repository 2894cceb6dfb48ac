import { createHash } from 'node:crypto';

/** What is kept of a webhook token: its SHA-256 in hex, which is what connectors compare. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
