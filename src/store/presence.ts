import type { Database } from './database.js';
import { Prisma } from './generated/client.js';

/** Any fixed number: the class of the locks by which one process sees that another lives. */
const PRESENCE = 720_641_391;

/**
 * A lease is renewed four times in its span. One that was renewed within so much of it belongs to a process
 * that lives, whatever its lock says: the connection that holds the lock may have been cut.
 */
const RENEWED_WITHIN = 0.3;

/**
 * Says on a connection, for as long as that connection lasts, that this owner lives ($1). A process that is
 * killed loses its connections with its life, so the server itself tells the others, at once.
 */
export const PRESENT_STATEMENT = `SELECT pg_advisory_lock_shared(${PRESENCE}, hashtext($1))`;

/** A common table of the locks of all who live; looked at only when a lane is leased and not renewed. */
export const presentOwners = Prisma.sql`present AS MATERIALIZED (
  SELECT held.objid AS id FROM pg_locks held
  WHERE held.locktype = 'advisory' AND held.classid = ${PRESENCE}::int::oid AND held.objsubid = 2 AND held.granted
    AND held.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
)`;

/** With less than so many seconds left a lease counts as not renewed. */
export const unrenewedSeconds = (leaseSeconds: number): number => leaseSeconds * (1 - RENEWED_WITHIN);

/** The class of the locks of those who also call the outside. */
const CALLING = 720_641_392;

/** Says in the same way that this owner ($1) calls outside accounts. */
export const CALLING_STATEMENT = `SELECT pg_advisory_lock_shared(${CALLING}, hashtext($1))`;

/** How many do: `callers`. */
export const COUNT_CALLERS_STATEMENT = `SELECT count(*)::int AS callers FROM pg_locks held
  WHERE held.locktype = 'advisory' AND held.classid = ${CALLING}::int::oid AND held.objsubid = 2 AND held.granted
    AND held.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())`;

/** How many processes of the installation call outside accounts, this one too. */
export interface Callers {
  count(): number;
  note(callers: number): void;
}

/** Alone, until others are seen. */
export function createCallers(): Callers {
  let known = 1;
  return {
    count: () => known,
    note: (callers) => {
      known = Math.max(1, callers);
    },
  };
}

/** For the embedded database, whose one connection lives as long as the process. */
export async function showPresence({ prisma }: Pick<Database, 'prisma'>, owner: string): Promise<void> {
  await prisma.$queryRaw`SELECT pg_advisory_lock_shared(${PRESENCE}::int, hashtext(${owner}))`;
}
