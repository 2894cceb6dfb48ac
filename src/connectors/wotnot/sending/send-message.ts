import type { OrderedContent } from '../../../domain/order.js';
import type { OrderTarget, SendOutcome } from '../../connector.js';
import { assign, nobodyElseActs } from './assign.js';
import { type Call, callWotNot } from './call-wotnot.js';
import { messageBody } from './message-body.js';

export interface MessageToSend {
  agentEmail: string;
  content: OrderedContent;
  target: OrderTarget;
  actingAgentEmail: string | undefined;
}

/**
 * Says it in the conversation. WotNot refuses an agent's words while a bot holds the conversation: then it
 * is put into the agent's hands first.
 */
export async function sendMessage(call: Call, message: MessageToSend): Promise<SendOutcome> {
  if (needsUrl(message.content)) return noUrl;
  const outcome = await sayOrLink(call, message);
  const caption = message.content.type === 'file' ? message.content.caption?.trim() : undefined;
  if (outcome.outcome !== 'delivered' || !caption) return outcome;
  // WotNot's files carry no words. The file is there: whatever becomes of the caption, it must not go again.
  const said = await say(call, { ...message, content: { type: 'text', text: caption } });
  return said.outcome === 'delivered' ? outcome : captionNotSent;
}

/** What WotNot says of a request that it does not take as it is: a file of a kind or a size that is not for it. */
const NOT_AS_IT_IS = ['BAD_REQUEST', 'INVALID_DATA', 'invalid_request', 'refused', 'undocumented'];

/** A file that WotNot does not take becomes a link. A refusal has said nothing; one that is about something else comes again. */
async function sayOrLink(call: Call, message: MessageToSend): Promise<SendOutcome> {
  const outcome = await sayToContact(call, message);
  const { content } = message;
  if (content.type !== 'file' && content.type !== 'voice') return outcome;
  if (outcome.outcome !== 'refused' || !NOT_AS_IT_IS.includes(outcome.code)) return outcome;
  const text = `${content.file.name}: ${content.file.url ?? ''}`;
  const linked = await sayToContact(call, { ...message, content: { type: 'text', text } });
  if (linked.outcome === 'refused') return outcome;
  const { code, message: reason } = outcome;
  return linked.outcome === 'delivered' ? { ...linked, linked: { code, message: reason } } : linked;
}

async function sayToContact(call: Call, message: MessageToSend): Promise<SendOutcome> {
  if (!message.target.heldByBot) {
    const first = await say(call, message);
    if (!isHeldByBot(first)) return first;
  }
  const trouble = await takeOver(call, message);
  if (trouble) return trouble;
  const outcome = await say(call, message);
  if (outcome.outcome === 'delivered') return { ...outcome, mended: true };
  const hasNobody = (message.actingAgentEmail ?? message.agentEmail) === message.agentEmail;
  return isHeldByBot(outcome) && hasNobody ? { ...outcome, message: nobodyElseActs } : outcome;
}

function isHeldByBot(outcome: SendOutcome): outcome is Extract<SendOutcome, { outcome: 'refused' }> {
  return outcome.outcome === 'refused' && outcome.code === 'CONVERSATION_ASSIGNED_TO_BOT';
}

function say(
  { client, options }: Call,
  { agentEmail, content, target }: MessageToSend,
): Promise<SendOutcome> {
  const request = {
    conversation_id: target.externalConversationId,
    message: messageBody(content),
    user: { by: agentEmail },
  };
  return callWotNot(() => client.sendMessage(request, options), { mayBeSent: true });
}

/** Puts the conversation into the agent's hands; answers only what makes it pointless to go on. */
async function takeOver(call: Call, message: MessageToSend): Promise<SendOutcome | undefined> {
  const outcome = await assign(call, {
    conversationId: message.target.externalConversationId,
    by: message.agentEmail,
    to: { agent: message.agentEmail },
    actingAgentEmail: message.actingAgentEmail,
  });
  switch (outcome.outcome) {
    case 'delivered':
      return undefined;
    case 'refused':
      // The words themselves may pass all the same: what is known of who holds it may be out of date.
      return outcome.code === 'ASSIGNEE_CHANGE_EXCEPTION' ? undefined : outcome;
    case 'uncertain':
      // Nothing was said yet, so it may be tried again from the start.
      return { ...outcome, outcome: 'retry' };
    case 'retry':
    case 'credential':
      return outcome;
  }
}

function needsUrl(content: OrderedContent): boolean {
  return (content.type === 'file' || content.type === 'voice') && content.file.url === undefined;
}

const noUrl: SendOutcome = {
  outcome: 'refused',
  code: 'file_without_url',
  message: 'The file has no address from which WotNot could fetch it.',
};

const captionNotSent: SendOutcome = {
  outcome: 'refused',
  code: 'caption_not_sent',
  message: 'The file was delivered, its caption was not. Send the words again as a message.',
};
