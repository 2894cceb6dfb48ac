import type { Side } from '../domain/conversation.js';
import type { ConversationFact } from '../domain/facts.js';
import type { ConnectionView, WatchedConnection } from '../domain/views.js';
import { changeConnection, type ConnectionChange, type ConnectionChanged } from './connection-change.js';
import { atEase, readConnectionHealth } from './connection-health.js';
import { createCredentialsLease, type CredentialsLease } from './credentials-lease.js';
import type { Database } from './database.js';
import type { Prisma } from './generated/client.js';
import type { Nudges } from './nudges.js';
import { createRegistrationLease, type RegistrationLease } from './registration-lease.js';
import { present } from './rows.js';
import { WorkspaceScope } from './scope.js';

export interface NewConnection {
  id: string;
  connector: string;
  side: Side;
  name: string;
  webhookKey: string;
  webhookTokenHashes: string[];
  settings: Record<string, unknown>;
  /** Sealed. */
  credentials: string;
}

/** A connection with what is never shown. */
export interface StoredConnection {
  view: ConnectionView;
  webhookTokenHashes: string[];
  /** Sealed; null once disconnected. */
  credentials: string | null;
  credentialsVersion: number;
}

/** What the webhook's URL leads to: the door's own right to look before anybody has a scope. */
export interface WebhookDoor {
  workspaceId: string;
  connectionId: string;
  connector: string;
  tokenHashes: readonly string[];
  status: ConnectionView['status'];
}

/** One workspace's links to outside accounts. A change tells every process by a nudge. */
export interface ConnectionStore extends CredentialsLease, RegistrationLease {
  /** Straight from the database: who asks often remembers the answer for a moment. */
  findByWebhookKey(webhookKey: string): Promise<WebhookDoor | undefined>;
  add(
    scope: WorkspaceScope,
    connection: NewConnection,
  ): Promise<{ outcome: 'added'; view: ConnectionView } | { outcome: 'name_taken' }>;
  list(scope: WorkspaceScope): Promise<ConnectionView[]>;
  /** The list, each with what it is owed. */
  watch(scope: WorkspaceScope): Promise<WatchedConnection[]>;
  /** A worker leaves the connection alone for so long, as it fails; undefined: it is well again. */
  noteBreaker(scope: WorkspaceScope, connectionId: string, milliseconds: number | undefined): Promise<void>;
  /** It asks for fewer calls: no process asks anything of it for so long. */
  hold(scope: WorkspaceScope, connectionId: string, seconds: number): Promise<void>;
  find(scope: WorkspaceScope, connectionId: string): Promise<StoredConnection | undefined>;
  /** Name and settings, on condition that the settings are still what they were. */
  change(scope: WorkspaceScope, connectionId: string, change: ConnectionChange): Promise<ConnectionChanged>;
  /** Connections that live and owe a registration for so many seconds at least, of all workspaces. */
  findOwedRegistrations(seconds: number): Promise<{ scope: WorkspaceScope; connectionId: string }[]>;
  /** On condition that nothing newer is owed. @returns whether it was so */
  settleRegistration(scope: WorkspaceScope, connectionId: string, owedAt: Date): Promise<boolean>;
  /** Both change nothing when it is so already; undefined when there is no such connection that lives. */
  /** `askedSecondsAgo`: it answers something asked so long ago, and changes nothing if it was resumed since. */
  pause(
    scope: WorkspaceScope,
    connectionId: string,
    reason: string,
    askedSecondsAgo?: number,
  ): Promise<ConnectionView | undefined>;
  resume(scope: WorkspaceScope, connectionId: string): Promise<ConnectionView | undefined>;
  /** `owing`: the newest token is one that the outside has to be told of. */
  keepTokenHashes(
    scope: WorkspaceScope,
    connectionId: string,
    hashes: string[],
    owing?: 'owing',
  ): Promise<ConnectionView | undefined>;
  keepCredentials(
    scope: WorkspaceScope,
    connectionId: string,
    sealed: string,
  ): Promise<ConnectionView | undefined>;
  /** Forgets every secret. */
  disconnect(scope: WorkspaceScope, connectionId: string): Promise<ConnectionView | undefined>;
}

type Turn = { status: 'paused'; reason: string; askedSecondsAgo: number } | { status: 'active' };

/** The workspace's own part of a webhook key leads every index; the rest cannot be guessed. */
const webhookKeyForm = /^([0-9a-z]{26})-[0-9a-z]{26,64}$/;

export function createConnectionStore(database: Database, nudges: Pick<Nudges, 'send'>): ConnectionStore {
  const { prisma } = database;
  const keyOf = (scope: WorkspaceScope, id: string) => ({
    workspaceId_id: { workspaceId: scope.workspaceId, id },
  });

  const find = async (scope: WorkspaceScope, connectionId: string): Promise<StoredConnection | undefined> => {
    const row = await prisma.connection.findUnique({ where: keyOf(scope, connectionId) });
    if (row === null) return undefined;
    const { webhookTokenHashes, credentials, credentialsVersion } = row;
    return { view: connectionView(row), webhookTokenHashes, credentials, credentialsVersion };
  };

  const list = async (scope: WorkspaceScope): Promise<ConnectionView[]> => {
    const rows = await prisma.connection.findMany({
      where: { workspaceId: scope.workspaceId },
      orderBy: { id: 'asc' },
    });
    return rows.map(connectionView);
  };

  /** Changes a living connection's row. */
  const change = async (
    scope: WorkspaceScope,
    connectionId: string,
    data: Prisma.ConnectionUpdateManyMutationInput,
  ): Promise<ConnectionView | undefined> => {
    const { workspaceId } = scope;
    const where = { workspaceId, id: connectionId, status: { not: 'disconnected' } };
    const { count } = await prisma.connection.updateMany({ where, data });
    if (count === 0) return undefined;
    nudges.send('connections', [workspaceId]);
    return (await find(scope, connectionId))?.view;
  };

  /** The change and the workspace's numbered fact about it are one statement: there is never one without the other. */
  const turn = async (
    scope: WorkspaceScope,
    connectionId: string,
    to: Turn,
  ): Promise<ConnectionView | undefined> => {
    const { workspaceId } = scope;
    const before = await find(scope, connectionId);
    if (before === undefined || before.view.status === 'disconnected') return undefined;
    const fact = factOf(before.view, to);
    const { reason, askedSecondsAgo } = to.status === 'paused' ? to : { reason: null, askedSecondsAgo: 0 };
    const changed = await prisma.$executeRaw`
      WITH locked AS MATERIALIZED (
        SELECT 1 FROM workspaces WHERE id = ${workspaceId} FOR UPDATE
      ), turned AS (
        UPDATE connections SET status = ${to.status}, paused_reason = ${reason},
          paused_at = CASE WHEN ${to.status} = 'paused' THEN now() END,
          resumed_at = CASE WHEN ${to.status} = 'active' THEN clock_timestamp() ELSE resumed_at END
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId}
          AND status = ${to.status === 'paused' ? 'active' : 'paused'} AND EXISTS (SELECT 1 FROM locked)
          AND (${to.status} = 'active' OR resumed_at IS NULL
            OR resumed_at <= clock_timestamp() - make_interval(secs => ${askedSecondsAgo}::float8))
        RETURNING workspace_id, id
      ), awake AS (
        -- What waited for the connection need not wait for its own hour as well.
        UPDATE lanes l SET next_at = date_trunc('milliseconds', now()) FROM turned
        WHERE ${to.status} = 'active' AND l.workspace_id = turned.workspace_id AND l.connection_id = turned.id
          AND l.next_at > now()
      ), numbered AS (
        UPDATE workspaces w SET last_seq = w.last_seq + 1 FROM turned WHERE w.id = turned.workspace_id
        RETURNING w.id, w.last_seq
      )
      INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
      SELECT id, id, last_seq, ${fact.type}, ${JSON.stringify(fact.data)}::jsonb, now() FROM numbered`;
    if (changed > 0) {
      nudges.send('connections', [workspaceId]);
      nudges.send('facts', [workspaceId]);
    }
    return (await find(scope, connectionId))?.view;
  };

  return {
    ...createCredentialsLease(database, nudges),
    ...createRegistrationLease(database),
    find,

    async findByWebhookKey(webhookKey) {
      const workspacePart = webhookKeyForm.exec(webhookKey)?.[1];
      if (workspacePart === undefined) return undefined;
      const workspaceId = `wsp_${workspacePart}`;
      const row = await prisma.connection.findUnique({
        where: { workspaceId_webhookKey: { workspaceId, webhookKey } },
        select: { workspaceId: true, id: true, connector: true, webhookTokenHashes: true, status: true },
      });
      if (row === null) return undefined;
      return {
        workspaceId,
        connectionId: row.id,
        connector: row.connector,
        tokenHashes: row.webhookTokenHashes,
        status: row.status as ConnectionView['status'],
      };
    },

    async add(scope, connection) {
      const { workspaceId } = scope;
      const name = { equals: connection.name, mode: 'insensitive' as const };
      const taken = await prisma.connection.count({
        where: { workspaceId, name, status: { not: 'disconnected' } },
      });
      if (taken > 0) return { outcome: 'name_taken' };
      const settings = connection.settings as Prisma.InputJsonObject;
      const row = await prisma.connection.create({
        data: { ...connection, settings, workspaceId, registrationOwedAt: new Date() },
      });
      nudges.send('connections', [workspaceId]);
      return { outcome: 'added', view: connectionView(row) };
    },

    list,

    async watch(scope) {
      const [views, health] = await Promise.all([list(scope), readConnectionHealth(database, scope)]);
      return views.map((view) => ({ ...view, health: health.get(view.id) ?? atEase }));
    },

    async findOwedRegistrations(seconds) {
      const rows = await prisma.connection.findMany({
        where: { status: 'active', registrationOwedAt: { lte: new Date(Date.now() - seconds * 1_000) } },
        select: { workspaceId: true, id: true },
        orderBy: { registrationOwedAt: 'asc' },
      });
      return rows.map(({ workspaceId, id }) => ({
        scope: WorkspaceScope.open(workspaceId),
        connectionId: id,
      }));
    },

    async settleRegistration({ workspaceId }, connectionId, owedAt) {
      const settled = await prisma.$executeRaw`
        UPDATE connections SET registration_owed_at = NULL,
          -- Between the newest token and the last that the outside knew there may be one that it was never told of.
          webhook_token_hashes = CASE WHEN cardinality(webhook_token_hashes) > 2
            THEN ARRAY[webhook_token_hashes[1], webhook_token_hashes[cardinality(webhook_token_hashes)]]
            ELSE webhook_token_hashes END
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId} AND registration_owed_at = ${owedAt}`;
      if (settled > 0) nudges.send('connections', [workspaceId]);
      return settled > 0;
    },

    async noteBreaker({ workspaceId }, connectionId, milliseconds) {
      // Several failures at a time open it for longer and longer, and their notes overtake each other.
      const seconds = milliseconds === undefined ? null : milliseconds / 1_000;
      await prisma.$executeRaw`
        UPDATE connections SET breaker_until = CASE WHEN ${seconds}::float8 IS NOT NULL
          THEN greatest(breaker_until, now() + make_interval(secs => ${seconds}::float8)) END
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId}`;
    },

    async hold({ workspaceId }, connectionId, seconds) {
      await prisma.$executeRaw`
        UPDATE connections SET held_until = greatest(held_until, now() + make_interval(secs => ${seconds}::float8))
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId}`;
    },

    async change(scope, connectionId, given) {
      const outcome = await changeConnection(database, scope, connectionId, given);
      if (outcome === 'changed') nudges.send('connections', [scope.workspaceId]);
      return outcome;
    },

    pause: (scope, connectionId, reason, askedSecondsAgo = 0) =>
      turn(scope, connectionId, { status: 'paused', reason, askedSecondsAgo }),
    resume: (scope, connectionId) => turn(scope, connectionId, { status: 'active' }),
    keepTokenHashes: (scope, connectionId, webhookTokenHashes, owing) =>
      change(scope, connectionId, {
        webhookTokenHashes,
        ...(owing === undefined ? {} : { registrationOwedAt: new Date() }),
      }),
    keepCredentials: (scope, connectionId, credentials) =>
      change(scope, connectionId, { credentials, credentialsVersion: { increment: 1 } }),

    async disconnect(scope, connectionId) {
      const gone = {
        status: 'disconnected',
        credentials: null,
        webhookTokenHashes: [],
        registrationOwedAt: null,
        pausedReason: null,
        pausedAt: null,
      };
      // Twice is once.
      return (await change(scope, connectionId, gone)) ?? (await find(scope, connectionId))?.view;
    },
  };
}

function factOf(view: ConnectionView, to: Turn): ConversationFact {
  const about = { connectionId: view.id, name: view.name };
  return to.status === 'paused'
    ? { type: 'connection.paused', data: { ...about, reason: to.reason } }
    : { type: 'connection.resumed', data: about };
}

function connectionView(row: Prisma.ConnectionModel): ConnectionView {
  return {
    id: row.id,
    connector: row.connector,
    side: row.side as Side,
    name: row.name,
    webhookKey: row.webhookKey,
    status: row.status as ConnectionView['status'],
    settings: row.settings as Record<string, unknown>,
    createdAt: row.createdAt,
    ...present({
      pausedReason: row.pausedReason,
      pausedAt: row.pausedAt,
      lastInboundAt: row.lastInboundAt,
      lastDeliveredAt: row.lastDeliveredAt,
      registrationOwedAt: row.registrationOwedAt,
    }),
  };
}
