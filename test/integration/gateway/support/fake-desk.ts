import { vi } from 'vitest';
import type { Desk, DeskAnswer } from '../../../../src/desk/desk.js';
import type { ConversationView, MessageView } from '../../../../src/domain/views.js';

const at = new Date('2026-03-01T10:00:00Z');

export const conversationView = (id: string): ConversationView => ({
  id,
  connectionId: 'con_1',
  externalConversationId: 'ext_1',
  status: 'open',
  assignee: { type: 'nobody' },
  contact: { id: 'ctc_1', externalContactId: 'v1', name: 'Ada', variables: {} },
  labels: [],
  variables: {},
  lastSeq: 1,
  lastActivityAt: at,
  startedAt: at,
});

export const messageView = (id: string, text: string): MessageView => ({
  id,
  conversationId: 'cnv_1',
  seq: 1,
  direction: 'out',
  author: { type: 'agent', email: 'a@example.com' },
  kind: 'text',
  text,
  content: {},
  state: 'queued',
  flags: [],
  occurredAt: at,
});

export interface FakeDesk {
  desk: Desk;
  /** Replies in the order in which they were carried out, one per key. */
  replies: {
    workspaceId: string;
    by: string;
    conversationId: string;
    text: string;
    key: string | undefined;
  }[];
  /** Conversations by workspace; others are not found. */
  known: Map<string, Set<string>>;
  /** Before a reply is carried out. */
  beforeReply: (text: string) => Promise<void>;
}

/** The verbs that the gateway asks for; the rest must not be called. */
export function createFakeDesk(): FakeDesk {
  const replies: FakeDesk['replies'] = [];
  const known = new Map<string, Set<string>>();
  const notFound: DeskAnswer<never> = {
    outcome: 'refused',
    code: 'not_found',
    message: 'There is no such conversation.',
  };
  const knows = (workspaceId: string, conversationId: string): boolean =>
    known.get(workspaceId)?.has(conversationId) === true;
  const fake: FakeDesk = { desk: undefined as unknown as Desk, replies, known, beforeReply: async () => {} };
  const verbs: Partial<Desk> = {
    async reply(principal, conversationId, reply, key) {
      const text = reply.type === 'text' ? reply.text : reply.type;
      await fake.beforeReply(text);
      const { workspaceId } = principal.scope;
      if (!knows(workspaceId, conversationId)) return notFound;
      const isRepeated = key !== undefined && replies.some((other) => other.key === key);
      const by = principal.type === 'agent' ? principal.email : principal.name;
      if (!isRepeated) replies.push({ workspaceId, by, conversationId, text, key });
      return { outcome: 'done', value: messageView(`msg_${replies.length}`, text) };
    },
    async readConversation(principal, conversationId) {
      if (!knows(principal.scope.workspaceId, conversationId)) return notFound;
      return { outcome: 'done', value: { conversation: conversationView(conversationId), ticketLinks: [] } };
    },
    async listEvents() {
      return { outcome: 'done', value: [] };
    },
    async close(principal, conversationId) {
      if (!knows(principal.scope.workspaceId, conversationId)) return notFound;
      throw new Error('the database says: secret words of a customer');
    },
  };
  fake.desk = new Proxy(verbs as Desk, {
    get: (target, name) => (Reflect.get(target, name) as unknown) ?? vi.fn(async () => notFound),
  });
  return fake;
}
