import { isDeepStrictEqual } from 'node:util';
import type { ConnectionView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { ChangeOfConnection, OperatorAnswer } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { parseGiven } from './parse-given.js';
import { isCredentialTrouble } from './pause-for-credentials.js';
import { disconnected, inUse, invalid, nameTaken, notFound } from './refuse.js';

/** How often it is tried anew when somebody else has changed the settings meanwhile. */
const TRIES = 10;

/**
 * Changes a connection's name and settings: each setting that is given, null for its default. What would
 * lead to another account is refused once there is a history, as it would be another account's.
 */
export async function changeConnection(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
  given: ChangeOfConnection,
): Promise<OperatorAnswer<{ connection: ConnectionView; changed: boolean }>> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const stored = await deps.store.find(scope, connectionId);
    if (stored === undefined) return notFound;
    const before = stored.view;
    const connector = deps.connectors.find(before.connector);
    if (before.status === 'disconnected' || connector === undefined) return disconnected;
    const name = (given.name ?? before.name).trim();
    if (name === '')
      return invalid('The connection needs a name.', [{ path: 'name', message: 'must not be empty' }]);
    const settings = parseGiven('settings', merged(before.settings, given.settings ?? {}), (value) =>
      connector.parseSettings(value),
    );
    if (settings.outcome === 'refused') return settings;
    if (name === before.name && isDeepStrictEqual(settings.value, before.settings))
      return { outcome: 'done', value: { connection: before, changed: false } };
    const elsewhere = (connector.accountSettings ?? []).filter(
      (key) => !isDeepStrictEqual(settings.value[key], before.settings[key]),
    );
    const outcome = await deps.store.change(scope, connectionId, {
      name,
      settings: settings.value,
      settingsBefore: before.settings,
      leadsElsewhere: elsewhere.length > 0,
    });
    switch (outcome) {
      case 'changed': {
        // Another account may let in whom this one refused.
        const resumed =
          elsewhere.length > 0 && isCredentialTrouble(before)
            ? await deps.store.resume(scope, connectionId)
            : undefined;
        const connection = resumed ?? (await deps.store.find(scope, connectionId))?.view;
        return connection === undefined
          ? notFound
          : { outcome: 'done', value: { connection, changed: true } };
      }
      case 'name_taken':
        return nameTaken;
      case 'in_use':
        return inUse(elsewhere);
      case 'not_as_before':
    }
  }
  // Only settings that change without pause get here; the caller may simply ask again.
  throw new Error('the settings kept changing');
}

/** Key by key: what is given replaces, null takes away, the rest stays. */
function merged(before: Record<string, unknown>, given: Record<string, unknown>): Record<string, unknown> {
  const all = Object.entries({ ...before, ...given });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}
