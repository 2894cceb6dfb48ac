import { z } from 'zod';
import {
  assigneeSchema,
  conversationSummarySchema,
  failureSchema,
  messageSchema,
  noteSchema,
  slaBreachSchema,
} from './resources.js';

const nothing = z.strictObject({});
const messageFact = z.strictObject({ message: messageSchema, failure: failureSchema.optional() });
const ticketFact = z.strictObject({
  connectionId: z.string(),
  externalTicketId: z.string(),
  url: z.string().optional(),
});
const ticketEndFact = z.strictObject({
  connectionId: z.string(),
  externalTicketId: z.string(),
  /** What became of the ticket in its desk; missing when somebody here has unlinked it. */
  reason: z.enum(['deleted', 'merged', 'replaced']).optional(),
});
const connectionFact = z.strictObject({
  connectionId: z.string(),
  name: z.string(),
  reason: z.string().optional(),
});

/** Something other than a message that is owed to WotNot or to a desk: a ticket's own message too. */
const actionFact = z.strictObject({ deliveryId: z.string(), action: z.string(), failure: failureSchema });

/** What every fact carries, by its type. Facts are past tense; a reader ignores types it does not know. */
export const FACT_DATA = {
  'conversation.opened': nothing,
  'conversation.updated': nothing,
  'conversation.reopened': z.strictObject({ by: z.string().optional() }),
  'conversation.closed': z.strictObject({ by: z.string().optional() }),
  'conversation.assigned': z.strictObject({ assignee: assigneeSchema, by: z.string().optional() }),
  'message.received': messageFact,
  'message.queued': messageFact,
  'message.sent': messageFact,
  'message.delayed': messageFact,
  'message.uncertain': messageFact,
  'message.failed': messageFact,
  'message.delivered': messageFact,
  'message.read': messageFact,
  'action.delayed': actionFact,
  'action.failed': actionFact,
  'note.added': z.strictObject({ note: noteSchema }),
  'labels.changed': z.strictObject({ labels: z.array(z.string()) }),
  'variables.changed': z.strictObject({
    variables: z.record(z.string(), z.string()),
    /** Those of the contact, where some of them have changed. */
    contactVariables: z.record(z.string(), z.string()).optional(),
  }),
  'sla.breached': slaBreachSchema,
  'ticket.linked': ticketFact,
  'ticket.unlinked': ticketEndFact,
  'connection.paused': connectionFact,
  'connection.resumed': connectionFact,
} as const;

export type FactType = keyof typeof FACT_DATA;
export const factTypes = Object.keys(FACT_DATA) as [FactType, ...FactType[]];

/**
 * One fact as it crosses our wire. `seq` numbers the facts of one conversation without a gap; `cursor`
 * orders all facts of the workspace and is what a reader hands back to go on from there.
 * `conversation` is the conversation as it is now; missing for facts about the workspace itself.
 */
export const factSchema = z
  .strictObject({
    cursor: z.string(),
    type: z.enum(factTypes),
    conversationId: z.string().nullable(),
    seq: z.int(),
    occurredAt: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()).meta({ description: 'By type; see the list of facts' }),
    conversation: conversationSummarySchema.optional(),
  })
  .meta({ id: 'Fact' });

type FactOf<T extends FactType> = Omit<z.infer<typeof factSchema>, 'type' | 'data'> & {
  type: T;
  data: z.infer<(typeof FACT_DATA)[T]>;
};

/** A fact, told apart by its type. */
export type Fact = { [T in FactType]: FactOf<T> }[FactType];
