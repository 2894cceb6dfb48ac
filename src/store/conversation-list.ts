import type { ConversationView, MessageView, NoteView, Page } from '../domain/views.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import {
  type ContactRow,
  type ConversationRow,
  conversationView,
  type MessageRow,
  messageView,
  type NoteRow,
  noteView,
} from './rows.js';
import type { WorkspaceScope } from './scope.js';

export interface ConversationQuery {
  status?: 'open' | 'closed' | undefined;
  assignee?: { type: 'agent' | 'team'; key: string } | { type: 'nobody' | 'bot' } | undefined;
  channel?: string | undefined;
  /** Words to look for in the contact, the title and what was said. */
  words?: string | undefined;
  slaBreached?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

export interface ConversationList {
  /** Latest activity first. `undefined` when the cursor is none of ours. */
  list(scope: WorkspaceScope, query: ConversationQuery): Promise<Page<ConversationView> | undefined>;
  read(scope: WorkspaceScope, conversationId: string): Promise<ConversationView | undefined>;
  findMessage(scope: WorkspaceScope, messageId: string): Promise<MessageView | undefined>;
  findNote(scope: WorkspaceScope, noteId: string): Promise<NoteView | undefined>;
}

export function createConversationList(database: Database): ConversationList {
  const { prisma } = database;
  return {
    async list(scope, query) {
      const after = query.cursor === undefined ? undefined : parseCursor(query.cursor);
      if (query.cursor !== undefined && after === undefined) return undefined;
      const conditions = [Prisma.sql`c.workspace_id = ${scope.workspaceId}`];
      if (query.status !== undefined) conditions.push(Prisma.sql`c.status = ${query.status}`);
      if (query.channel !== undefined)
        conditions.push(Prisma.sql`lower(c.channel) = lower(${query.channel})`);
      if (query.slaBreached !== undefined) {
        conditions.push(
          query.slaBreached
            ? Prisma.sql`c.sla_breached_at IS NOT NULL`
            : Prisma.sql`c.sla_breached_at IS NULL`,
        );
      }
      if (query.assignee !== undefined) {
        conditions.push(Prisma.sql`c.assignee_type = ${query.assignee.type}`);
        if ('key' in query.assignee) conditions.push(Prisma.sql`c.assignee_key = ${query.assignee.key}`);
      }
      if (query.words !== undefined) conditions.push(wordsCondition(query.words));
      if (after !== undefined) {
        conditions.push(Prisma.sql`(c.last_activity_at, c.id) < (${after.at}::timestamptz, ${after.id})`);
      }
      const rows = await prisma.$queryRaw<{ conversation: ConversationRow; contact: ContactRow | null }[]>`
        SELECT to_json(c) AS conversation, to_json(p) AS contact FROM conversations c
        LEFT JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
        WHERE ${Prisma.join(conditions, ' AND ')}
        ORDER BY c.last_activity_at DESC, c.id DESC LIMIT ${query.limit + 1}`;
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1)?.conversation;
      return {
        items: shown.map((row) => conversationView(row.conversation, row.contact)),
        ...(rows.length > query.limit && last !== undefined ? { nextCursor: cursorOf(last) } : {}),
      };
    },

    async read(scope, conversationId) {
      const [row] = await prisma.$queryRaw<{ conversation: ConversationRow; contact: ContactRow | null }[]>`
        SELECT to_json(c) AS conversation, to_json(p) AS contact FROM conversations c
        LEFT JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
        WHERE c.workspace_id = ${scope.workspaceId} AND c.id = ${conversationId}`;
      return row === undefined ? undefined : conversationView(row.conversation, row.contact);
    },

    async findMessage(scope, messageId) {
      const [row] = await prisma.$queryRaw<{ message: MessageRow }[]>`
        SELECT to_json(m) AS message FROM messages m WHERE m.workspace_id = ${scope.workspaceId} AND m.id = ${messageId}`;
      return row === undefined ? undefined : messageView(row.message);
    },

    async findNote(scope, noteId) {
      const [row] = await prisma.$queryRaw<{ note: NoteRow }[]>`
        SELECT to_json(n) AS note FROM notes n WHERE n.workspace_id = ${scope.workspaceId} AND n.id = ${noteId}`;
      return row === undefined ? undefined : noteView(row.note);
    },
  };
}

/** What is typed is looked for as it is: `%` and `_` are letters like others. */
function wordsCondition(words: string): Prisma.Sql {
  const pattern = `%${words.replace(/[\\%_]/gu, '\\$&')}%`;
  return Prisma.sql`(c.title ILIKE ${pattern} OR c.external_conversation_id = ${words} OR c.id = ${words}
    OR p.name ILIKE ${pattern} OR p.email ILIKE ${pattern} OR p.phone ILIKE ${pattern}
    OR EXISTS (SELECT 1 FROM messages m WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id AND m.text ILIKE ${pattern}))`;
}

/** Ends with a bar, so that one that was cut off is told from a whole one. */
const CURSOR = /^(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\|([\w-]{1,64})\|$/u;

/** Letter for letter what `cursorOf` makes, or undefined: whatever else a date may look like is the database's to refuse. */
function parseCursor(cursor: string): { at: string; id: string } | undefined {
  const [, at, id] = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at))) return undefined;
  return writeCursor(at, id) === cursor ? { at, id } : undefined;
}

const cursorOf = (row: ConversationRow): string => writeCursor(row.last_activity_at, row.id);

/** The moment is written as JavaScript does: a day that the calendar has not comes out as another one. */
const writeCursor = (at: string, id: string): string =>
  Buffer.from(`${new Date(at).toISOString()}|${id}|`).toString('base64url');
