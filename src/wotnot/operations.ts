import type { z } from 'zod';
import { apiChannel } from './api-channel.js';
import { bots } from './bots.js';
import { contacts } from './contacts.js';
import { conversationEvents } from './conversation-events.js';
import { conversations } from './conversations.js';
import { knowledgeBase } from './knowledge-base.js';
import { users } from './users.js';
import { webhook } from './webhook.js';

/**
 * Every operation, in the order of WotNot's page, then the API channel. The page's 22 sections make
 * 23 entries, as changing the assignee is one section with two bodies.
 */
export const operations = {
  ...knowledgeBase,
  ...contacts,
  ...conversations,
  ...conversationEvents,
  ...webhook,
  ...bots,
  ...users,
  ...apiChannel,
};

export type OperationName = keyof typeof operations;

/** What a caller hands to an operation. */
export type WotNotRequest<Name extends OperationName> = z.input<(typeof operations)[Name]['request']>;

/** What an operation answers when it succeeded. */
export type WotNotAnswer<Name extends OperationName> = z.output<(typeof operations)[Name]['answer']>;

export const operationNames = Object.keys(operations) as OperationName[];
