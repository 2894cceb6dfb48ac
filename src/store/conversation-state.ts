import type { Database } from './database.js';
import type { ContactRow, ConversationRow, MessageRow, TriedMessageRow } from './rows.js';
import type { WorkspaceScope } from './scope.js';

/** A conversation as a decision needs it: read without a lock, guarded by its version when it is written. */
export interface ConversationState {
  row: ConversationRow;
  contact: ContactRow | null;
  /**
   * Its latest messages that we tried to send and that may still come back as an echo, oldest first: one
   * that was sent again may do so again.
   */
  unechoed: TriedMessageRow[];
  /** Those of its messages whose outside ids were asked for. */
  named: MessageRow[];
}

export interface ConversationKey {
  workspaceId: string;
  connectionId: string;
  externalConversationId: string;
  /** Outside ids of messages that the waiting events mention. */
  externalMessageIds: string[];
  /** An agent said something, or a receipt came, so that ours may be meant; else what is unechoed is not looked for. */
  mayEcho: boolean;
}

export interface ConversationReader {
  /** By the outside's id; missing ones are missing in the answer. Key: `stateKey`. */
  readStates(keys: ConversationKey[]): Promise<Map<string, ConversationState>>;
  /** What is being started over these connections, tried lately and not answered yet. */
  findStarting(connections: { workspaceId: string; connectionId: string }[]): Promise<StartingConversation[]>;
  /** One conversation by our id, for a decision of the desk; its messages are left out. */
  readById(scope: WorkspaceScope, conversationId: string): Promise<ConversationState | undefined>;
}

/** A conversation that we are starting, while it is not known what the outside calls it. */
export interface StartingConversation {
  state: ConversationState;
  phone: string;
  /** Its first attempt is under way: the answer will tell. */
  isUnderWay: boolean;
  /** When it was last tried. */
  triedAt: Date;
}

export const stateKey = (key: {
  workspaceId: string;
  connectionId: string;
  externalConversationId: string;
}): string => JSON.stringify([key.workspaceId, key.connectionId, key.externalConversationId]);

/** An attempt that is older was cut off: no answer will come. */
const UNDER_WAY_SECONDS = 60;
/** A conversation that the outside tells of later is another one with the same contact. */
const STARTED_SECONDS = 15 * 60;
/** How many of our messages may be under way in one conversation before an echo without an id is lost on us. */
const UNECHOED = 50;

export function createConversationReader(database: Database): ConversationReader {
  return {
    async readStates(keys) {
      const wanted = JSON.stringify(
        keys.map((key) => ({
          ws: key.workspaceId,
          con: key.connectionId,
          ext: key.externalConversationId,
          ids: key.externalMessageIds,
          echo: key.mayEcho,
        })),
      );
      const rows = await database.prisma.$queryRaw<
        {
          conversation: ConversationRow;
          contact: ContactRow | null;
          unechoed: TriedMessageRow[] | null;
          named: MessageRow[] | null;
        }[]
      >`
        SELECT to_json(c) AS conversation, to_json(p) AS contact, u.rows AS unechoed, n.rows AS named
        FROM jsonb_to_recordset(${wanted}::jsonb) AS k(ws text, con text, ext text, ids text[], echo boolean)
        JOIN conversations c ON c.workspace_id = k.ws AND c.connection_id = k.con AND c.external_conversation_id = k.ext
        LEFT JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
        LEFT JOIN LATERAL (
          SELECT json_agg(to_json(r) ORDER BY r.seq) AS rows FROM (
            SELECT m.*, d.kind AS delivery_kind, d.state AS delivery_state, d.sending_at AS tried_at FROM messages m
            JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.id = m.delivery_id AND d.attempts > 0
            WHERE k.echo AND m.workspace_id = c.workspace_id AND m.conversation_id = c.id AND m.direction = 'out'
              AND (m.echoed_at IS NULL OR 'possibleDuplicate' = ANY(m.flags)) AND m.seq > c.last_seq - 400
            ORDER BY m.seq DESC LIMIT ${UNECHOED}
          ) r
        ) u ON true
        LEFT JOIN LATERAL (
          SELECT json_agg(to_json(m)) AS rows FROM messages m
          WHERE m.workspace_id = c.workspace_id AND m.conversation_id = c.id AND m.external_message_id = ANY(k.ids)
        ) n ON true`;
      return new Map(
        rows.map((row) => [
          stateKey({
            workspaceId: row.conversation.workspace_id,
            connectionId: row.conversation.connection_id,
            externalConversationId: row.conversation.external_conversation_id,
          }),
          {
            row: row.conversation,
            contact: row.contact,
            unechoed: row.unechoed ?? [],
            named: row.named ?? [],
          },
        ]),
      );
    },

    async findStarting(connections) {
      const wanted = JSON.stringify(
        connections.map(({ workspaceId, connectionId }) => ({ ws: workspaceId, con: connectionId })),
      );
      const rows = await database.prisma.$queryRaw<
        {
          conversation: ConversationRow;
          contact: ContactRow | null;
          message: TriedMessageRow | null;
          phone: string;
          under_way: boolean;
          tried_at: Date;
        }[]
      >`
        SELECT to_json(c) AS conversation, to_json(p) AS contact, d.payload->'to'->>'phone' AS phone,
          to_jsonb(m) || jsonb_build_object('delivery_kind', d.kind, 'delivery_state', d.state, 'tried_at', d.sending_at) AS message,
          d.state = 'sending' AND d.sending_at > now() - make_interval(secs => ${UNDER_WAY_SECONDS}::float8) AS under_way,
          d.sending_at AS tried_at
        FROM (SELECT DISTINCT ws, con FROM jsonb_to_recordset(${wanted}::jsonb) AS i(ws text, con text)) k
        JOIN conversations c ON c.workspace_id = k.ws AND c.connection_id = k.con
          AND c.external_conversation_id LIKE 'starting:%'
        JOIN deliveries d ON d.workspace_id = c.workspace_id AND d.id = substr(c.external_conversation_id, 10)
          AND d.state IN ('sending', 'uncertain', 'delivered')
          AND d.sending_at > now() - make_interval(secs => ${STARTED_SECONDS}::float8)
        LEFT JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
        LEFT JOIN messages m ON m.workspace_id = c.workspace_id AND m.id = d.message_id AND m.echoed_at IS NULL`;
      return rows.map((row) => ({
        state: {
          row: row.conversation,
          contact: row.contact,
          unechoed: row.message === null ? [] : [row.message],
          named: [],
        },
        phone: row.phone,
        isUnderWay: row.under_way,
        triedAt: row.tried_at,
      }));
    },

    async readById(scope, conversationId) {
      const [row] = await database.prisma.$queryRaw<
        { conversation: ConversationRow; contact: ContactRow | null }[]
      >`
        SELECT to_json(c) AS conversation, to_json(p) AS contact FROM conversations c
        LEFT JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
        WHERE c.workspace_id = ${scope.workspaceId} AND c.id = ${conversationId}`;
      return row === undefined
        ? undefined
        : { row: row.conversation, contact: row.contact, unechoed: [], named: [] };
    },
  };
}
