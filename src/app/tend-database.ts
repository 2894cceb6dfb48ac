import type { Role } from '../config/config.js';
import type { Database } from '../store/database.js';
import { startNotify } from '../store/notify.js';
import type { LocalNudges, NudgeTopic } from '../store/nudges.js';
import { type Callers, showPresence } from '../store/presence.js';
import type { Telemetry } from '../telemetry/telemetry.js';

const VACUUM_MILLISECONDS = 10 * 60_000;

/**
 * What goes on beside the database while a process works on it: on a server it hears the other processes and
 * is seen by them; the embedded one has nobody but us to vacuum it.
 */
export async function tendDatabase(options: {
  database: Database;
  owner: string;
  nudges: LocalNudges;
  roles: readonly Role[];
  callers: Callers;
  events: Telemetry['events'];
}): Promise<{ stop(): Promise<void> }> {
  const { database, owner, nudges, roles, callers, events } = options;
  if (database.url !== undefined) {
    const carried: NudgeTopic[] = [];
    if (!roles.includes('projection')) carried.push('projection');
    if (!roles.includes('delivery')) carried.push('delivery');
    const log = (state: 'listening' | 'lost'): void => events.nudgesChanged({ state });
    const calls = roles.includes('delivery');
    return startNotify({ url: database.url, applicationName: owner, nudges, carried, calls, callers, log });
  }
  await showPresence(database, owner);
  const timer = setInterval(
    () => void database.maintain('VACUUM (ANALYZE)').catch(() => undefined),
    VACUUM_MILLISECONDS,
  );
  return {
    stop: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
