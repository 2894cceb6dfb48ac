import type { Account, ChatConnector, SendOutcome } from '../connectors/connector.js';
import type { ChatOrder } from '../domain/order.js';
import { isStarting } from '../domain/starting.js';
import type { LaneHead } from '../store/outbox.js';
import type { WorkspaceScope } from '../store/scope.js';

/** One attempt at an order for a chat side. */
export async function attemptChat(
  head: LaneHead,
  connector: ChatConnector,
  account: Account,
  options: { fileUrl: (scope: WorkspaceScope, fileId: string, name: string) => string },
  signal: AbortSignal,
  leaving: () => boolean,
): Promise<SendOutcome> {
  if (isStarting(head.externalConversationId) && head.order.kind !== 'start-conversation') {
    return {
      outcome: 'refused',
      code: 'conversation_not_started',
      message: 'The conversation could not be started, so nothing can be done in it.',
    };
  }
  return connector.send(
    withFileUrls(head, options.fileUrl),
    { externalConversationId: head.externalConversationId, heldByBot: head.heldByBot },
    account,
    { idempotencyKey: head.idempotencyKey, signal, leaving },
  );
}

function withFileUrls(
  head: LaneHead,
  fileUrl: (scope: WorkspaceScope, fileId: string, name: string) => string,
): ChatOrder {
  // The lane of a chat side holds orders for chat sides only.
  const order = head.order as ChatOrder;
  if (order.kind !== 'send-message' || (order.content.type !== 'file' && order.content.type !== 'voice'))
    return order;
  const { file } = order.content;
  if (file.fileId === undefined) return order;
  const url = fileUrl(head.scope, file.fileId, file.name);
  return { ...order, content: { ...order.content, file: { ...file, url } } };
}
