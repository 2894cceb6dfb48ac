import { createHash } from 'node:crypto';
import { type Principal, principalKey } from '../access/principal.js';
import type { Author, MessageContent } from '../domain/conversation.js';
import { fingerprintOfOrder } from '../domain/fingerprint.js';
import { newId } from '../domain/ids.js';
import type { OrderedContent } from '../domain/order.js';
import type { MessageView } from '../domain/views.js';
import type { ConversationChange, NewMessage } from '../store/conversation-change.js';
import { findActingAgent } from './acting-agent.js';
import { addFact, changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer, ReplyInput } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';
import { judgeOrigin } from './judge-origin.js';
import { prepareContent } from './prepare-content.js';

/**
 * An agent answers. The message is in the conversation and owed to the chat side when this returns. With
 * an idempotency key its repeat finds the message again. A conversation that a bot holds is assigned to
 * the agent first, as the chat side refuses an agent's message otherwise.
 */
export async function reply(
  deps: DeskDeps,
  principal: Principal,
  conversationId: string,
  input: ReplyInput,
  idempotencyKey?: string,
): Promise<DeskAnswer<MessageView>> {
  const agent = await findActingAgent(deps, principal, input.by, conversationId);
  if (agent.outcome === 'refused') return agent;
  const idOf = (part: Part): string =>
    idempotencyKey === undefined
      ? newId('message')
      : messageIdOf(principal, conversationId, idempotencyKey, part);
  const ids = { message: idOf('message'), caption: idOf('caption') };
  if (idempotencyKey !== undefined) {
    // Looked for before a file is fetched or stored again.
    const known = await findRepeated(deps, principal, ids, input);
    if (known !== undefined) return known;
  }
  const conversation = await deps.list.read(principal.scope, conversationId);
  if (conversation === undefined) return refused('not_found', 'There is no such conversation.');
  if (conversation.status === 'closed') return closed();
  const origin = await judgeOrigin(deps, principal, input.originConnectionId);
  if (origin.outcome === 'refused') return origin;
  const prepared = await prepareContent(deps, principal, input);
  if (prepared.outcome === 'refused') return prepared;

  const author: Author = { type: 'agent', email: agent.value.email, name: agent.value.name };
  return changeConversation<MessageView>(deps, principal, conversationId, async (change, row) => {
    if (idempotencyKey !== undefined) {
      const known = await findRepeated(deps, principal, ids, input);
      if (known !== undefined) return known;
    }
    if (row.status === 'closed') return closed();
    if (row.assignee_type === 'bot') {
      owe(change, { kind: 'assign', by: author.email ?? '', to: { agent: author.email ?? '' } });
    }
    const message = addMessage(change, ids.message, author, prepared.value, origin.value);
    const caption = captionOf(input);
    if (caption !== undefined)
      addMessage(change, ids.caption, author, { type: 'text', text: caption }, origin.value);
    return { outcome: 'change', value: viewOf(message, conversationId) };
  });
}

/** One message of an agent, owed to the chat side. `originConnectionId`: the desk in which it was written. */
export function addMessage(
  change: ConversationChange,
  id: string,
  author: Author,
  content: OrderedContent,
  originConnectionId?: string,
): NewMessage {
  const at = new Date();
  const deliveryId = owe(change, { kind: 'send-message', agentEmail: author.email ?? '', content }, id);
  const message: NewMessage = {
    id,
    seq: addFact(change, { type: 'message.queued', data: { messageId: id } }, at),
    direction: 'out',
    author,
    kind: content.type,
    text: textOf(content),
    content: contentOf(content),
    state: 'queued',
    fingerprint: fingerprintOfOrder(content),
    deliveryId,
    originConnectionId,
    flags: [],
    occurredAt: at,
  };
  change.messages.push(message);
  change.row.last_message = {
    text: message.text.slice(0, 160),
    author,
    kind: message.kind,
    occurredAt: at.toISOString(),
  };
  change.row.last_activity_at = at.toISOString();
  return message;
}

function textOf(content: OrderedContent): string {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'file':
    case 'voice':
      return content.file.name;
    case 'template':
      return content.template.name;
  }
}

function contentOf(content: OrderedContent): MessageContent {
  switch (content.type) {
    case 'text':
      return {};
    case 'file':
    case 'voice': {
      const { fileId, name, contentType, sizeBytes } = content.file;
      const kind = /^(image|audio|video)\//u.exec(contentType)?.[1] as
        | 'image'
        | 'audio'
        | 'video'
        | undefined;
      return {
        attachments: [
          { kind: kind ?? 'file', name, contentType, sizeBytes, ...(fileId === undefined ? {} : { fileId }) },
        ],
      };
    }
    case 'template':
      return { template: content.template };
  }
}

function viewOf(message: NewMessage, conversationId: string): MessageView {
  return {
    id: message.id,
    conversationId,
    seq: message.seq,
    direction: 'out',
    author: message.author,
    kind: message.kind,
    text: message.text,
    content: message.content,
    state: message.state,
    flags: message.flags,
    occurredAt: message.occurredAt,
    ...(message.deliveryId === undefined ? {} : { deliveryId: message.deliveryId }),
    ...(message.originConnectionId === undefined ? {} : { originConnectionId: message.originConnectionId }),
  };
}

/** What of a reply is a message of its own. */
type Part = 'message' | 'caption';

function captionOf(input: ReplyInput): string | undefined {
  const caption = input.type === 'file' ? input.caption?.trim() : undefined;
  return caption === '' ? undefined : caption;
}

/** The same key by the same principal in the same conversation always names the same message, and its caption. */
function messageIdOf(principal: Principal, conversationId: string, key: string, part: Part): string {
  const names = [principal.scope.workspaceId, principalKey(principal), conversationId, key];
  const name = (part === 'message' ? names : [part, ...names]).join('\n');
  return `msg_${createHash('sha256').update(name).digest('hex').slice(0, 26)}`;
}

/** What was said with this key before, or that it was something else; undefined when nothing was. */
async function findRepeated(
  deps: Pick<DeskDeps, 'list'>,
  { scope }: Principal,
  ids: Record<Part, string>,
  input: ReplyInput,
): Promise<DeskAnswer<MessageView> | undefined> {
  const known = await deps.list.findMessage(scope, ids.message);
  if (known === undefined) return undefined;
  if (!isSameReply(known, input)) return keyReused();
  const caption = input.type === 'file' ? await deps.list.findMessage(scope, ids.caption) : undefined;
  return caption?.text === captionOf(input) ? done(known) : keyReused();
}

function isSameReply(message: MessageView, input: ReplyInput): boolean {
  if (message.kind !== input.type) return false;
  switch (input.type) {
    case 'text':
      return message.text === input.text;
    case 'template':
      return JSON.stringify(message.content.template) === JSON.stringify(input.template);
    case 'file':
    case 'voice': {
      const [attachment] = message.content.attachments ?? [];
      return input.fileId === undefined || attachment?.fileId === input.fileId;
    }
  }
}

const closed = () =>
  refused('conversation_closed', 'The conversation is closed; nothing can be sent in it any more.');

const keyReused = () =>
  refused('idempotency_key_reused', 'This idempotency key was used for another message.');
