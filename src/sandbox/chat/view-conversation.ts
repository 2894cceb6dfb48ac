import type { Conversation, Message, Notice } from '../records.js';
import type { World } from '../world.js';

export interface ChatMessage {
  id: string;
  /** Its place in the conversation; never changes. */
  position: number;
  from: Message['from'];
  agent?: string;
  type: Message['type'];
  text?: string;
  buttons?: string[];
  file?: {
    name: string;
    type: string;
    size: number;
    state: 'fetching' | 'stored' | 'failed';
    url?: string;
    problem?: string;
  };
  at: string;
  receipt: Message['receipt'];
}

export interface ChatView {
  id: string;
  visitorKey: string;
  /** Ask for what came after it. */
  cursor: number;
  status: Conversation['status'];
  assignee: { type: string; name?: string };
  visitorName: string;
  typing: string | null;
  notices: Notice[];
  /** Only those that changed after the cursor that was asked for. */
  messages: ChatMessage[];
  /** What the bridge has been told, newest last. */
  events: { n: number; type: string; state: string; at: string; tries: number }[];
}

const EVENTS_SHOWN = 40;

function viewMessage(message: Message, position: number): ChatMessage {
  const { file, agent } = message;
  return {
    id: message.id,
    position,
    from: message.from,
    ...(agent ? { agent: agent.name } : {}),
    type: message.type,
    ...(message.text === undefined ? {} : { text: message.text }),
    ...(message.buttons ? { buttons: message.buttons } : {}),
    ...(file
      ? {
          file: {
            name: file.name,
            type: file.type,
            size: file.size,
            state: file.state,
            ...(file.fileId ? { url: `/files/${file.fileId}` } : {}),
            ...(file.problem ? { problem: file.problem } : {}),
          },
        }
      : {}),
    at: message.receivedAt,
    receipt: message.receipt,
  };
}

/** What the visitor's page needs to be up to date, given how far it already is. */
export function viewConversation(world: World, conversation: Conversation, after: number): ChatView {
  const { records, feed } = world;
  // A page that knows more than we do has outlived a reset: it gets everything anew.
  const since = after > conversation.revision ? 0 : after;
  const { assignee } = conversation;
  const messages: ChatMessage[] = [];
  for (const [position, message] of records.messages.of(conversation.id).entries()) {
    if (message.revision > since) messages.push(viewMessage(message, position));
  }
  return {
    id: conversation.id,
    visitorKey: conversation.contactKey,
    cursor: conversation.revision,
    status: conversation.status,
    assignee: { type: assignee.type, ...('name' in assignee ? { name: assignee.name } : {}) },
    visitorName: records.contacts.get(conversation.contactKey)?.name ?? '',
    typing: feed.typing(conversation.id),
    notices: conversation.notices,
    messages,
    events: records.webhooks
      .of(conversation.id)
      .slice(-EVENTS_SHOWN)
      .map(({ n, type, state, createdAt, tries }) => ({
        n,
        type,
        state,
        at: createdAt,
        tries: tries.length,
      })),
  };
}
