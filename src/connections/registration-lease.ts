import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Account } from '../connectors/connector.js';
import type { StoredConnection } from '../store/connection-store.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { OperatorDeps } from './operator-deps.js';
import { credentialsPlace, readSecrets } from './secrets.js';

/** A connector gives up after a minute; before and after it credentials may be renewed, and what was made is kept. */
const LEASE_SECONDS = 180;
const LOOK_MILLISECONDS = 100;

export interface Place {
  scope: WorkspaceScope;
  connectionId: string;
}

/**
 * Runs with the right to tell the outside of the connection's webhook: one at a time over all processes.
 * `patienceMilliseconds`: how long it waits for whoever is at it; none leaves it to them.
 */
export async function withRegistrationLease<T>(
  { store }: Pick<OperatorDeps, 'store'>,
  { scope, connectionId }: Place,
  patienceMilliseconds: number,
  run: () => Promise<T>,
): Promise<{ outcome: 'ran'; value: T } | { outcome: 'taken' | 'gone' }> {
  const owner = randomUUID();
  const deadline = performance.now() + patienceMilliseconds;
  for (;;) {
    const leased = await store.leaseRegistration(scope, connectionId, { owner, seconds: LEASE_SECONDS });
    if (leased === 'leased') break;
    if (leased === 'gone' || performance.now() >= deadline) return { outcome: leased };
    await pause(LOOK_MILLISECONDS * (1 + Math.random()));
  }
  try {
    return { outcome: 'ran', value: await run() };
  } finally {
    await store.endRegistrationLease(scope, connectionId, owner);
  }
}

/**
 * The account as it is stored now, for whoever holds the lease: what is remembered of it may be older than what
 * the last holder has kept.
 */
export async function openStored(
  deps: Pick<OperatorDeps, 'store' | 'seal' | 'openAccount'>,
  { scope, connectionId }: Place,
): Promise<{ stored: StoredConnection; account: Account; webhookSecrets: readonly string[] } | undefined> {
  const opened = await deps.openAccount(scope, connectionId);
  const stored = await deps.store.find(scope, connectionId);
  if (opened === undefined || stored === undefined || stored.credentials === null) return undefined;
  const { secret } = deps.seal.open(stored.credentials, credentialsPlace(scope, connectionId));
  const { credentials, webhookSecrets } = readSecrets(secret);
  const { settings } = stored.view;
  return { stored, account: { ...opened.account, settings, credentials }, webhookSecrets };
}
