import type { FakeFile } from '../fake-desk.js';

/** 0 incoming · 1 outgoing · 2 activity · 3 template */
export interface StoredMessage {
  id: number;
  content: string;
  type: 0 | 1 | 2 | 3;
  /** Whatever is told as `private`. */
  private: unknown;
  at: number;
  senderType: 'Contact' | 'User' | null;
  senderId: number | null;
  files: (FakeFile & { id: number })[];
}

export interface StoredContact {
  id: number;
  name: string;
  email: string | null;
  phone: string | null;
  identifier: string | null;
  sources: { inboxId: number; sourceId: string }[];
  custom: Record<string, unknown>;
}

export interface StoredConversation {
  id: number;
  inboxId: number;
  contactId: number;
  status: string;
  assigneeId: number | null;
  teamId: number | null;
  priority: string | null;
  labels: string[];
  custom: Record<string, unknown>;
  createdAt: number;
  /** Milliseconds. */
  updatedAt: number;
  activityAt: number;
  messages: StoredMessage[];
}

export interface StoredUser {
  id: number;
  email: string;
  name: string;
  role: 'agent' | 'administrator';
}

export interface StoredInbox {
  id: number;
  name: string;
  channelType: string;
  lock: boolean;
  webhookUrl: string;
}

export interface StoredWebhook {
  id: number;
  url: string;
  name: string;
  subscriptions: string[];
  secret: string | null;
}

/** Everything that the fake remembers. */
export function createData() {
  let lastId = 100;
  return {
    /** What addresses of files are signed with now. */
    signature: 1,
    accountId: 3,
    token: 'chatwoot-token-0123456789',
    me: { id: 1, email: 'bridge@example.com', name: 'Bridge', role: 'administrator' } as StoredUser,
    users: [
      { id: 11, email: 'ada@example.com', name: 'Ada', role: 'agent' },
      { id: 12, email: 'ben@example.com', name: 'Ben', role: 'agent' },
    ] as StoredUser[],
    teams: [
      { id: 21, name: 'sales' },
      { id: 22, name: 'returns' },
    ],
    inboxes: [] as StoredInbox[],
    webhooks: [] as StoredWebhook[],
    contacts: [] as StoredContact[],
    conversations: new Map<number, StoredConversation>(),
    lastConversation: 0,
    /** Servers from before 2026 sign nothing. */
    signs: true,
    nextId: (): number => (lastId += 1),
  };
}

export type ChatwootData = ReturnType<typeof createData>;

export const inSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1_000);
