import type { UncertainPolicy } from './doubt.js';
import type {
  Assignee,
  Author,
  ConversationStatus,
  Failure,
  MessageContent,
  MessageFlag,
  MessageState,
  Side,
  SlaBreach,
  Variables,
} from './conversation.js';
import type { FactType } from './facts.js';
import type { KnownTemplate } from './known-template.js';
import type { TicketPriority, TicketStatus } from './ticket.js';

/** What the rooms tell each other about the state: rows as the trade sees them. */

export interface ContactView {
  id: string;
  externalContactId: string;
  name?: string;
  email?: string;
  phone?: string;
  variables: Variables;
}

export interface LastMessage {
  text: string;
  author: Author;
  kind: string;
  occurredAt: string;
}

export interface ConversationView {
  id: string;
  connectionId: string;
  externalConversationId: string;
  /** We have started it and the outside has not given it its id yet. */
  starting?: true;
  title?: string;
  channel?: string;
  status: ConversationStatus;
  assignee: Assignee;
  contact: ContactView;
  labels: string[];
  variables: Variables;
  sla?: SlaBreach;
  lastMessage?: LastMessage;
  lastSeq: number;
  lastActivityAt: Date;
  startedAt: Date;
  closedAt?: Date;
}

export interface MessageView {
  id: string;
  conversationId: string;
  seq: number;
  direction: 'in' | 'out';
  author: Author;
  kind: string;
  text: string;
  content: MessageContent;
  state: MessageState;
  flags: MessageFlag[];
  failure?: Failure;
  deliveryId?: string;
  /** The desk in which it was written. */
  originConnectionId?: string;
  externalMessageId?: string;
  occurredAt: Date;
  sentAt?: Date;
  deliveredAt?: Date;
  readAt?: Date;
}

export interface NoteView {
  id: string;
  conversationId: string;
  seq: number;
  author: Author;
  text: string;
  originConnectionId?: string;
  occurredAt: Date;
}

export interface FactView {
  /** Its place in the workspace's feed. */
  cursor: string;
  /** null: about the workspace itself. */
  conversationId: string | null;
  seq: number;
  type: FactType;
  occurredAt: Date;
  data: Record<string, unknown>;
  /** What the fact names, as it is now. */
  message?: MessageView;
  note?: NoteView;
  conversation?: ConversationView;
}

export interface TicketLinkView {
  id: string;
  connectionId: string;
  externalTicketId: string;
  conversationId: string;
  url?: string;
  ticketStatus?: string;
  /** As the desk has told it. */
  ticketPriority?: TicketPriority;
  createdAt: Date;
}

export interface DeliveryView {
  id: string;
  connectionId: string;
  conversationId: string;
  kind: string;
  state: 'waiting' | 'sending' | 'uncertain' | 'delivered' | 'dead' | 'cancelled';
  attempts: number;
  messageId?: string;
  externalId?: string;
  reason?: Failure;
  flags: string[];
  createdAt: Date;
  settledAt?: Date;
  nextAttemptAt?: Date;
}

export interface InboundEventView {
  id: string;
  connectionId: string;
  kind: string;
  laneKey: string;
  state: 'recorded' | 'projected' | 'unrecognised' | 'failed';
  detail?: string;
  flags: string[];
  payload: Record<string, unknown>;
  receivedAt: Date;
  projectedAt?: Date;
}

export interface FileView {
  id: string;
  name: string;
  contentType: string;
  sizeBytes: number;
  createdAt: Date;
}

export interface WorkspaceView {
  id: string;
  name: string;
  createdAt: Date;
  disabledAt?: Date;
  uncertainPolicy: UncertainPolicy;
}

export interface WorkspaceChange {
  name?: string;
  uncertainPolicy?: UncertainPolicy;
}

export interface AgentView {
  id: string;
  email: string;
  name: string;
  createdAt: Date;
  disabledAt?: Date;
}

export interface ApiKeyView {
  id: string;
  name: string;
  lastFour: string;
  scopes: ('admin' | 'desk')[];
  createdAt: Date;
  lastUsedAt?: Date;
  revokedAt?: Date;
}

export interface ConnectionView {
  id: string;
  connector: string;
  side: Side;
  name: string;
  webhookKey: string;
  status: 'active' | 'paused' | 'disconnected';
  pausedReason?: string;
  pausedAt?: Date;
  settings: Record<string, unknown>;
  lastInboundAt?: Date;
  lastDeliveredAt?: Date;
  /** Since when the outside has not been told of the webhook. */
  registrationOwedAt?: Date;
  createdAt: Date;
}

/** What a connection is owed and how it takes it. */
export interface ConnectionHealth {
  /** Deliveries that wait or are under way. */
  waiting: number;
  oldestWaitingAt?: Date;
  /** Its age by the database's clock: how far the connection lags behind. */
  oldestWaitingSeconds?: number;
  /** Deliveries that an agent is asked about. */
  uncertain: number;
  dead: number;
  /** open: it failed so often that it is left alone until `breakerUntil`. */
  breaker: 'closed' | 'open';
  breakerUntil?: Date;
}

/** What a desk can carry: known before anything is sent. */
export interface DeskLimits {
  /** Of one file, in bytes, and of the files of one message; what is beyond becomes a link, or a further message. */
  mostFileBytes: number;
  mostFilesPerMessage: number;
  /** false: files are told as links that end after a while. */
  carriesFiles: boolean;
  /** A longer message is split, in order. */
  mostTextCharacters: number;
  /** The contact's words appear as the contact's; false: as the bridge's, with the name. */
  writesAsContact: boolean;
  /** Others are set as the nearest of these. */
  statuses: TicketStatus[];
  priorities: boolean;
  tags: boolean;
  teams: boolean;
  /** No more than `most` changes of one ticket in `seconds`; messages that wait are joined. */
  ticketBudget?: { most: number; seconds: number };
  callsPerMinute?: number;
}

/** A connection, and how it stands with it. */
export interface WatchedConnection extends ConnectionView {
  health: ConnectionHealth;
  /** Of a desk whose connector is there. */
  capabilities?: DeskLimits;
  /** Of a chat side: what agents may pick. */
  templates?: KnownTemplate[];
}

/** One page of a list, and how to get the next. */
export interface Page<T> {
  items: T[];
  nextCursor?: string;
}
