import type { Database } from './database.js';
import type { WorkspaceScope } from './scope.js';

/**
 * The right of one caller to tell the outside of a connection's webhook, or to make a token for it: two at once
 * would make everything there twice, and leave a token that nobody here knows.
 */
export interface RegistrationLease {
  /** taken: somebody else holds it · gone: there is no such connection that lives. Ends by itself after `seconds`. */
  leaseRegistration(
    scope: WorkspaceScope,
    connectionId: string,
    lease: { owner: string; seconds: number },
  ): Promise<'leased' | 'taken' | 'gone'>;
  endRegistrationLease(scope: WorkspaceScope, connectionId: string, owner: string): Promise<void>;
}

/** Each step is one statement: nothing outside is waited for while a row is locked. The database's clock counts. */
export function createRegistrationLease({ prisma }: Pick<Database, 'prisma'>): RegistrationLease {
  return {
    async leaseRegistration({ workspaceId }, connectionId, { owner, seconds }) {
      const leased = await prisma.$executeRaw`
        UPDATE connections SET registration_lease_owner = ${owner},
          registration_lease_until = now() + make_interval(secs => ${seconds}::float8)
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId} AND status <> 'disconnected'
          AND (registration_lease_until IS NULL OR registration_lease_until <= now()
            OR registration_lease_owner = ${owner})`;
      if (leased > 0) return 'leased';
      const there = await prisma.connection.count({
        where: { workspaceId, id: connectionId, status: { not: 'disconnected' } },
      });
      return there === 0 ? 'gone' : 'taken';
    },

    async endRegistrationLease({ workspaceId }, connectionId, owner) {
      await prisma.$executeRaw`
        UPDATE connections SET registration_lease_owner = NULL, registration_lease_until = NULL
        WHERE workspace_id = ${workspaceId} AND id = ${connectionId} AND registration_lease_owner = ${owner}`;
    },
  };
}
