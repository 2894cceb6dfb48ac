import type { ChatOrder } from '../../domain/order.js';
import type { Account, ChatSendContext, OrderTarget, SendOutcome } from '../connector.js';
import type { ClientShelf, OpenedAccount } from './open-client.js';
import { assign } from './sending/assign.js';
import { callWotNot } from './sending/call-wotnot.js';
import { sentenceFor } from './sending/known-sentences.js';
import { startConversation } from './sending/start-conversation.js';
import { publishArticle } from './sending/publish-article.js';
import { sendMessage } from './sending/send-message.js';

/** One attempt at one order. WotNot knows no idempotency key; the context's only names what is published. */
export async function send(
  clients: ClientShelf,
  order: ChatOrder,
  target: OrderTarget,
  account: Account,
  context: ChatSendContext,
): Promise<SendOutcome> {
  let opened: OpenedAccount;
  try {
    opened = clients.open(account);
  } catch {
    return misconfigured;
  }
  return carryOut(opened, order, target, context);
}

const misconfigured: SendOutcome = {
  outcome: 'credential',
  code: 'connection_misconfigured',
  message: sentenceFor('connection_misconfigured'),
};

async function carryOut(
  { client, settings }: OpenedAccount,
  order: ChatOrder,
  target: OrderTarget,
  { signal, leaving, idempotencyKey }: ChatSendContext,
): Promise<SendOutcome> {
  const { actingAgentEmail } = settings;
  const conversationId = target.externalConversationId;
  const call = { client, options: { signal, onLeaving: leaving } };
  switch (order.kind) {
    case 'send-message':
      return sendMessage(call, {
        agentEmail: order.agentEmail,
        content: order.content,
        target,
        actingAgentEmail,
      });
    case 'start-conversation':
      return startConversation(call, order);
    case 'publish-article':
      return publishArticle(call, order, idempotencyKey);
    case 'assign':
      return assign(call, { conversationId, by: order.by, to: order.to, actingAgentEmail });
    case 'close': {
      const request = { conversation_id: conversationId, user: { by: order.by } };
      const outcome = await callWotNot(() => client.closeConversation(request, call.options), {
        mayBeSent: false,
      });
      // Closed by somebody else in the meantime is closed.
      const isClosed = outcome.outcome === 'refused' && outcome.code === 'CONVERSATION_CLOSED';
      return isClosed ? { outcome: 'delivered' } : outcome;
    }
    case 'set-variables': {
      const variables = order.variables.map(({ name, value, on }) => ({ name, value, type: on }));
      const request = { conversation_id: conversationId, variables };
      return callWotNot(() => client.updateVariables(request, call.options), { mayBeSent: false });
    }
  }
}
