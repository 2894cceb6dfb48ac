import type { ChatOrder } from '../../../domain/order.js';
import type { WotNotRequest } from '../../../wotnot/index.js';
import type { SendOutcome } from '../../connector.js';
import { present } from '../pick.js';
import type { Call } from './call-wotnot.js';
import { judgeFailure } from './judge-failure.js';

type StartOrder = Extract<ChatOrder, { kind: 'start-conversation' }>;

/** Begins a conversation; WotNot's answer gives its id and that of its first message. */
export async function startConversation({ client, options }: Call, order: StartOrder): Promise<SendOutcome> {
  try {
    const { conversation } = await client.createConversation(requestOf(order), options);
    const externalId = conversation.message_id ?? undefined;
    return { outcome: 'delivered', externalConversationId: conversation.id, ...present({ externalId }) };
  } catch (error) {
    return judgeFailure(error, true);
  }
}

/** What is said decides the channel: WotNot begins on WhatsApp by a template only, and SMS has none. */
function requestOf({ from, to, content, assignee }: StartOrder): WotNotRequest<'create-conversation'> {
  const about = { from, to, ...(assignee === undefined ? {} : { assignee }) };
  if (content.type === 'text') {
    return { channel: 'SMS', ...about, message: { type: 'text', text: content.text } };
  }
  const { name, parameters, variables } = content.template;
  const data = { template: name, ...present({ parameters, variables }) };
  return { channel: 'WHATSAPP', ...about, message: { type: 'template', data } };
}
