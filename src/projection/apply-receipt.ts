import type { ChatFact } from '../domain/chat-fact.js';
import { type Draft, emit, updateMessage } from './draft.js';

/** The outside's word on a message: it can only get better, but for failed. */
export function applyReceipt(draft: Draft, fact: Extract<ChatFact, { type: 'receipt' }>, at: Date): void {
  const message = draft.named.find((candidate) => candidate.external_message_id === fact.externalMessageId);
  // A receipt for something said before the bridge was there, or not through it.
  if (message === undefined || message.direction !== 'out') return;
  switch (fact.receipt) {
    case 'sent':
      return;
    case 'delivered':
      if (message.delivered_at !== null || message.read_at !== null) return;
      message.delivered_at = at.toISOString();
      updateMessage(draft, { id: message.id, deliveredAt: at });
      emit(draft, { type: 'message.delivered', data: { messageId: message.id } }, at);
      return;
    case 'read':
      if (message.read_at !== null) return;
      message.read_at = at.toISOString();
      updateMessage(draft, {
        id: message.id,
        readAt: at,
        deliveredAt: message.delivered_at === null ? at : undefined,
      });
      emit(draft, { type: 'message.read', data: { messageId: message.id } }, at);
      return;
    case 'failed': {
      if (message.state === 'failed') return;
      const failure = fact.failure ?? {
        code: 'not_delivered',
        message: 'The channel could not deliver this message.',
      };
      message.state = 'failed';
      updateMessage(draft, { id: message.id, state: 'failed', failure });
      emit(draft, { type: 'message.failed', data: { messageId: message.id, failure } }, at);
      return;
    }
  }
}
