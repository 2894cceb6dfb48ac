import type { WotNotRequest } from '../../wotnot/index.js';
import { findAgent } from '../assign.js';
import { findContact, saveContact } from '../find-contact.js';
import type { Assignee, Conversation, Message } from '../rows.js';
import { startConversation } from '../start-conversation.js';
import { timestamp } from '../timestamp.js';
import { writeAsAgent } from '../write-as-agent.js';
import { type ApiAnswer, refuse, succeed } from './api-answer.js';
import type { Handler } from './api-request.js';
import { limitedUser } from './conversation-handlers.js';
import { findTemplate, wordTemplate } from './templates.js';

type NewConversation = WotNotRequest<'create-conversation'>;

const digits = (phone: string): string => phone.replace(/\D/g, '');

/** The numbers that the account has set up, and one whose credentials have run out. */
const configuredNumbers = { WHATSAPP: ['1123123123'], SMS: ['11231231230'] };
const expiredNumber = '19990000000';

function wordMessage(given: NewConversation): { text: string } | ApiAnswer {
  if (given.channel === 'SMS') return { text: given.message.text };
  const template = findTemplate(given.message.data.template);
  if (!template) return refuse('WHATSAPP_TEMPLATE_NOT_FOUND');
  if (!template.isApproved) return refuse('TEMPLATE_NOT_APPROVED');
  return { text: wordTemplate(template, given.message.data) };
}

function started(
  conversation: Conversation,
  message: Message,
  given: NewConversation,
  contactId: number,
): ApiAnswer {
  const { assignee } = conversation;
  return succeed({
    conversation: {
      id: conversation.id,
      message_id: message.id,
      created_at: timestamp(conversation.createdAt),
      assignee: assignee.type === 'agent' ? { id: assignee.id, to: assignee.email } : null,
    },
    contact: { id: String(contactId), ...given.to },
  });
}

/** Start a conversation from our side: a WhatsApp template or an SMS. */
export const createConversation: Handler = async (world, request) => {
  const given = request.body as NewConversation;
  const from = digits(given.from);
  if (from === expiredNumber) return refuse('CHANNEL_TOKEN_EXPIRED');
  if (!configuredNumbers[given.channel].includes(from)) return refuse('PHONE_NUMBER_IS_NOT_CONFIGURED');
  const words = wordMessage(given);
  if ('status' in words) return words;
  if (given.assignee?.toLowerCase() === limitedUser) return refuse('CONVERSATION_NOT_CREATED');
  const agent = given.assignee === undefined ? undefined : findAgent(world, given.assignee);
  if (given.assignee !== undefined && !agent) {
    return refuse('INVALID_DATA', { message: 'Assignee does not exist in the account.' });
  }
  const { phone, name, email } = given.to;
  if (findContact(world, { phone })?.isBlocked) return refuse('CONTACT_IS_BLOCKED');
  const { contact } = saveContact(world, { phone, ...(name ? { name } : {}), ...(email ? { email } : {}) });
  const assignee: Assignee = agent ?? { type: 'nobody' };
  const gate = request.answered;
  const conversation = startConversation(world, {
    contact,
    channel: given.channel,
    origin: 'api',
    assignee,
    gate,
  });
  const type = given.channel === 'WHATSAPP' ? 'template' : 'text';
  const author = { email: agent?.email ?? 'account@fern.example', name: agent?.name ?? 'Fern & Fable' };
  const { message, delivered } = writeAsAgent(
    world,
    conversation,
    { type, text: words.text, agent: author },
    gate,
  );
  await delivered;
  return started(conversation, message, given, contact.id);
};
