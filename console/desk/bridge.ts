import type {
  Agent,
  Assign,
  Connection,
  Conversation,
  ConversationSummary,
  ErrorCode,
  Fact,
  File,
  Message,
  Note,
  SendMessage,
  TicketLink,
} from '../../src/contract/index.js';

export interface ConversationQuery {
  status?: 'open' | 'closed';
  assignee?: string;
  channel?: string;
  q?: string;
  slaBreached?: boolean;
  cursor?: string;
  limit?: number;
}

export type Connectedness = 'connecting' | 'catching-up' | 'live' | 'reconnecting' | 'signed-out';

export interface FeedHandlers {
  onFact: (fact: Fact) => void;
  /** The cursor cannot be continued: what is on the screen has to be fetched afresh. */
  onStartAfresh: () => void;
  onCursor: (cursor: string) => void;
  onState: (state: Connectedness) => void;
  onTyping: (state: { conversationId: string; agent: { email: string; name: string } }) => void;
}

export interface Feed {
  typing(conversationId: string): void;
  /** Who looks at a conversation is told who is writing there. */
  watch(conversationId: string): void;
  unwatch(conversationId: string): void;
  /** Tries at once instead of at the next turn. */
  reconnect(): void;
  stop(): void;
}

export interface Hints {
  visitorPage?: string | undefined;
}

/** What the console asks of the bridge. Refusals are thrown as `BridgeRefusal`. */
export interface Bridge {
  hints(): Promise<Hints>;
  listConversations(
    query: ConversationQuery,
  ): Promise<{ data: ConversationSummary[]; nextCursor?: string | undefined }>;
  readConversation(conversationId: string): Promise<Conversation>;
  /** Ascending by seq; with `before` the last ones before it. */
  listEvents(
    conversationId: string,
    range: { after?: number; before?: number; limit: number },
  ): Promise<Fact[]>;
  send(conversationId: string, message: SendMessage, key: string): Promise<Message>;
  addNote(conversationId: string, text: string, key: string): Promise<Note>;
  assign(conversationId: string, to: Assign): Promise<void>;
  close(conversationId: string): Promise<void>;
  linkTicket(link: {
    connectionId: string;
    externalTicketId: string;
    conversationId: string;
    url?: string;
  }): Promise<TicketLink>;
  findTicketLink(connectionId: string, externalTicketId: string): Promise<TicketLink>;
  unlinkTicket(connectionId: string, externalTicketId: string): Promise<void>;
  uploadFile(file: Blob, name: string): Promise<Pick<File, 'fileId' | 'contentType'>>;
  resolveDelivery(deliveryId: string, as: 'delivered' | 'resend' | 'cancel'): Promise<void>;
  redriveDelivery(deliveryId: string): Promise<void>;
  listAgents(): Promise<Agent[]>;
  listConnections(): Promise<Connection[]>;
  follow(cursor: string | undefined, handlers: FeedHandlers): Feed;
  /** Ends the session on the bridge too. */
  signOut(): Promise<void>;
}

/** network: no answer arrived, so that nobody knows whether it was done. */
export type RefusalCode = ErrorCode | 'network';

export class BridgeRefusal extends Error {
  override name = 'BridgeRefusal';
  readonly code: RefusalCode;
  readonly details: unknown;

  constructor(code: RefusalCode, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
