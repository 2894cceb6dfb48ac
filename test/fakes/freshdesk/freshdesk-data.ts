import type { FakeFile, FakeWrite } from '../fake-desk.js';

export interface StoredEntry {
  id: number;
  body: string;
  incoming: boolean;
  /** Whatever is told as `private`. */
  private: unknown;
  userId: number;
  source: number;
  at: number;
  files: (FakeFile & { id: number })[];
}

export interface StoredTicket {
  id: number;
  subject: string;
  requesterId: number;
  responderId: number | null;
  groupId: number | null;
  status: number;
  priority: number;
  tags: string[];
  custom: Record<string, unknown>;
  deleted: boolean;
  createdAt: number;
  updatedAt: number;
  /** The first is the description. */
  entries: StoredEntry[];
}

export interface StoredContact {
  id: number;
  name: string | null;
  email: string | null;
  phone: string | null;
  externalId: string | null;
}

/** Everything that the fake remembers. */
export function createData() {
  let lastId = 43_000_000_000;
  return {
    apiKey: 'freshdesk-key-0123456789',
    me: { id: 501, email: 'bridge@example.com', name: 'Bridge' },
    agents: [
      { id: 502, email: 'ada@example.com', name: 'Ada' },
      { id: 503, email: 'ben@example.com', name: 'Ben' },
    ],
    groups: [
      { id: 601, name: 'Sales' },
      { id: 602, name: 'Returns' },
    ],
    fields: ['subject', 'status', 'priority', 'cf_wotnot_conversation'],
    contacts: [] as StoredContact[],
    tickets: new Map<number, StoredTicket>(),
    lastTicket: 0,
    /** What addresses of files are signed with now. */
    signature: 1,
    writes: [] as FakeWrite[],
    nextId: (): number => (lastId += 1),
  };
}

export type FreshdeskData = ReturnType<typeof createData>;

/** A second's steps, as Freshdesk tells times. */
export const timeText = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/u, 'Z');

export function change(data: FreshdeskData, ticket: StoredTicket, kind: string, make: () => void): void {
  data.writes.push({ at: Date.now(), ticketId: String(ticket.id), kind });
  make();
  ticket.updatedAt = Date.now();
}
