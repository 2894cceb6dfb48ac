import type { Side } from '../domain/conversation.js';
import { inboundEventId, inboundEventPosition } from '../domain/ids.js';
import type { InboundEventView, Page } from '../domain/views.js';
import type { Database } from './database.js';
import type { InboundLane } from './nudges.js';
import { present } from './rows.js';
import type { WorkspaceScope } from './scope.js';
import { type WaitingEvent, type WaitingEventRow, waitingEventOf } from './waiting-event.js';

export type { WaitingEvent } from './waiting-event.js';

/** One event on its way into the inbox. */
export interface NewInboundEvent {
  scope: WorkspaceScope;
  connectionId: string;
  laneKey: string;
  kind: string;
  /** The keyed hash of its identity. */
  key: string;
  /** The keyed hash of what it says; missing where its identity is enough. */
  says?: string;
  /** 0: a repeat is a repeat for ever. Else an equal one counts as a repeat only within so many seconds. */
  repeatSeconds: number;
  payload: Record<string, unknown>;
  flags: string[];
  /** Why nobody will be able to read it; it is parked at once. */
  unrecognised?: string;
}

export interface Inbox {
  /**
   * Writes the events in one statement, in their order, leaving out repeats.
   * @returns for each event whether it was recorded (false: a repeat)
   */
  record(events: NewInboundEvent[]): Promise<boolean[]>;
  /**
   * Of events that were left out as repeats, parks those that say something else than what was recorded under
   * their identity, each once.
   * @returns for each event the id under which it is parked now, if it is
   */
  parkContradictions(events: NewInboundEvent[]): Promise<(string | undefined)[]>;
  /** The waiting events of these lanes, in order, at most `limit` of them. */
  readWaiting(lanes: InboundLane[], limit: number): Promise<WaitingEvent[]>;
  /** Lanes in which something waits, at most `limit`; costs the same however much waits in each. */
  findWaitingLanes(limit: number, side: Side): Promise<InboundLane[]>;
  /** Parks what could not be read or would not be projected. */
  park(
    scopeOf: { workspaceId: string; position: bigint },
    state: 'unrecognised' | 'failed',
    detail: string,
  ): Promise<void>;
  /** What says nothing of any conversation that there is: it is done with. */
  letGo(events: readonly WaitingEvent[]): Promise<void>;
  /** Notes of what goes on waiting that it was looked through: whoever waits for an echo need not wait for it. */
  leaveWaiting(events: readonly WaitingEvent[]): Promise<void>;
  /** Latest first. `undefined` when the cursor is none of ours. */
  list(
    scope: WorkspaceScope,
    filter: { state?: string | undefined; cursor?: string | undefined; limit: number },
  ): Promise<Page<InboundEventView> | undefined>;
  /** Puts a parked event back. */
  replay(
    scope: WorkspaceScope,
    id: string,
  ): Promise<
    | { outcome: 'waiting'; event: InboundEventView; lane: InboundLane }
    | { outcome: 'not_parked' }
    | { outcome: 'not_found' }
  >;
}

/** Why an event is parked whose id is that of an earlier one that says something else. */
const CONTRADICTION = 'same_id_other_content';

/** Within these minutes an equal event without any id is kept, but flagged as a possible repeat. */
const DOUBTFUL_MINUTES = 10;

export function createInbox(database: Database): Inbox {
  const { prisma } = database;
  return {
    async record(events) {
      // What an event has not is left out: most have neither `r`, `f` nor `d`, and each costs to read.
      const rows = JSON.stringify(
        events.map((event, index) => ({
          ...placed(event, index),
          r: event.repeatSeconds > 0 ? event.repeatSeconds : undefined,
          f: event.flags.length > 0 ? event.flags : undefined,
          d: event.unrecognised,
        })),
      );
      // Locks keys in one order, so that two processes recording the same repeats do not wait in a circle.
      // `IS TRUE` keeps the planner from making a join of IN, which it would do row by row: a hash is asked
      // once per event, and two hundred events cost half. What is doubtful is asked by the whole key, as a
      // condition on the time would have it look through all of the last minutes.
      const repeats = await prisma.$queryRaw<{ n: number }[]>`
        WITH incoming AS MATERIALIZED (
          SELECT * FROM jsonb_to_recordset(${rows}::jsonb)
            AS i(n int, w text, c text, l text, k text, key text, s text, r int, p jsonb, f text[], d text)
        ), fresh AS (
          INSERT INTO inbound_keys AS o (workspace_id, connection_id, key, says)
          SELECT w, c, key, s FROM incoming ORDER BY w, c, key
          ON CONFLICT (workspace_id, connection_id, key) DO UPDATE SET accepted_at = now()
            WHERE o.accepted_at < now() - make_interval(secs => (
              SELECT i.r FROM incoming i WHERE i.w = o.workspace_id AND i.c = o.connection_id AND i.key = o.key))
          RETURNING workspace_id, connection_id, key
        ), written AS (
          INSERT INTO inbound_events (workspace_id, connection_id, lane_key, kind, payload, flags, state, detail)
          SELECT i.w, i.c, i.l, i.k, i.p,
            CASE WHEN i.r IS NOT NULL AND (
              SELECT o.accepted_at > now() - make_interval(mins => ${DOUBTFUL_MINUTES}::int)
              FROM inbound_keys o WHERE o.workspace_id = i.w AND o.connection_id = i.c AND o.key = i.key
            ) THEN array_append(coalesce(i.f, '{}'), 'possibleRepeat') ELSE coalesce(i.f, '{}') END,
            CASE WHEN i.d IS NULL THEN 'recorded' ELSE 'unrecognised' END, i.d
          FROM incoming i
          WHERE ((i.w, i.c, i.key) IN (SELECT workspace_id, connection_id, key FROM fresh)) IS TRUE
          ORDER BY i.n
        )
        SELECT i.n FROM incoming i
        WHERE ((i.w, i.c, i.key) IN (SELECT workspace_id, connection_id, key FROM fresh)) IS NOT TRUE`;
      const repeated = new Set(repeats.map((row) => row.n));
      return events.map((_event, index) => !repeated.has(index));
    },

    async parkContradictions(events) {
      const rows = JSON.stringify(
        events.map((event, index) => ({ ...placed(event, index), f: event.flags })),
      );
      // Written in the order of their numbers, so the places that the inbox gives them pair up with these.
      const parked = await prisma.$queryRaw<{ n: number; position: bigint }[]>`
        WITH incoming AS MATERIALIZED (
          SELECT * FROM jsonb_to_recordset(${rows}::jsonb)
            AS i(n int, w text, c text, l text, k text, key text, s text, p jsonb, f text[])
        ), other AS MATERIALIZED (
          SELECT DISTINCT ON (w, c, key, s) * FROM incoming i
          WHERE i.s <> (SELECT o.says FROM inbound_keys o
            WHERE o.workspace_id = i.w AND o.connection_id = i.c AND o.key = i.key)
          ORDER BY w, c, key, s, n
        ), fresh AS MATERIALIZED (
          INSERT INTO inbound_keys (workspace_id, connection_id, key)
          SELECT w, c, key || '.' || s FROM other ORDER BY w, c, key, s
          ON CONFLICT DO NOTHING
          RETURNING workspace_id, connection_id, key
        ), kept AS MATERIALIZED (
          SELECT * FROM other
          WHERE ((w, c, key || '.' || s) IN (SELECT workspace_id, connection_id, key FROM fresh)) IS TRUE
        ), written AS (
          INSERT INTO inbound_events (workspace_id, connection_id, lane_key, kind, payload, flags, state, detail)
          SELECT w, c, l, k, p, array_append(f, 'contradiction'), 'unrecognised', ${CONTRADICTION} FROM kept ORDER BY n
          RETURNING position
        )
        SELECT k.n, e.position FROM (SELECT n, row_number() OVER (ORDER BY n) AS place FROM kept) k
        JOIN (SELECT position, row_number() OVER (ORDER BY position) AS place FROM written) e ON e.place = k.place`;
      const places = new Map(parked.map(({ n, position }) => [n, inboundEventId(position)]));
      return events.map((_event, index) => places.get(index));
    },

    async readWaiting(lanes, limit) {
      const wanted = JSON.stringify(
        lanes.map((lane) => ({ w: lane.workspaceId, c: lane.connectionId, l: lane.laneKey })),
      );
      const rows = await prisma.$queryRaw<WaitingEventRow[]>`
        SELECT e.workspace_id, e.connection_id, e.lane_key, e.position, e.kind, e.payload, e.flags, e.received_at
        FROM jsonb_to_recordset(${wanted}::jsonb) AS l(w text, c text, l text)
        CROSS JOIN LATERAL (
          SELECT * FROM inbound_events
          WHERE workspace_id = l.w AND connection_id = l.c AND lane_key = l.l AND state = 'recorded'
          ORDER BY position LIMIT ${limit}
        ) e
        ORDER BY e.position`;
      return rows.map(waitingEventOf);
    },

    async findWaitingLanes(limit, side) {
      // Hops from lane to lane through the index instead of reading every waiting row.
      const rows = await prisma.$queryRaw<
        { workspace_id: string; connection_id: string; lane_key: string }[]
      >`
        WITH RECURSIVE lane AS (
          (SELECT workspace_id, connection_id, lane_key FROM inbound_events WHERE state = 'recorded'
           ORDER BY workspace_id, connection_id, lane_key LIMIT 1)
          UNION ALL
          SELECT next.* FROM lane CROSS JOIN LATERAL (
            SELECT e.workspace_id, e.connection_id, e.lane_key FROM inbound_events e
            WHERE e.state = 'recorded'
              AND (e.workspace_id, e.connection_id, e.lane_key) > (lane.workspace_id, lane.connection_id, lane.lane_key)
            ORDER BY e.workspace_id, e.connection_id, e.lane_key LIMIT 1
          ) next
        )
        SELECT lane.* FROM lane JOIN connections k ON k.workspace_id = lane.workspace_id AND k.id = lane.connection_id
        WHERE k.side = ${side} LIMIT ${limit}`;
      return rows.map((row) => ({
        workspaceId: row.workspace_id,
        connectionId: row.connection_id,
        laneKey: row.lane_key,
        ...(side === 'desk' ? { side } : {}),
      }));
    },

    async park(event, state, detail) {
      await prisma.$executeRaw`
        UPDATE inbound_events SET state = ${state}, detail = ${detail.slice(0, 500)}, projected_at = now()
        WHERE workspace_id = ${event.workspaceId} AND position = ${event.position} AND state = 'recorded'`;
    },

    async letGo(events) {
      await prisma.$executeRaw`
        UPDATE inbound_events e SET state = 'projected', projected_at = now()
        FROM jsonb_to_recordset(${placesOf(events)}::jsonb) AS p(w text, n bigint)
        WHERE e.workspace_id = p.w AND e.position = p.n AND e.state = 'recorded'`;
    },

    async leaveWaiting(events) {
      await prisma.$executeRaw`
        UPDATE inbound_events e SET attempts = 1
        FROM jsonb_to_recordset(${placesOf(events)}::jsonb) AS p(w text, n bigint)
        WHERE e.workspace_id = p.w AND e.position = p.n AND e.state = 'recorded' AND e.attempts = 0`;
    },

    async list(scope, filter) {
      const before = filter.cursor === undefined ? undefined : inboundEventPosition(filter.cursor);
      if (filter.cursor !== undefined && before === undefined) return undefined;
      const rows = await prisma.inboundEvent.findMany({
        where: {
          workspaceId: scope.workspaceId,
          ...(filter.state === undefined ? {} : { state: filter.state }),
          ...(before === undefined ? {} : { position: { lt: before } }),
        },
        orderBy: { position: 'desc' },
        take: filter.limit + 1,
      });
      const items = rows.slice(0, filter.limit).map(eventView);
      const last = items.at(-1);
      return { items, ...(rows.length > filter.limit && last !== undefined ? { nextCursor: last.id } : {}) };
    },

    async replay(scope, id) {
      const position = inboundEventPosition(id);
      if (position === undefined) return { outcome: 'not_found' };
      const where = { workspaceId_position: { workspaceId: scope.workspaceId, position } };
      const changed = await prisma.inboundEvent.updateMany({
        where: { workspaceId: scope.workspaceId, position, state: { in: ['unrecognised', 'failed'] } },
        data: { state: 'recorded', detail: null, projectedAt: null, attempts: 0 },
      });
      const row = await prisma.inboundEvent.findUnique({ where });
      if (row === null) return { outcome: 'not_found' };
      if (changed.count === 0) return { outcome: 'not_parked' };
      const connection = await prisma.connection.findUnique({
        where: { workspaceId_id: { workspaceId: scope.workspaceId, id: row.connectionId } },
        select: { side: true },
      });
      return {
        outcome: 'waiting',
        event: eventView(row),
        lane: {
          workspaceId: row.workspaceId,
          connectionId: row.connectionId,
          laneKey: row.laneKey,
          ...(connection?.side === 'desk' ? { side: 'desk' } : {}),
        },
      };
    },
  };
}

/** An event as the statements read it from JSON, with its number among the others. */
const placed = (event: NewInboundEvent, n: number) => ({
  n,
  w: event.scope.workspaceId,
  c: event.connectionId,
  l: event.laneKey,
  k: event.kind,
  key: event.key,
  s: event.says,
  p: event.payload,
});

const placesOf = (events: readonly WaitingEvent[]): string =>
  JSON.stringify(events.map(({ workspaceId, position }) => ({ w: workspaceId, n: position.toString() })));

function eventView(row: {
  position: bigint;
  connectionId: string;
  laneKey: string;
  kind: string;
  payload: unknown;
  flags: string[];
  state: string;
  detail: string | null;
  receivedAt: Date;
  projectedAt: Date | null;
}): InboundEventView {
  return {
    id: inboundEventId(row.position),
    connectionId: row.connectionId,
    kind: row.kind,
    laneKey: row.laneKey,
    state: row.state as InboundEventView['state'],
    flags: row.flags,
    payload: row.payload as Record<string, unknown>,
    receivedAt: row.receivedAt,
    ...present({ detail: row.detail, projectedAt: row.projectedAt }),
  };
}
