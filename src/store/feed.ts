import type { FactType } from '../domain/facts.js';
import type { FactView } from '../domain/views.js';
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
  present,
} from './rows.js';
import type { WorkspaceScope } from './scope.js';
import { type FeedReading, shareReadings } from './share-readings.js';

export type { FeedReading } from './share-readings.js';

export interface Feed {
  /**
   * The workspace's facts after the cursor, at most `limit` of them, and only settled ones: nothing can
   * still appear before them. `held` says that something newer waits for an older transaction to end. Whoever
   * has missed facts that are deleted by now is told to start afresh; the start is the oldest that there is.
   */
  readAfter(scope: WorkspaceScope, cursor: string, limit: number): Promise<FeedReading>;
  /** The same for those who keep up with it together: what one has read comes from memory, and may be part of a page. */
  follow(scope: WorkspaceScope, cursor: string, limit: number): Promise<FeedReading>;
  /** The cursor of now: what is committed later comes after it. */
  head(scope: WorkspaceScope): Promise<string>;
  /** One conversation's facts with `after` < seq, and < `before` when that is given, ascending. */
  readConversation(
    scope: WorkspaceScope,
    conversationId: string,
    range: { after: number; before?: number | undefined; limit: number },
  ): Promise<FactView[]>;
}

export const FEED_START = '0.0';

interface FactRow {
  conversation_id: string;
  seq: number;
  type: FactType;
  data: Record<string, unknown>;
  txid: string;
  position: string;
  occurred_at: string;
  message: MessageRow | null;
  note: NoteRow | null;
  conversation: ConversationRow | null;
  contact: ContactRow | null;
}

export function createFeed(database: Database): Feed {
  const { prisma } = database;
  /** The last cursor read to, by workspace: these need no second look. */
  const issued = new Map<string, string>();

  /** After a restore transactions are numbered anew: a cursor from before would wait for ever. */
  const isFromAnotherTime = async (txid: string): Promise<boolean> => {
    const [row] = await prisma.$queryRaw<{ ahead: boolean }[]>`
      SELECT ${txid}::bigint >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS ahead`;
    return row?.ahead === true;
  };

  /** Where the feed begins: after the last fact that was deleted. */
  const beginning = async (scope: WorkspaceScope): Promise<string> => {
    const [row] = await prisma.$queryRaw<{ txid: string; position: string }[]>`
      SELECT feed_txid::text AS txid, feed_position::text AS position FROM upkeep
      WHERE workspace_id = ${scope.workspaceId} AND feed_txid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint`;
    return row === undefined ? FEED_START : cursorOf(row);
  };

  const readAfter: Feed['readAfter'] = async (scope, cursor, limit) => {
    const after = parseCursor(cursor);
    if (after === undefined) return { outcome: 'start_afresh' };
    const isStart = cursor === FEED_START;
    // What is read and where the feed begins are one snapshot: facts that are deleted meanwhile are in it, or
    // its beginning has moved. A beginning from another time, as after a restore, is none. As json and not jsonb:
    // nobody asks the server anything of it, and to build it takes a third less.
    const read = await prisma.$queryRaw<{ missed: boolean; held: boolean; fact: FactRow | null }[]>`
      SELECT begins.missed, e.fact, EXISTS (
        SELECT 1 FROM conversation_events h WHERE h.workspace_id = ${scope.workspaceId}
          AND h.txid >= begins.unsettled AND (h.txid, h.position) > (begins.txid, begins.position)
      ) AS held
      FROM (
        SELECT NOT ${isStart}::boolean AND coalesce((${after.txid}::bigint, ${after.position}::bigint) < (u.feed_txid, u.feed_position), false) AS missed,
          CASE WHEN ${isStart}::boolean THEN coalesce(u.feed_txid, 0) ELSE ${after.txid}::bigint END AS txid,
          CASE WHEN ${isStart}::boolean THEN coalesce(u.feed_position, 0) ELSE ${after.position}::bigint END AS position,
          pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS unsettled
        FROM (SELECT 1) one LEFT JOIN upkeep u ON u.workspace_id = ${scope.workspaceId}
          AND u.feed_txid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
      ) begins
      LEFT JOIN LATERAL (
        SELECT e.txid, e.position, json_build_object(
          'conversation_id', e.conversation_id, 'seq', e.seq, 'type', e.type, 'data', e.data,
          'txid', e.txid::text, 'position', e.position::text, 'occurred_at', e.occurred_at,
          'message', to_json(m), 'note', to_json(n), 'conversation', to_json(c), 'contact', to_json(p)) AS fact
        FROM (
          SELECT * FROM conversation_events
          WHERE workspace_id = ${scope.workspaceId} AND (txid, position) > (begins.txid, begins.position)
            AND txid < begins.unsettled
          ORDER BY txid, position LIMIT ${limit}
        ) e
        LEFT JOIN messages m ON m.workspace_id = e.workspace_id AND m.id = e.data->>'messageId'
        LEFT JOIN notes n ON n.workspace_id = e.workspace_id AND n.id = e.data->>'noteId'
        LEFT JOIN conversations c ON c.workspace_id = e.workspace_id AND c.id = e.conversation_id
        LEFT JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
      ) e ON true
      ORDER BY e.txid, e.position`;
    if (read[0]?.missed === true) return { outcome: 'start_afresh' };
    const rows = read.flatMap(({ fact }) => (fact === null ? [] : [fact]));
    const last = rows.at(-1);
    const held = read[0]?.held === true;
    if (
      last === undefined &&
      !held &&
      issued.get(scope.workspaceId) !== cursor &&
      (await isFromAnotherTime(after.txid))
    ) {
      return { outcome: 'start_afresh' };
    }
    issued.set(scope.workspaceId, last === undefined ? cursor : cursorOf(last));
    return {
      outcome: 'read',
      facts: rows.map((fact) => factView(fact, scope)),
      cursor: last === undefined ? cursor : cursorOf(last),
      held: held && rows.length < limit,
      more: rows.length >= limit,
    };
  };

  return {
    readAfter,
    follow: shareReadings(readAfter),
    async head(scope) {
      // Below the oldest running transaction nothing can still appear; what it commits comes after this.
      // Ordered by the columns, and not by what is selected of them: as texts, 99999 comes after 100000.
      const [row] = await prisma.$queryRaw<{ txid: string; position: string }[]>`
        SELECT e.txid::text, e.position::text FROM conversation_events e
        WHERE e.workspace_id = ${scope.workspaceId} AND e.txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        ORDER BY e.txid DESC, e.position DESC LIMIT 1`;
      return row === undefined ? beginning(scope) : cursorOf(row);
    },
    async readConversation(scope, conversationId, range) {
      const order = range.before === undefined ? Prisma.sql`ORDER BY seq` : Prisma.sql`ORDER BY seq DESC`;
      const before = range.before ?? 2_147_483_647;
      const rows = await prisma.$queryRaw<{ fact: FactRow }[]>`
        SELECT json_build_object(
          'conversation_id', e.conversation_id, 'seq', e.seq, 'type', e.type, 'data', e.data,
          'txid', e.txid::text, 'position', e.position::text, 'occurred_at', e.occurred_at,
          'message', to_json(m), 'note', to_json(n), 'conversation', NULL, 'contact', NULL) AS fact
        FROM (
          SELECT * FROM conversation_events
          WHERE workspace_id = ${scope.workspaceId} AND conversation_id = ${conversationId}
            AND seq > ${range.after} AND seq < ${before}
          ${order} LIMIT ${range.limit}
        ) e
        LEFT JOIN messages m ON m.workspace_id = e.workspace_id AND m.id = e.data->>'messageId'
        LEFT JOIN notes n ON n.workspace_id = e.workspace_id AND n.id = e.data->>'noteId'
        ORDER BY e.seq`;
      return rows.map(({ fact }) => factView(fact, scope));
    },
  };
}

/** `<txid>.<position>`, or undefined when it is no cursor. */
function parseCursor(cursor: string): { txid: string; position: string } | undefined {
  const match = /^(\d{1,18})\.(\d{1,18})$/.exec(cursor);
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { txid: match[1], position: match[2] };
}

const cursorOf = (row: { txid: string; position: string }): string => `${row.txid}.${row.position}`;

function factView(row: FactRow, scope: WorkspaceScope): FactView {
  return {
    cursor: cursorOf(row),
    conversationId: row.conversation_id === scope.workspaceId ? null : row.conversation_id,
    seq: row.seq,
    type: row.type,
    occurredAt: new Date(row.occurred_at),
    data: row.data,
    ...present({
      message: row.message === null ? null : messageView(row.message),
      note: row.note === null ? null : noteView(row.note),
      conversation: row.conversation === null ? null : conversationView(row.conversation, row.contact),
    }),
  };
}
