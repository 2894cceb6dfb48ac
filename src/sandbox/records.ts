import { randomBytes } from 'node:crypto';
import type { ChatNotice } from './chat/chat-view.js';
import type { Journal } from './journal.js';

export type Assignee =
  | { type: 'bot' }
  | { type: 'nobody' }
  | { type: 'team'; id: number; name: string }
  | { type: 'agent'; id: number; email: string; name: string };

export interface Variable {
  name: string;
  type: string;
  value: unknown;
}

export interface Contact {
  key: string;
  id: number;
  externalKey: string;
  name: string;
  email?: string;
  phone?: string;
  isBlocked: boolean;
  customVariables: Record<string, unknown>;
}

export type Channel = 'WEB' | 'API' | 'WHATSAPP' | 'SMS';
/** Who opened it: the visitor's page (which reports what it has shown), a test, or WotNot's own API. */
export type Origin = 'page' | 'control' | 'api';

export interface Conversation {
  id: string;
  number: number;
  externalKey: string;
  contactKey: string;
  channel: Channel;
  origin: Origin;
  status: 'open' | 'closed';
  assignee: Assignee;
  variables: Variable[];
  labels: { id: number; name: string }[];
  notes: { id: string; text: string; by: string; at: string }[];
  /** Lines in the visitor's chat that nobody said. */
  notices: ChatNotice[];
  createdAt: string;
  /** Rises with every change; what the visitor's page uses as its cursor. */
  revision: number;
}

export interface MessageFile {
  name: string;
  type: string;
  /** Bytes once stored. */
  size: number;
  /** Where it came from. */
  path: string;
  state: 'fetching' | 'stored' | 'failed';
  fileId?: string;
  problem?: string;
}

export interface Message {
  id: string;
  conversationId: string;
  revision: number;
  from: 'visitor' | 'bot' | 'agent';
  agent?: { email: string; name: string };
  type: 'text' | 'file' | 'voice' | 'template' | 'buttons';
  text?: string;
  buttons?: string[];
  file?: MessageFile;
  receivedAt: string;
  receipt: 'sent' | 'delivered' | 'read' | 'failed';
}

export interface WebhookTry {
  at: string;
  status?: number;
  answer?: string;
  problem?: string;
}

export interface WebhookRow {
  n: number;
  conversationId: string;
  type: string;
  event: unknown;
  state: 'queued' | 'delivered' | 'failed' | 'dropped';
  createdAt: string;
  tries: WebhookTry[];
}

export interface WebhookSettings {
  url: string;
  token: string;
  isEnabled: boolean;
  events: string[];
}

export interface User {
  id: number;
  email: string;
  firstName: string;
  lastName: string;
  roleId: number;
  status: 'active' | 'invited';
}

export interface Bot {
  id: number;
  key: string;
  previewKey: string;
  title: string;
  channel: string;
  flow: unknown;
  isDeployed: boolean;
  deployedAt: string | null;
  createdAt: string;
}

export interface KnowledgeBase {
  id: number;
  name: string;
}

export interface DataSource {
  id: number;
  knowledgeBaseId: number;
  name: string;
  type: 'url' | 'text' | 'file';
  source: string;
  domainId: number | null;
  tokens: number;
  trainedAt: string | null;
  failedReason: string | null;
  status: 'in-progress' | 'trained' | 'failed';
  createdAt: string;
}

export interface Domain {
  id: number;
  knowledgeBaseId: number;
  url: string;
}

export interface Table<Row> {
  get(id: string): Row | undefined;
  put(id: string, row: Row): Row;
  remove(id: string): void;
  all(): Row[];
  /** Rows of one owner, in the order in which they first came. */
  of(owner: string): Row[];
  readonly size: number;
}

function createTable<Row>(name: string, journal: Journal, ownerOf?: (row: Row) => string): Table<Row> {
  const rows = new Map<string, Row>();
  const owned = new Map<string, Map<string, Row>>();
  const remember = (id: string, row: Row): void => {
    rows.set(id, row);
    if (!ownerOf) return;
    const owner = ownerOf(row);
    const group = owned.get(owner) ?? new Map<string, Row>();
    group.set(id, row);
    owned.set(owner, group);
  };
  const forget = (id: string): void => {
    const row = rows.get(id);
    rows.delete(id);
    if (row && ownerOf) owned.get(ownerOf(row))?.delete(id);
  };
  journal.onReplay(name, (id, row) => (row === null ? forget(id) : remember(id, row as Row)), {
    rows: () => rows.entries(),
    clear: () => {
      rows.clear();
      owned.clear();
    },
  });
  return {
    get: (id) => rows.get(id),
    put(id, row) {
      journal.write(name, id, row);
      remember(id, row);
      return row;
    },
    remove(id) {
      journal.write(name, id, null);
      forget(id);
    },
    all: () => [...rows.values()],
    of: (owner) => [...(owned.get(owner)?.values() ?? [])],
    get size() {
      return rows.size;
    },
  };
}

export type Records = ReturnType<typeof createRecords>;

/** Everything the sandbox remembers. A `put` is in the journal before it is in memory. */
export function createRecords(journal: Journal) {
  return {
    contacts: createTable<Contact>('contact', journal),
    conversations: createTable<Conversation>('conversation', journal, (row) => row.contactKey),
    messages: createTable<Message>('message', journal, (row) => row.conversationId),
    webhooks: createTable<WebhookRow>('webhook', journal, (row) => row.conversationId),
    settings: createTable<WebhookSettings>('settings', journal),
    users: createTable<User>('user', journal),
    bots: createTable<Bot>('bot', journal),
    knowledgeBases: createTable<KnowledgeBase>('knowledge-base', journal),
    dataSources: createTable<DataSource>('data-source', journal, (row) => String(row.knowledgeBaseId)),
    domains: createTable<Domain>('domain', journal, (row) => String(row.knowledgeBaseId)),
    counters: createTable<number>('counter', journal),
  };
}

/** The next number of a kind; numbers go on after a restart. */
export function nextNumber(records: Records, kind: string, first: number): number {
  return records.counters.put(kind, (records.counters.get(kind) ?? first - 1) + 1);
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random bytes are drawn in bulk: one draw for each key was a tenth of the time of a message. */
let pool = Buffer.alloc(0);
let drawn = 0;

/** 32 letters and digits, mixed case, as WotNot's own keys are. */
export function newKey(): string {
  if (drawn + 32 > pool.length) {
    pool = randomBytes(8_192);
    drawn = 0;
  }
  let key = '';
  for (const byte of pool.subarray(drawn, drawn + 32)) key += LETTERS[byte % LETTERS.length];
  drawn += 32;
  return key;
}
