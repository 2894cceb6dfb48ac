import type {
  Author,
  Failure,
  MessageContent,
  MessageFlag,
  MessageState,
  Variables,
} from '../domain/conversation.js';
import type { ConversationFact } from '../domain/facts.js';
import type { DeskOrder } from '../domain/desk-order.js';
import type { ChatOrder } from '../domain/order.js';
import type { ContactRow, ConversationRow } from './rows.js';

export interface NewMessage {
  id: string;
  seq: number;
  direction: 'in' | 'out';
  author: Author;
  kind: string;
  text: string;
  content: MessageContent;
  state: MessageState;
  externalMessageId?: string | undefined;
  fingerprint?: string | undefined;
  deliveryId?: string | undefined;
  /** The desk in which it was written. */
  originConnectionId?: string | undefined;
  failure?: Failure | undefined;
  flags: MessageFlag[];
  occurredAt: Date;
}

/** What an event says of a message that is already there; undefined leaves a column as it is. */
export interface MessageUpdate {
  id: string;
  state?: MessageState | undefined;
  externalMessageId?: string | undefined;
  echoedAt?: Date | undefined;
  deliveredAt?: Date | undefined;
  readAt?: Date | undefined;
  failure?: Failure | undefined;
}

export interface NewNote {
  id: string;
  seq: number;
  author: Author;
  text: string;
  /** The desk in which it was written. */
  originConnectionId?: string | undefined;
  occurredAt: Date;
}

export interface NewFact {
  seq: number;
  fact: ConversationFact;
  occurredAt: Date;
}

/** What can be owed: to a chat side, or to a desk. */
export type Order = ChatOrder | DeskOrder;

/** One thing owed to a connection, at the end of its lane. */
export interface NewDelivery {
  id: string;
  connectionId: string;
  kind: Order['kind'];
  payload: Order;
  messageId?: string | undefined;
  idempotencyKey: string;
}

export interface ContactChange {
  id: string;
  externalContactId: string;
  name?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  variables: Variables;
}

/**
 * Everything that one decision changes in one conversation; written together or not at all. `version` is
 * the version that the decision was made on, 0 for a conversation that is not there yet.
 */
export interface ConversationChange {
  version: number;
  /** As it shall be; `last_seq` counts the facts below. */
  row: ConversationRow;
  contact?: ContactChange | undefined;
  /** Its contact as it was read, where this change leaves it alone. */
  contactRow?: ContactRow | null | undefined;
  aliases: string[];
  messages: NewMessage[];
  /** Outside ids that nobody has looked for: if a message of the conversation has one, nothing is written. */
  unseenIds: string[];
  messageUpdates: MessageUpdate[];
  notes: NewNote[];
  facts: NewFact[];
  deliveries: NewDelivery[];
  /** Lanes to look at again, as something they wait for has come: connection ids. */
  wokenLanes: string[];
  /** Places in the inbox that are done with this. */
  projected: bigint[];
  /** They are parked as failed instead, with this sentence for the operator. */
  parkedBecause?: string | undefined;
}

/** A change of nothing, to be filled. */
export function startChange(
  version: number,
  row: ConversationRow,
  contactRow?: ContactRow | null,
): ConversationChange {
  return {
    version,
    row,
    contactRow,
    aliases: [],
    messages: [],
    unseenIds: [],
    messageUpdates: [],
    notes: [],
    facts: [],
    deliveries: [],
    wokenLanes: [],
    projected: [],
  };
}
