import type { Journal } from './journal.js';
import type {
  Bot,
  Contact,
  Conversation,
  DataSource,
  Domain,
  KnowledgeBase,
  Message,
  User,
  WebhookRow,
  WebhookSettings,
} from './rows.js';

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
