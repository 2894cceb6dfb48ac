import { z } from 'zod';
import { sentMessage, startedConversation } from './conversations.js';
import { givenId, nonEmptyText } from './fields.js';
import { fileMessage, textMessage, voiceMessage } from './messages.js';
import { defineOperation } from './operation.js';

const visitor = z.strictObject({ type: z.literal('VISITOR') });

const firstMessage = z.strictObject({
  channel: z.literal('API'),
  message: textMessage,
  variables: z.record(z.string(), z.unknown()).optional(),
  bot_key: nonEmptyText,
  from: z.strictObject({ user_external_id: nonEmptyText, type: z.literal('VISITOR') }),
});

const visitorMessage = z.strictObject({
  message: z.discriminatedUnion('type', [textMessage, fileMessage, voiceMessage]),
  user: visitor,
});

/**
 * The other end of a conversation: a contact who writes through a program (a bot whose channel is
 * `API`). WotNot's public page has no section for it.
 */
export const apiChannel = {
  'start-api-conversation': defineOperation({
    section: 'Starting a conversation as a visitor',
    channel: 'api',
    method: 'POST',
    path: '/api/v1/conversations',
    carries: 'json',
    repeatable: false,
    request: firstMessage.extend({
      channel: z.literal('API').default('API'),
      from: firstMessage.shape.from.extend({ type: z.literal('VISITOR').default('VISITOR') }),
    }),
    body: firstMessage,
    answer: startedConversation,
  }),
  'send-visitor-message': defineOperation({
    section: "Sending a visitor's message",
    channel: 'api',
    method: 'POST',
    path: '/api/v1/conversation/<conversation_id>/messages',
    carries: 'json',
    repeatable: false,
    request: visitorMessage.extend({
      conversation_id: givenId,
      user: visitor.default({ type: 'VISITOR' }),
    }),
    body: visitorMessage,
    answer: sentMessage,
  }),
};
