import { z } from 'zod';
import { email, givenId, nonEmptyText, receivedId, receivedText, receivedTime, succeeded } from './fields.js';
import { fileMessage, templateData, templateMessage, textMessage, voiceMessage } from './messages.js';
import { defineOperation } from './operation.js';

const recipient = z.strictObject({
  phone: nonEmptyText,
  name: z.string().optional(),
  email: email.optional(),
});

const newConversation = z.discriminatedUnion('channel', [
  z.strictObject({
    channel: z.literal('WHATSAPP'),
    from: nonEmptyText,
    to: recipient,
    message: z.strictObject({ type: z.literal('template'), data: templateData }),
    assignee: email.optional(),
  }),
  z.strictObject({
    channel: z.literal('SMS'),
    from: nonEmptyText,
    to: recipient,
    message: z.strictObject({ type: z.literal('text'), text: nonEmptyText }),
    assignee: email.optional(),
  }),
]);

const agentMessage = z.strictObject({
  message: z.discriminatedUnion('type', [textMessage, fileMessage, voiceMessage, templateMessage]),
  user: z.strictObject({ by: email }),
});

/** What both ways of starting a conversation answer. */
export const startedConversation = z.object({
  ok: succeeded,
  conversation: z.object({
    id: receivedId,
    message_id: receivedId.nullish(),
    created_at: receivedTime,
    assignee: z.object({ id: receivedId.nullish(), to: receivedText }).nullish(),
  }),
  contact: z
    .object({ id: receivedId.nullish(), name: receivedText, phone: receivedText, email: receivedText })
    .nullish(),
});

export const sentMessage = z.object({ ok: succeeded, message_id: receivedId });

export const conversations = {
  'create-conversation': defineOperation({
    section: 'Creating a conversation',
    channel: 'public',
    method: 'POST',
    path: '/v1/conversations',
    carries: 'json',
    repeatable: false,
    request: newConversation,
    body: newConversation,
    answer: startedConversation,
  }),
  'send-message': defineOperation({
    section: 'Send agent response to a conversation',
    channel: 'public',
    method: 'POST',
    path: '/api/v1/conversation/<conversation_id>/messages',
    carries: 'json',
    repeatable: false,
    request: agentMessage.extend({ conversation_id: givenId }),
    body: agentMessage,
    answer: sentMessage,
  }),
};
