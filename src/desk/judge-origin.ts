import type { Principal } from '../access/principal.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

/** The desk in which something is said to have been written: one of this workspace that lives, or none. */
export async function judgeOrigin(
  deps: Pick<DeskDeps, 'listConnections'>,
  { scope }: Pick<Principal, 'scope'>,
  connectionId: string | undefined,
): Promise<DeskAnswer<string | undefined>> {
  if (connectionId === undefined) return done(undefined);
  const connections = await deps.listConnections(scope);
  const isDesk = connections.some(
    ({ id, side, status }) => id === connectionId && side === 'desk' && status !== 'disconnected',
  );
  return isDesk ? done(connectionId) : refused('not_found', 'There is no such desk connection.');
}
