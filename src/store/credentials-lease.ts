import type { Database } from './database.js';
import type { Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';

export interface LeasedCredentials {
  /** Sealed. */
  credentials: string;
  /** Grows with every change: who writes on condition of it overwrites nobody. */
  version: number;
}

/**
 * The right of one process to renew a connection's credentials at the outside: some are good for one use,
 * and two that renew at once would lock each other out.
 */
export interface CredentialsLease {
  /** taken: somebody else holds it · gone: there are no credentials. Ends by itself after `seconds`. */
  leaseCredentials(
    scope: WorkspaceScope,
    connectionId: string,
    lease: { owner: string; seconds: number },
  ): Promise<({ outcome: 'leased' } & LeasedCredentials) | { outcome: 'taken' | 'gone' }>;
  /** Writes on condition that nobody has written since `version`; whoever held a lease for it holds none now. */
  replaceCredentials(
    scope: WorkspaceScope,
    connectionId: string,
    replaced: { sealed: string; version: number },
  ): Promise<{ outcome: 'replaced' | 'changed_meanwhile' }>;
  endCredentialsLease(scope: WorkspaceScope, connectionId: string, owner: string): Promise<void>;
}

/** Each step is one statement: nothing outside is waited for while a row is locked. The database's clock counts. */
export function createCredentialsLease(database: Database, nudges: Pick<Nudges, 'send'>): CredentialsLease {
  const { prisma } = database;
  return {
    async leaseCredentials({ workspaceId }, connectionId, { owner, seconds }) {
      const leased = await prisma.$queryRaw<{ credentials: string; version: number }[]>`
        UPDATE connections SET credentials_lease_owner = ${owner},
          credentials_lease_until = now() + make_interval(secs => ${seconds}::float8)
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId} AND status <> 'disconnected'
          AND credentials IS NOT NULL
          AND (credentials_lease_until IS NULL OR credentials_lease_until <= now()
            OR credentials_lease_owner = ${owner})
        RETURNING credentials, credentials_version AS version`;
      const [row] = leased;
      if (row !== undefined) return { outcome: 'leased', ...row };
      const there = await prisma.connection.count({
        where: { workspaceId, id: connectionId, status: { not: 'disconnected' }, credentials: { not: null } },
      });
      return { outcome: there === 0 ? 'gone' : 'taken' };
    },

    async replaceCredentials({ workspaceId }, connectionId, { sealed, version }) {
      const replaced = await prisma.$executeRaw`
        UPDATE connections SET credentials = ${sealed}, credentials_version = credentials_version + 1,
          credentials_lease_owner = NULL, credentials_lease_until = NULL
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId} AND status <> 'disconnected'
          AND credentials_version = ${version}`;
      if (replaced === 0) return { outcome: 'changed_meanwhile' };
      nudges.send('connections', [workspaceId]);
      return { outcome: 'replaced' };
    },

    async endCredentialsLease({ workspaceId }, connectionId, owner) {
      await prisma.$executeRaw`
        UPDATE connections SET credentials_lease_owner = NULL, credentials_lease_until = NULL
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId} AND credentials_lease_owner = ${owner}`;
    },
  };
}
