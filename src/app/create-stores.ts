import type { Database } from '../store/database.js';
import type { LocalNudges } from '../store/nudges.js';
import { createAbandoned } from '../store/abandoned.js';
import { createAccessStore } from '../store/access-store.js';
import { createAgentStore } from '../store/agent-store.js';
import { createApiKeyStore } from '../store/api-key-store.js';
import { createConnectionLookup } from '../store/connection-lookup.js';
import { createConnectionStore } from '../store/connection-store.js';
import { createConversationList } from '../store/conversation-list.js';
import { createConversationNaming } from '../store/conversation-naming.js';
import { createConversationStarter } from '../store/conversation-starter.js';
import { createConversationReader } from '../store/conversation-state.js';
import { createConversationWriter } from '../store/conversation-writer.js';
import { createDelays } from '../store/delays.js';
import { createDeliveryList } from '../store/delivery-list.js';
import { createDeskMirrors } from '../store/desk-mirrors.js';
import { createFeed } from '../store/feed.js';
import { createFileStore } from '../store/file-store.js';
import { createIdempotencyStore } from '../store/idempotency-store.js';
import { createInbox } from '../store/inbox.js';
import { createLaneReader } from '../store/lane-reader.js';
import { createEarlyLanes } from '../store/early-lanes.js';
import { createOwedFiles } from '../store/owed-files.js';
import { createOutbox } from '../store/outbox.js';
import { createRetention } from '../store/retention.js';
import { createTicketFollows } from '../store/ticket-follows.js';
import { createTicketLinks } from '../store/ticket-links.js';
import { createTicketRecord } from '../store/ticket-record.js';
import { createWorkspaceStore } from '../store/workspace-store.js';

export type Stores = ReturnType<typeof createStores>;

/** Every group of tables, opened on one database. */
export function createStores(database: Database, nudges: LocalNudges) {
  const patient = { ...database, ...database.patient };
  return {
    abandoned: createAbandoned(database, nudges),
    access: createAccessStore(database, nudges),
    agents: createAgentStore(database, nudges),
    apiKeys: createApiKeyStore(database, nudges),
    connections: createConnectionStore(database, nudges),
    delays: createDelays(database, nudges),
    conversations: createConversationReader(database),
    deliveries: createDeliveryList(database, nudges),
    feed: createFeed(database),
    files: createFileStore(database),
    follows: createTicketFollows(database, nudges),
    idempotency: createIdempotencyStore(database),
    inbox: createInbox(database),
    links: createTicketLinks(database, nudges),
    list: createConversationList(database),
    lookup: createConnectionLookup(database),
    mirrors: createDeskMirrors(database, nudges),
    naming: createConversationNaming(database, nudges),
    outbox: createOutbox(database),
    owedFiles: createOwedFiles(patient),
    earlyLanes: createEarlyLanes(database),
    /** What nobody waits for: an agent and a webhook go first. */
    projecting: {
      inbox: createInbox(patient),
      lanes: createLaneReader(patient),
      conversations: createConversationReader(patient),
      writer: createConversationWriter(patient, nudges),
    },
    retention: createRetention(patient),
    starter: createConversationStarter(database, nudges),
    tickets: createTicketRecord(database, nudges),
    workspaces: createWorkspaceStore(database, nudges),
    writer: createConversationWriter(database, nudges),
  };
}
