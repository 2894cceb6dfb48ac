import type { Account, Connector, SendOutcome } from '../connectors/connector.js';
import type { ChatOrder } from '../domain/order.js';
import { isStarting } from '../domain/starting.js';
import type { LaneHead } from '../store/outbox.js';
import type { WorkspaceScope } from '../store/scope.js';

/** The outside of a connection, opened for sending. */
export interface OpenedConnection {
  connector: Connector;
  account: Account;
}

export interface AttemptOptions {
  /** undefined when the connection or its connector is gone. */
  open: (scope: WorkspaceScope, connectionId: string) => Promise<OpenedConnection | undefined>;
  /** A link to a file of ours that the outside can fetch for a while. */
  fileUrl: (scope: WorkspaceScope, fileId: string, name: string) => string;
  deadlineSeconds: number;
}

/** Makes one attempt at one order. Whatever goes wrong is an outcome. */
export async function attempt(
  head: LaneHead,
  options: AttemptOptions,
  stop: AbortSignal,
): Promise<SendOutcome> {
  let opened: OpenedConnection | undefined;
  try {
    opened = await options.open(head.scope, head.connectionId);
  } catch {
    // Nothing has been sent.
    return {
      outcome: 'retry',
      code: 'connection_unreadable',
      message: 'The connection could not be opened.',
    };
  }
  if (opened === undefined) {
    return {
      outcome: 'refused',
      code: 'connection_gone',
      message: 'The connection of this conversation is no longer there.',
    };
  }
  const { connector, account } = opened;
  if (connector.side !== 'chat') {
    return { outcome: 'refused', code: 'not_supported', message: 'Nothing can be sent to this desk yet.' };
  }
  if (isStarting(head.externalConversationId) && head.order.kind !== 'start-conversation') {
    return {
      outcome: 'refused',
      code: 'conversation_not_started',
      message: 'The conversation could not be started, so nothing can be done in it.',
    };
  }
  try {
    return await connector.send(
      withFileUrls(head, options),
      { externalConversationId: head.externalConversationId, heldByBot: head.heldByBot },
      account,
      {
        idempotencyKey: head.idempotencyKey,
        signal: AbortSignal.any([stop, AbortSignal.timeout(options.deadlineSeconds * 1_000)]),
      },
    );
  } catch {
    // A connector does not throw; if one does, what it had done by then is not known.
    return { outcome: 'uncertain', code: 'connector_failed', message: 'The connector failed while sending.' };
  }
}

function withFileUrls(head: LaneHead, options: AttemptOptions): ChatOrder {
  const { order } = head;
  if (order.kind !== 'send-message' || (order.content.type !== 'file' && order.content.type !== 'voice'))
    return order;
  const { file } = order.content;
  if (file.fileId === undefined) return order;
  const url = options.fileUrl(head.scope, file.fileId, file.name);
  return { ...order, content: { ...order.content, file: { ...file, url } } };
}
