import type {
  Assignee,
  Author,
  ConversationStatus,
  MessageContent,
  SlaBreach,
  Variables,
} from './conversation.js';

/** Who writes, as far as one event says. */
export interface ContactFacts {
  externalContactId?: string;
  name?: string;
  email?: string;
  phone?: string;
  /** What the chat side keeps of the contact beside that; unlike a conversation's variables it outlives it. */
  variables?: Variables;
}

/**
 * One thing that happened on a chat side, in our words: what a connector's `read` makes of an inbound
 * event. `occurredAt` is ISO 8601 in UTC and missing when the outside did not say.
 */
export type ChatFact =
  | {
      type: 'conversation-started';
      contact: ContactFacts;
      title?: string;
      channel?: string;
      status?: ConversationStatus;
      assignee?: Assignee;
      variables: Variables;
      aliases: string[];
      occurredAt?: string;
    }
  | {
      type: 'message';
      contact: ContactFacts;
      author: Author;
      kind: string;
      text: string;
      content: MessageContent;
      externalMessageId?: string;
      occurredAt?: string;
    }
  | { type: 'status'; status: ConversationStatus; by?: Author; occurredAt?: string }
  | { type: 'assignee'; assignee: Assignee; by?: Author; occurredAt?: string }
  | { type: 'variables'; variables: Variables; contact: ContactFacts; occurredAt?: string }
  | {
      type: 'labels';
      labels: string[];
      /** set: the whole list · add, remove: a change to it. */
      change: 'set' | 'add' | 'remove';
      occurredAt?: string;
    }
  | { type: 'note'; author: Author; text: string; externalNoteId?: string; occurredAt?: string }
  | { type: 'sla-breached'; breach: SlaBreach; occurredAt?: string }
  | {
      type: 'receipt';
      externalMessageId: string;
      receipt: 'sent' | 'delivered' | 'read' | 'failed';
      failure?: { code: string; message: string };
      occurredAt?: string;
    };
