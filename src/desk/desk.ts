import type { Principal } from '../access/principal.js';
import type { KnownContact } from '../domain/contact-variables.js';
import type { TemplateContent } from '../domain/conversation.js';
import type { StartContent } from '../domain/order.js';
import type {
  ConversationView,
  DeliveryView,
  FactView,
  FileView,
  InboundEventView,
  MessageView,
  NoteView,
  Page,
  TicketLinkView,
} from '../domain/views.js';

/** Why the desk does not do a thing; each is a code of the contract. */
export type DeskRefusal =
  | 'not_found'
  | 'conversation_closed'
  | 'ticket_linked_elsewhere'
  | 'conversation_linked_elsewhere'
  | 'connection_disconnected'
  | 'already_exists'
  | 'connection_required'
  | 'nothing_to_publish'
  | 'not_supported'
  | 'account_refused'
  | 'account_unavailable'
  | 'delivery_not_dead'
  | 'delivery_not_uncertain'
  | 'event_not_parked'
  | 'idempotency_key_reused'
  | 'agent_required'
  | 'agent_unknown'
  | 'file_unknown'
  | 'file_empty'
  | 'file_not_voice'
  | 'url_not_allowed'
  | 'url_unreachable'
  | 'body_too_large'
  | 'file_store_failed'
  | 'cursor_invalid'
  | 'forbidden';

export type DeskAnswer<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'refused'; code: DeskRefusal; message: string; details?: Record<string, unknown> };

/** `originConnectionId`: the desk in which it was written. */
export type ReplyInput = { originConnectionId?: string | undefined } & (
  | { type: 'text'; text: string; by?: string | undefined }
  | {
      type: 'file';
      fileId?: string | undefined;
      url?: string | undefined;
      name?: string | undefined;
      caption?: string | undefined;
      by?: string | undefined;
    }
  | {
      type: 'voice';
      fileId?: string | undefined;
      url?: string | undefined;
      name?: string | undefined;
      by?: string | undefined;
    }
  | { type: 'template'; template: TemplateContent; by?: string | undefined }
);

export interface StartInput {
  channel: 'WHATSAPP' | 'SMS';
  /** The number of the account. */
  from: string;
  to: { phone: string; name?: string | undefined; email?: string | undefined };
  message: StartContent;
  /** An agent's e-mail. */
  assignee?: string | undefined;
  by?: string | undefined;
  ticket?: { connectionId: string; externalTicketId: string; url?: string | undefined } | undefined;
  /** May be missing where there is one chat account only. */
  connectionId?: string | undefined;
}

export interface StartedConversation {
  id: string;
  connectionId: string;
  messageId: string;
  deliveryId: string;
}

export type PublishInput = { knowledgeBaseId: string } & (
  | { as: 'text'; title?: string | undefined; text?: string | undefined }
  | { as: 'url'; url: string }
);

export interface Publication {
  id: string;
  conversationId: string;
  connectionId: string;
  status: 'in-progress' | 'trained' | 'failed';
  /** The outside's id of what it learns from. */
  externalId?: string;
  failure?: { code: string; message: string };
}

export interface ConversationFilter {
  status?: 'open' | 'closed' | undefined;
  /** me | nobody | bot | an agent's e-mail | team:<name> */
  assignee?: string | undefined;
  channel?: string | undefined;
  q?: string | undefined;
  slaBreached?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface Resolution {
  as: 'delivered' | 'resend' | 'cancel';
  /** What the outside calls the conversation that a start has begun. */
  externalConversationId?: string | undefined;
}

/**
 * Everything an agent can do. Each verb takes the principal first; ids of other workspaces are not found.
 * `by` says for which agent a program acts; an agent always acts for itself. A verb that owes the outside
 * something answers when that is committed, not when it is done.
 */
export interface Desk {
  startConversation(
    principal: Principal,
    start: StartInput,
    idempotencyKey?: string,
  ): Promise<DeskAnswer<StartedConversation>>;
  reply(
    principal: Principal,
    conversationId: string,
    reply: ReplyInput,
    idempotencyKey?: string,
  ): Promise<DeskAnswer<MessageView>>;
  addNote(
    principal: Principal,
    conversationId: string,
    note: { text: string; by?: string | undefined; originConnectionId?: string | undefined },
    idempotencyKey?: string,
  ): Promise<DeskAnswer<NoteView>>;
  assign(
    principal: Principal,
    conversationId: string,
    to: ({ agent: string } | { team: string }) & { by?: string | undefined },
  ): Promise<DeskAnswer<{ deliveryId: string }>>;
  close(
    principal: Principal,
    conversationId: string,
    options: { by?: string | undefined },
  ): Promise<DeskAnswer<{ deliveryId: string }>>;
  setVariables(
    principal: Principal,
    conversationId: string,
    variables: { name: string; value: string; on: 'conversation' | 'contact' }[],
  ): Promise<DeskAnswer<{ deliveryId: string }>>;

  /** Without a text, what was said to and by the contact is published. */
  publish(
    principal: Principal,
    conversationId: string,
    input: PublishInput,
  ): Promise<DeskAnswer<Publication>>;
  readPublication(principal: Principal, publicationId: string): Promise<DeskAnswer<Publication>>;
  listConversations(
    principal: Principal,
    filter: ConversationFilter,
  ): Promise<DeskAnswer<Page<ConversationView>>>;
  readConversation(
    principal: Principal,
    conversationId: string,
  ): Promise<DeskAnswer<{ conversation: ConversationView; ticketLinks: TicketLinkView[] }>>;
  /** Ascending by seq. With `before`: the last `limit` events before it. */
  listEvents(
    principal: Principal,
    conversationId: string,
    range: { after: number; before?: number | undefined; limit: number },
  ): Promise<DeskAnswer<FactView[]>>;
  /** The workspace's feed; without `after` from its beginning. `cursor` is where to go on, also when nothing came. */
  listFacts(
    principal: Principal,
    range: { after?: string | undefined; limit: number },
  ): Promise<DeskAnswer<{ facts: FactView[]; cursor: string }>>;

  linkTicket(
    principal: Principal,
    link: {
      connectionId: string;
      externalTicketId: string;
      conversationId: string;
      url?: string | undefined;
      ticketStatus?: string | undefined;
      /** What the desk knows of the contact: the chat side is told what it does not know. */
      contact?: KnownContact | undefined;
    },
  ): Promise<DeskAnswer<{ link: TicketLinkView; created: boolean }>>;
  findTicketLink(
    principal: Principal,
    connectionId: string,
    externalTicketId: string,
  ): Promise<DeskAnswer<TicketLinkView>>;
  listTicketLinks(principal: Principal, conversationId: string): Promise<DeskAnswer<TicketLinkView[]>>;
  unlinkTicket(
    principal: Principal,
    connectionId: string,
    externalTicketId: string,
  ): Promise<DeskAnswer<TicketLinkView>>;

  storeFile(principal: Principal, file: { name: string; bytes: Buffer }): Promise<DeskAnswer<FileView>>;
  /** A signed, expiring link to a file of the principal's workspace. */
  linkFile(principal: Principal, fileId: string): Promise<DeskAnswer<{ url: string; expiresAt: Date }>>;
  /** What a signed link leads to; asked without a principal, as the signature is the right. */
  openFileLink(link: {
    workspaceId: string;
    fileId: string;
    expires: string;
    signature: string;
  }): Promise<
    | { outcome: 'opened'; file: FileView; bytes: Buffer; inline: boolean }
    | { outcome: 'refused'; code: 'link_invalid' | 'link_expired' | 'not_found' }
  >;
  /** Signed links for the attachments of messages that are about to leave through a presenter. */
  signFileUrl(principal: Principal, fileId: string, name: string): string;

  listDeliveries(
    principal: Principal,
    filter: {
      state?: string | undefined;
      connectionId?: string | undefined;
      conversationId?: string | undefined;
      cursor?: string | undefined;
      limit: number;
    },
  ): Promise<DeskAnswer<Page<DeliveryView>>>;
  /** Brings back to the end of its lane what has failed: a dead letter, or a message that was cancelled or failed later. */
  redriveDelivery(principal: Principal, deliveryId: string): Promise<DeskAnswer<DeliveryView>>;
  /** Says what an uncertain delivery was. */
  resolveDelivery(
    principal: Principal,
    deliveryId: string,
    resolution: Resolution,
  ): Promise<DeskAnswer<DeliveryView>>;
  listInboundEvents(
    principal: Principal,
    filter: { state?: string | undefined; cursor?: string | undefined; limit: number },
  ): Promise<DeskAnswer<Page<InboundEventView>>>;
  replayInboundEvent(principal: Principal, eventId: string): Promise<DeskAnswer<InboundEventView>>;
}
