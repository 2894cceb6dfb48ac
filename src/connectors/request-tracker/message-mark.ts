import { createHash } from 'node:crypto';

const mark = 'desk-bridge.';

/**
 * The Message-ID of a piece of an order, without its angle brackets: RT keeps it, so that what was written
 * is recognised as ours, and as this piece of this order.
 */
export function messageIdOf(idempotencyKey: string, piece: number, domain: string): string {
  // Keys may hold what no Message-ID may.
  const key = createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40);
  return `${mark}${key}.${piece}@${domain}`;
}

/** Whether the bridge has written the message with this id. */
export function isOurMessageId(messageId: string): boolean {
  return messageId.startsWith(mark);
}
