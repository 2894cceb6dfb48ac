import { messageId } from '../message-id.js';
import { cutText, firstText, pick, present } from '../pick.js';
import type { FactOf } from './read-contact.js';

type Receipt = FactOf<'receipt'>['receipt'];

const words: Record<string, Receipt | 'on its way'> = {
  queued: 'on its way',
  pending: 'on its way',
  accepted: 'on its way',
  sending: 'on its way',
  processing: 'on its way',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  seen: 'read',
  failed: 'failed',
  fail: 'failed',
  error: 'failed',
  undelivered: 'failed',
  rejected: 'failed',
};

export type ReceiptReading =
  | { outcome: 'receipt'; receipt: Omit<FactOf<'receipt'>, 'occurredAt'> }
  | { outcome: 'nothing_new' }
  | { outcome: 'unrecognised'; reason: string };

/** The channel's word on a message of a bot's or an agent's. */
export function readReceipt(payload: unknown): ReceiptReading {
  const externalMessageId = messageId(payload);
  if (externalMessageId === undefined) return { outcome: 'unrecognised', reason: 'no_message_id' };
  const word = firstText(
    pick(payload, 'status'),
    pick(payload, 'status', 'name'),
    pick(payload, 'message_status'),
    pick(payload, 'message', 'status'),
    pick(payload, 'state'),
  )?.toLowerCase();
  const receipt = word !== undefined && Object.hasOwn(words, word) ? words[word] : undefined;
  if (receipt === undefined) return { outcome: 'unrecognised', reason: 'unknown_message_status' };
  if (receipt === 'on its way') return { outcome: 'nothing_new' };
  const failure = receipt === 'failed' ? readFailure(payload) : undefined;
  return {
    outcome: 'receipt',
    receipt: present({ type: 'receipt' as const, externalMessageId, receipt, failure }),
  };
}

function readFailure(payload: unknown): { code: string; message: string } {
  const error = pick(payload, 'error');
  const code = firstText(pick(payload, 'code'), pick(payload, 'error_code'), pick(error, 'code'));
  const message = firstText(
    pick(payload, 'reason'),
    pick(error, 'message'),
    error,
    pick(payload, 'error_message'),
    pick(payload, 'failed_reason'),
  );
  return {
    code: cutText(code ?? 'not_delivered', 64),
    message: cutText(message ?? 'The channel could not deliver it.', 300),
  };
}
