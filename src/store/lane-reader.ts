import type { ConversationState } from './conversation-state.js';
import { stateKey } from './conversation-state.js';
import type { Database } from './database.js';
import type { InboundLane } from './nudges.js';
import type { ContactRow, ConversationRow } from './rows.js';
import { type WaitingEvent, type WaitingEventRow, waitingEventOf } from './waiting-event.js';

/** What waits in some lanes, and the conversations that it is about, as they were at that same instant. */
export interface LaneReading {
  /** In order. */
  events: WaitingEvent[];
  /** Without any messages: nobody knows yet which the events name. Missing ones are missing. Key: `stateKey`. */
  states: Map<string, Pick<ConversationState, 'row' | 'contact'>>;
}

export interface LaneReader {
  /** At most `limit` events of each lane. */
  readLanes(lanes: InboundLane[], limit: number): Promise<LaneReading>;
}

interface LaneRow extends WaitingEventRow {
  conversation: ConversationRow | null;
  contact: ContactRow | null;
}

export function createLaneReader({ prisma }: Pick<Database, 'prisma'>): LaneReader {
  return {
    async readLanes(lanes, limit) {
      const wanted = JSON.stringify(
        lanes.map((lane) => ({ ws: lane.workspaceId, con: lane.connectionId, lane: lane.laneKey })),
      );
      // The conversation comes with its lane's first event.
      const rows = await prisma.$queryRaw<LaneRow[]>`
        SELECT e.workspace_id, e.connection_id, e.lane_key, e.position, e.kind, e.payload, e.flags, e.received_at,
          CASE WHEN e.place = 1 AND c.id IS NOT NULL THEN to_json(c) END AS conversation,
          CASE WHEN e.place = 1 AND p.id IS NOT NULL THEN to_json(p) END AS contact
        FROM jsonb_to_recordset(${wanted}::jsonb) AS l(ws text, con text, lane text)
        LEFT JOIN conversations c ON c.workspace_id = l.ws AND c.connection_id = l.con AND c.external_conversation_id = l.lane
        LEFT JOIN contacts p ON p.workspace_id = c.workspace_id AND p.id = c.contact_id
        CROSS JOIN LATERAL (
          SELECT w.*, row_number() OVER (ORDER BY w.position) AS place FROM (
            SELECT * FROM inbound_events
            WHERE workspace_id = l.ws AND connection_id = l.con AND lane_key = l.lane AND state = 'recorded'
            ORDER BY position LIMIT ${limit}
          ) w
        ) e
        ORDER BY e.position`;
      const states: LaneReading['states'] = new Map();
      for (const { conversation, contact, ...row } of rows) {
        const key = {
          workspaceId: row.workspace_id,
          connectionId: row.connection_id,
          externalConversationId: row.lane_key,
        };
        if (conversation !== null) states.set(stateKey(key), { row: conversation, contact });
      }
      return { events: rows.map(waitingEventOf), states };
    },
  };
}
