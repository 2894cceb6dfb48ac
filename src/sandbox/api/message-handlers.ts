import type { WotNotRequest } from '../../wotnot/index.js';
import { findAgent } from '../assign.js';
import type { NewMessage } from '../add-message.js';
import { saveContact } from '../find-contact.js';
import type { MessageFile } from '../rows.js';
import { arriveAsVisitor, type VisitorWords, writeAsVisitor } from '../write-as-visitor.js';
import { writeAsAgent } from '../write-as-agent.js';
import { timestamp } from '../timestamp.js';
import { type ApiAnswer, refuse, succeed } from './api-answer.js';
import type { Handler } from './api-request.js';
import { findConversation, limitedUser } from './conversation-handlers.js';
import { findTemplate, wordTemplate } from './templates.js';

type AgentMessage = WotNotRequest<'send-message'>['message'];
type VisitorMessage = WotNotRequest<'send-visitor-message'>['message'];

/** WotNot's page gives sizes in what look like megabytes; the true size is known once the file has been fetched. */
function fileToFetch(file: { path: string; name: string; type: string; size: number }): MessageFile {
  return {
    name: file.name,
    type: file.type,
    size: Math.round(file.size * 1_000_000),
    path: file.path,
    state: 'fetching',
  };
}

function readAgentMessage(message: AgentMessage): Omit<NewMessage, 'from' | 'agent'> | ApiAnswer {
  switch (message.type) {
    case 'text':
      return { type: 'text', text: message.data.body };
    case 'file':
    case 'voice':
      return { type: message.type, file: fileToFetch(message.file) };
    case 'template': {
      const template = findTemplate(message.data.template);
      if (!template) return refuse('WHATSAPP_TEMPLATE_NOT_FOUND');
      if (!template.isApproved) return refuse('TEMPLATE_NOT_APPROVED');
      return { type: 'template', text: wordTemplate(template, message.data) };
    }
  }
}

export const sendMessage: Handler = async (world, request) => {
  const { message, user } = request.body as WotNotRequest<'send-message'>;
  const conversation = findConversation(world, request);
  if (!conversation) return refuse('CONVERSATION_NOT_FOUND');
  if (conversation.status === 'closed') return refuse('CONVERSATION_CLOSED');
  if (conversation.assignee.type === 'bot') return refuse('CONVERSATION_ASSIGNED_TO_BOT');
  if (world.records.contacts.get(conversation.contactKey)?.isBlocked) return refuse('CONTACT_IS_BLOCKED');
  if (user.by.toLowerCase() === limitedUser) return refuse('MESSAGE_NOT_SENT');
  const content = readAgentMessage(message);
  if ('status' in content) return content;
  const name = findAgent(world, user.by)?.name ?? user.by.split('@')[0] ?? user.by;
  const agent = { email: user.by.toLowerCase(), name };
  const { message: sent, delivered } = writeAsAgent(
    world,
    conversation,
    { ...content, agent },
    request.answered,
  );
  await delivered;
  return succeed({ message_id: sent.id });
};

function readVisitorMessage(message: VisitorMessage): VisitorWords {
  switch (message.type) {
    case 'text':
      return { text: message.data.body };
    case 'file':
    case 'voice':
      return { file: fileToFetch(message.file), isVoice: message.type === 'voice' };
  }
}

export const sendVisitorMessage: Handler = (world, request) => {
  const { message } = request.body as WotNotRequest<'send-visitor-message'>;
  const conversation = findConversation(world, request);
  if (!conversation) return refuse('CONVERSATION_NOT_FOUND');
  const written = writeAsVisitor(world, conversation, readVisitorMessage(message));
  const isNew = written.conversation.id !== conversation.id;
  return succeed({
    message_id: written.message.id,
    ...(isNew ? { conversation: { id: written.conversation.id } } : {}),
  });
};

export const startApiConversation: Handler = (world, request) => {
  const given = request.body as WotNotRequest<'start-api-conversation'>;
  const { contact } = saveContact(world, { externalKey: given.from?.user_external_id ?? '' });
  const variables = Object.entries(given.variables ?? {}).map(([name, value]) => ({
    type: 'text',
    name,
    value,
  }));
  const text = given.message.data.body;
  const words = { text };
  const { conversation, message } = arriveAsVisitor(world, {
    contact,
    origin: 'api',
    channel: 'API',
    words,
    variables,
  });
  return succeed({
    conversation: {
      id: conversation.id,
      message_id: message?.id,
      created_at: timestamp(conversation.createdAt),
    },
    contact: { id: String(contact.id), name: contact.name },
  });
};
