import type { Conversation, Message, WebhookRow } from '../rows.js';
import type { World } from '../world.js';
import type { ChatMessage, ChatView, ToldEvent } from './chat-view.js';

const EVENTS_SHOWN = 40;

function viewMessage(message: Message, position: number): ChatMessage {
  const { file, agent } = message;
  return {
    id: message.id,
    ...(message.clientId ? { clientId: message.clientId } : {}),
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

type Payload = Record<string, Record<string, string | number | undefined> | string | undefined | null>;

/** Who or what an event is about, in a word. */
function aboutEvent(type: string, event: unknown): string {
  const payload = (event as { event?: { payload?: Payload } }).event?.payload ?? {};
  const field = (name: string, inner: string): string => {
    const value = payload[name];
    return typeof value === 'object' && value !== null ? String(value[inner] ?? '') : '';
  };
  switch (type) {
    case 'message':
      return field('message_by', 'name') || field('message_by', 'type');
    case 'assignee_change':
      return (
        field('assigned_to_team', 'name') ||
        field('assigned_to_user', 'name') ||
        field('assigned_to_user', 'type')
      );
    case 'status':
    case 'message_status':
      return typeof payload['status'] === 'string' ? payload['status'].toLowerCase() : '';
    case 'sla_breached':
      return field('sla', 'name');
    default:
      return '';
  }
}

function tellEvent({ n, type, event, state, createdAt, tries }: WebhookRow): ToldEvent {
  return { n, type, about: aboutEvent(type, event), state, at: createdAt, tries: tries.length };
}

/** What the channel has failed never reaches the page; a file that could not be fetched shows that. */
const isLost = ({ from, receipt, file }: Message): boolean =>
  from !== 'visitor' && receipt === 'failed' && file?.state !== 'failed';

/** What the visitor's page needs to be up to date, given how far it already is. */
export function viewConversation(world: World, conversation: Conversation, after: number): ChatView {
  const { records, feed } = world;
  // A page that knows more than we do has outlived a reset: it gets everything anew.
  const since = after > conversation.revision ? 0 : after;
  const { assignee } = conversation;
  const messages: ChatMessage[] = [];
  for (const [position, message] of records.messages.of(conversation.id).entries()) {
    if (message.revision > since && !isLost(message)) messages.push(viewMessage(message, position));
  }
  return {
    id: conversation.id,
    visitorKey: conversation.contactKey,
    cursor: conversation.revision,
    isAnew: since < after,
    status: conversation.status,
    assignee: { type: assignee.type, ...('name' in assignee ? { name: assignee.name } : {}) },
    visitorName: records.contacts.get(conversation.contactKey)?.name ?? '',
    typing: feed.typing(conversation.id),
    notices: conversation.notices,
    messages,
    events: records.webhooks.of(conversation.id).slice(-EVENTS_SHOWN).map(tellEvent),
    isWebhookSet: records.settings.get('webhook')?.isEnabled === true,
  };
}
