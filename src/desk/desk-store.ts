import type { AgentView, ConnectionView } from '../domain/views.js';
import type { ConversationList } from '../store/conversation-list.js';
import type { ConversationReader } from '../store/conversation-state.js';
import type { ConversationStarter } from '../store/conversation-starter.js';
import type { ConversationWriter } from '../store/conversation-writer.js';
import type { DeliveryList } from '../store/delivery-list.js';
import type { Feed } from '../store/feed.js';
import type { FileStore } from '../store/file-store.js';
import type { Inbox } from '../store/inbox.js';
import type { Nudges } from '../store/nudges.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { TicketLinks } from '../store/ticket-links.js';
import type { DeskAnswer } from './desk.js';

/** What came of fetching a file that an agent named by its URL. */
export type FetchedFile =
  | { outcome: 'fetched'; bytes: Buffer; name: string | undefined }
  | { outcome: 'refused'; code: 'url_not_allowed' | 'url_unreachable' | 'body_too_large'; reason: string };

/** What the desk's verbs stand on. */
export interface DeskDeps {
  conversations: Pick<ConversationReader, 'readById' | 'readStates'>;
  list: ConversationList;
  writer: ConversationWriter;
  starter: ConversationStarter;
  feed: Feed;
  links: TicketLinks;
  files: FileStore;
  deliveries: DeliveryList;
  inbox: Pick<Inbox, 'list' | 'replay'>;
  nudges: Pick<Nudges, 'send'>;
  listConnections: (scope: WorkspaceScope) => Promise<ConnectionView[]>;
  /** The workspace's first agent that is not disabled. */
  findFirstAgent: (scope: WorkspaceScope) => Promise<AgentView | undefined>;
  findAgent: (scope: WorkspaceScope, email: string) => Promise<AgentView | undefined>;
  /** Asks the outside how far it has learnt what was published. */
  readTraining: (
    scope: WorkspaceScope,
    connectionId: string,
    externalSourceId: string,
  ) => Promise<DeskAnswer<'in-progress' | 'trained' | 'failed'>>;
  fetchFile: (url: string, name?: string) => Promise<FetchedFile>;
  /** Where our signed links begin: `https://bridge.example`. */
  publicUrl: string;
  linkKey: Buffer;
}

export const refused = <C extends string>(code: C, message: string, details?: Record<string, unknown>) =>
  ({ outcome: 'refused', code, message, ...(details === undefined ? {} : { details }) }) as const;

export const done = <T>(value: T) => ({ outcome: 'done', value }) as const;
