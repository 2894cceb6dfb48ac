import type { Assignee, Contact, Conversation, Message } from './rows.js';
import { timestamp } from './timestamp.js';

/** The bot as WotNot names it in assignees and authors. */
export const botUser = { email: 'seq_user@wotnot-seq.com', id: '8181', type: 'bot' } as const;
export const botId = 8861;

const channelNumber = { WEB: 1, API: 5, WHATSAPP: 2, SMS: 3 } as const;

export function toHtml(text: string): string {
  const safe = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br>');
  return `<p>${safe}</p>`;
}

function assignedUser(assignee: Assignee): unknown {
  switch (assignee.type) {
    case 'bot':
      return botUser;
    case 'agent':
      return { email: assignee.email, id: assignee.id, name: assignee.name, type: 'agent' };
    case 'team':
    case 'nobody':
      return null;
  }
}

export function conversationCreatePayload(
  conversation: Conversation,
  contact: Contact,
  url: string,
): unknown {
  const variable = (type: string, name: string, value: unknown) => ({ type, name, value });
  const variables = [
    variable('text', 'global_channel_name', conversation.channel),
    variable('date', 'conversation_created_at', conversation.createdAt.replace('Z', '000+00:00')),
    variable('text', 'conversation_url', `${url}/office?conversation=${conversation.externalKey}`),
    variable('text', 'contact_id', contact.key),
    variable('text', 'visitor_name', contact.name),
  ];
  if (contact.email) variables.push(variable('text', 'visitor_email', contact.email));
  if (contact.phone) variables.push(variable('text', 'visitor_phone', contact.phone));
  return {
    assigned_to_user: assignedUser(conversation.assignee),
    created_at: timestamp(conversation.createdAt),
    title: contact.name,
    bot_id: botId,
    channel: { name: channelNumber[conversation.channel], provider: 0 },
    is_new_visitor: conversation.number === 1,
    is_closed: 0,
    external_key: conversation.externalKey,
    browser: 'Chrome 116 (116.0.0.0)',
    variables: [...variables, ...conversation.variables],
  };
}

function messageBody(message: Message): Record<string, unknown> {
  switch (message.type) {
    case 'text':
    case 'template':
      return { id: message.id, type: 'text', text: toHtml(message.text ?? '') };
    case 'buttons':
      return {
        id: message.id,
        type: 'button',
        payload: {
          title: message.text,
          buttons: (message.buttons ?? []).map((title) => ({ title, type: 'text' })),
        },
      };
    case 'file':
    case 'voice': {
      const file = message.file;
      return {
        id: message.id,
        type: message.type === 'voice' ? 'audio' : 'file',
        file: { path: file?.path, name: file?.name, type: file?.type, size: file?.size },
      };
    }
  }
}

export function messagePayload(message: Message, withId: boolean): unknown {
  const { id, ...rest } = messageBody(message);
  const by =
    message.from === 'agent'
      ? { type: 'agent', email: message.agent?.email, name: message.agent?.name }
      : message.from === 'bot'
        ? botUser
        : { type: 'visitor' };
  return {
    message: withId ? { id, ...rest } : rest,
    message_by: by,
    created_at: timestamp(message.receivedAt),
  };
}

export function assigneePayload(conversation: Conversation, by: string | null, at: Date): unknown {
  const { assignee } = conversation;
  return {
    assigned_to_user: assignedUser(assignee),
    assigned_to_team: assignee.type === 'team' ? { id: assignee.id, name: assignee.name } : null,
    by: by === null ? botUser : { email: by, type: 'agent' },
    created_at: timestamp(at),
  };
}

export function statusPayload(conversation: Conversation, by: string, at: Date): unknown {
  return {
    status: conversation.status === 'closed' ? 'CLOSE' : 'OPEN',
    is_closed: conversation.status === 'closed' ? 1 : 0,
    by: { email: by },
    created_at: timestamp(at),
  };
}

export function receiptPayload(message: Message, at: Date): unknown {
  const reason =
    message.file?.problem ??
    (message.receipt === 'failed' ? 'The channel cannot reach the contact.' : undefined);
  return {
    message_id: message.id,
    status: message.receipt,
    ...(reason === undefined ? {} : { reason }),
    created_at: timestamp(at),
  };
}
