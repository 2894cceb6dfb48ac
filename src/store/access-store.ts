import type { AgentView } from '../domain/views.js';
import type { Database } from './database.js';
import type { Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';

export interface StoredKey {
  id: string;
  name: string;
  scopes: ('admin' | 'desk')[];
}

export interface StoredSession {
  /** The same for every token of one session. */
  sessionId: string;
  agent: Pick<AgentView, 'id' | 'email' | 'name'>;
  /** By the database's clock; 0 or less when the token has ended. */
  remainingMilliseconds: number;
}

export interface StoredOpening {
  sessionId: string;
  workspace: { id: string; name: string };
  agent: AgentView;
  remainingMilliseconds: number;
}

export interface SessionTimes {
  sessionSeconds: number;
  renewableSeconds: number;
}

/**
 * Keys, codes and sessions by their hashes. What was revoked, and what belongs to a disabled agent or
 * workspace, is not found. All times are the database's.
 */
export interface AccessStore {
  /** Notes the use of the key too, once a minute at the most. */
  findKey(scope: WorkspaceScope, keyHash: string): Promise<StoredKey | undefined>;
  findSession(scope: WorkspaceScope, tokenHash: string): Promise<StoredSession | undefined>;
  /** Uses up the code and opens a session in one statement: of two exchanges at once one succeeds. */
  openSession(
    scope: WorkspaceScope,
    codeHash: string,
    session: SessionTimes & { id: string; tokenHash: string },
  ): Promise<StoredOpening | undefined>;
  /** A further token of a session whose token is still alive. */
  renewSession(
    scope: WorkspaceScope,
    tokenHash: string,
    fresh: { tokenHash: string; suffix: string; sessionSeconds: number },
  ): Promise<StoredOpening | undefined>;
  /** Ends every token of the session. */
  endSession(scope: WorkspaceScope, tokenHash: string): Promise<StoredSession | undefined>;
  /** Keeps a code for a living agent; false when there is no such agent. */
  keepCode(
    scope: WorkspaceScope,
    code: { hash: string; agentId: string; lifetimeSeconds: number; reusable: boolean },
  ): Promise<boolean>;
}

interface SessionRow {
  session_id: string;
  agent_id: string;
  email: string;
  name: string;
  remaining: number;
}

interface OpeningRow extends SessionRow {
  created_at: Date;
  workspace_id: string;
  workspace_name: string;
}

/** How long ended sessions and used codes are kept, for whoever looks into what happened. */
const KEPT_DAYS = 7;

export function createAccessStore({ prisma }: Database, nudges: Pick<Nudges, 'send'>): AccessStore {
  return {
    async findKey(scope, keyHash) {
      const [row] = await prisma.$queryRaw<StoredKey[]>`
        WITH found AS (
          SELECT k.workspace_id, k.id, k.name, k.scopes, k.last_used_at
          FROM api_keys k JOIN workspaces w ON w.id = k.workspace_id
          WHERE k.workspace_id = ${scope.workspaceId} AND k.key_hash = ${keyHash}
            AND k.revoked_at IS NULL AND w.disabled_at IS NULL
        ), noted AS (
          UPDATE api_keys k SET last_used_at = now() FROM found
          WHERE k.workspace_id = found.workspace_id AND k.id = found.id
            AND (found.last_used_at IS NULL OR found.last_used_at < now() - interval '1 minute')
        )
        SELECT id, name, scopes FROM found`;
      return row;
    },

    async findSession(scope, tokenHash) {
      const [row] = await prisma.$queryRaw<SessionRow[]>`
        SELECT split_part(s.id, '.', 1) AS session_id, a.id AS agent_id, a.email, a.name,
          (extract(epoch FROM s.expires_at - now()) * 1000)::float8 AS remaining
        FROM agent_sessions s
        JOIN agents a ON a.workspace_id = s.workspace_id AND a.id = s.agent_id
        JOIN workspaces w ON w.id = s.workspace_id
        WHERE s.workspace_id = ${scope.workspaceId} AND s.token_hash = ${tokenHash}
          AND s.revoked_at IS NULL AND a.disabled_at IS NULL AND w.disabled_at IS NULL`;
      return row === undefined ? undefined : sessionOf(row);
    },

    async openSession(scope, codeHash, session) {
      const [row] = await prisma.$queryRaw<OpeningRow[]>`
        WITH used AS (
          UPDATE sign_in_codes SET used_at = now()
          WHERE workspace_id = ${scope.workspaceId} AND code_hash = ${codeHash}
            AND expires_at > now() AND (reusable OR used_at IS NULL)
          RETURNING agent_id
        ), who AS (
          SELECT a.workspace_id, a.id AS agent_id, a.email, a.name, a.created_at, w.name AS workspace_name
          FROM used
          JOIN agents a ON a.workspace_id = ${scope.workspaceId} AND a.id = used.agent_id AND a.disabled_at IS NULL
          JOIN workspaces w ON w.id = a.workspace_id AND w.disabled_at IS NULL
        ), opened AS (
          INSERT INTO agent_sessions (workspace_id, id, agent_id, token_hash, expires_at, renewable_until)
          SELECT workspace_id, ${session.id}, agent_id, ${session.tokenHash},
            now() + make_interval(secs => ${session.sessionSeconds}::float8),
            now() + make_interval(secs => ${session.renewableSeconds}::float8)
          FROM who
        ), tidied AS (
          DELETE FROM agent_sessions WHERE workspace_id = ${scope.workspaceId}
            AND renewable_until < now() - make_interval(days => ${KEPT_DAYS}::int)
        )
        SELECT ${session.id}::text AS session_id, who.*, ${session.sessionSeconds}::float8 * 1000 AS remaining FROM who`;
      return row === undefined ? undefined : openingOf(row);
    },

    async renewSession(scope, tokenHash, fresh) {
      const [row] = await prisma.$queryRaw<OpeningRow[]>`
        WITH living AS (
          SELECT s.*, a.email, a.name, a.created_at AS agent_created_at, w.name AS workspace_name
          FROM agent_sessions s
          JOIN agent_sessions first ON first.workspace_id = s.workspace_id AND first.id = split_part(s.id, '.', 1)
          JOIN agents a ON a.workspace_id = s.workspace_id AND a.id = s.agent_id AND a.disabled_at IS NULL
          JOIN workspaces w ON w.id = s.workspace_id AND w.disabled_at IS NULL
          WHERE s.workspace_id = ${scope.workspaceId} AND s.token_hash = ${tokenHash}
            AND first.revoked_at IS NULL AND s.revoked_at IS NULL
            AND s.expires_at > now() AND s.renewable_until > now()
          FOR UPDATE OF first
        ), renewed AS (
          INSERT INTO agent_sessions (workspace_id, id, agent_id, token_hash, expires_at, renewable_until)
          SELECT workspace_id, split_part(id, '.', 1) || '.' || ${fresh.suffix}::text, agent_id, ${fresh.tokenHash},
            least(now() + make_interval(secs => ${fresh.sessionSeconds}::float8), renewable_until), renewable_until
          FROM living RETURNING id, expires_at
        )
        SELECT split_part(renewed.id, '.', 1) AS session_id, living.workspace_id, living.agent_id, living.email,
          living.name, living.agent_created_at AS created_at, living.workspace_name,
          (extract(epoch FROM renewed.expires_at - now()) * 1000)::float8 AS remaining
        FROM living, renewed`;
      return row === undefined ? undefined : openingOf(row);
    },

    async endSession(scope, tokenHash) {
      // The session's first row is its lock: a renewal under way is either ended by the second statement, which
      // sees it committed, or finds the session ended.
      const [row] = await prisma.$transaction(async (transaction) => {
        await transaction.$executeRaw`
          UPDATE agent_sessions first SET revoked_at = coalesce(first.revoked_at, now()) FROM agent_sessions s
          WHERE s.workspace_id = ${scope.workspaceId} AND s.token_hash = ${tokenHash}
            AND first.workspace_id = s.workspace_id AND first.id = split_part(s.id, '.', 1)`;
        return transaction.$queryRaw<SessionRow[]>`
          WITH named AS (
            SELECT split_part(id, '.', 1) AS session_id FROM agent_sessions
            WHERE workspace_id = ${scope.workspaceId} AND token_hash = ${tokenHash}
          ), ended AS (
            UPDATE agent_sessions s SET revoked_at = coalesce(s.revoked_at, now()) FROM named
            WHERE s.workspace_id = ${scope.workspaceId} AND split_part(s.id, '.', 1) = named.session_id
            RETURNING named.session_id, s.agent_id
          )
          SELECT ended.session_id, a.id AS agent_id, a.email, a.name, 0::float8 AS remaining
          FROM ended JOIN agents a ON a.workspace_id = ${scope.workspaceId} AND a.id = ended.agent_id LIMIT 1`;
      });
      if (row === undefined) return undefined;
      nudges.send('access', [scope.workspaceId]);
      return sessionOf(row);
    },

    async keepCode(scope, code) {
      const kept = await prisma.$executeRaw`
        INSERT INTO sign_in_codes (workspace_id, code_hash, agent_id, reusable, expires_at)
        SELECT workspace_id, ${code.hash}, id, ${code.reusable},
          now() + make_interval(secs => ${code.lifetimeSeconds}::float8)
        FROM agents WHERE workspace_id = ${scope.workspaceId} AND id = ${code.agentId} AND disabled_at IS NULL`;
      await prisma.$executeRaw`
        DELETE FROM sign_in_codes WHERE workspace_id = ${scope.workspaceId}
          AND expires_at < now() - make_interval(days => ${KEPT_DAYS}::int)`;
      return kept > 0;
    },
  };
}

function sessionOf(row: SessionRow): StoredSession {
  return {
    sessionId: row.session_id,
    agent: { id: row.agent_id, email: row.email, name: row.name },
    remainingMilliseconds: row.remaining,
  };
}

function openingOf(row: OpeningRow): StoredOpening {
  return {
    sessionId: row.session_id,
    workspace: { id: row.workspace_id, name: row.workspace_name },
    agent: { id: row.agent_id, email: row.email, name: row.name, createdAt: row.created_at },
    remainingMilliseconds: row.remaining,
  };
}
