import type { FakeWrite } from '../fake-desk.js';
import type { ChatwootData, StoredConversation, StoredMessage } from './chatwoot-data.js';

export interface Said {
  content: string;
  type: StoredMessage['type'];
  private: unknown;
  files: StoredMessage['files'];
  contact?: number;
  user?: number;
  at?: Date;
}

/** A webhook's words, and its kind. */
export type Tell = (event: string, conversation: StoredConversation, message?: StoredMessage) => void;

/** What happens in a Chatwoot, whoever does it: each thing has its remark and its webhook. */
export function createWorld(data: ChatwootData, url: () => string, tell: Tell) {
  const writes: FakeWrite[] = [];
  const note = (one: StoredConversation, kind: string): void =>
    void writes.push({ at: Date.now(), ticketId: String(one.id), kind });

  function add(one: StoredConversation, said: Said): StoredMessage {
    const at = said.at?.getTime() ?? Date.now();
    const message: StoredMessage = {
      id: data.nextId(),
      content: said.content,
      type: said.type,
      private: said.private,
      at,
      senderType: said.contact !== undefined ? 'Contact' : said.user !== undefined ? 'User' : null,
      senderId: said.contact ?? said.user ?? null,
      files: said.files,
    };
    one.messages.push(message);
    one.activityAt = Math.max(one.activityAt, at);
    return message;
  }

  function remark(one: StoredConversation, content: string): void {
    tell('message_created', one, add(one, { content, type: 2, private: false, files: [] }));
  }

  function change(one: StoredConversation, kind: string, make: () => unknown): void {
    note(one, kind);
    make();
    // Never the same time twice, as two changes are never one.
    one.updatedAt = Math.max(one.updatedAt + 1, Date.now());
    remark(one, `The ${kind} was changed`);
    tell('conversation_updated', one);
  }

  function setStatus(one: StoredConversation, status: string): void {
    change(one, 'status', () => (one.status = status));
    tell('conversation_status_changed', one);
  }

  return {
    data,
    url,
    writes,
    change,
    setStatus,
    assign: (one: StoredConversation, userId: number | null): void =>
      change(one, 'assignee', () => (one.assigneeId = userId)),
    say(one: StoredConversation, said: Said, kind: string): StoredMessage {
      note(one, kind);
      const message = add(one, said);
      tell('message_created', one, message);
      if (said.type === 0 && (one.status === 'resolved' || one.status === 'snoozed')) setStatus(one, 'open');
      return message;
    },
    open(
      inboxId: number,
      contactId: number,
      status: string,
      custom: Record<string, unknown>,
    ): StoredConversation {
      data.lastConversation += 1;
      const now = Date.now();
      const one: StoredConversation = {
        id: data.lastConversation,
        inboxId,
        contactId,
        status,
        assigneeId: null,
        teamId: null,
        priority: null,
        labels: [],
        custom,
        createdAt: now,
        updatedAt: now,
        activityAt: now,
        messages: [],
      };
      data.conversations.set(one.id, one);
      note(one, 'create');
      tell('conversation_created', one);
      return one;
    },
  };
}

export type ChatwootWorld = ReturnType<typeof createWorld>;
