import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionStore } from '../store/connection-store.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { Seal } from './seal.js';
import { credentialsPlace, readSecrets, type Secrets, writeSecrets } from './secrets.js';

/** Longer than any call to the outside may take. */
const LEASE_SECONDS = 60;
/** How long somebody waits while another renews. */
const PATIENCE_MILLISECONDS = 30_000;
const LOOK_MILLISECONDS = 50;

export interface RenewDeps {
  store: Pick<ConnectionStore, 'find' | 'leaseCredentials' | 'replaceCredentials' | 'endCredentialsLease'>;
  seal: Seal;
}

export type RenewStep = (current: Record<string, unknown>) => Promise<Record<string, unknown> | undefined>;

/**
 * Renews a connection's credentials, one at a time over all processes. The step is given what is stored now,
 * and calls the outside with no transaction open; both tokens of an answer are one write. When it fails, the
 * store is read once more: whoever has renewed meanwhile has done it for all.
 */
export async function renewCredentials(
  deps: RenewDeps,
  scope: WorkspaceScope,
  connectionId: string,
  step: RenewStep,
): Promise<Record<string, unknown>> {
  const { store, seal } = deps;
  const place = credentialsPlace(scope, connectionId);
  const owner = randomUUID();
  const leased = await lease(deps, scope, connectionId, owner);
  const before = readSecrets(seal.open(leased.credentials, place).secret);
  try {
    const renewed = await step(before.credentials);
    if (renewed === undefined) return before.credentials;
    const sealed = seal.seal(writeSecrets(renewed, before.webhookSecrets), place);
    const written = { sealed, version: leased.version };
    const { outcome } = await store.replaceCredentials(scope, connectionId, written);
    if (outcome === 'replaced') return renewed;
    // An operator was faster, with others, or only the secrets beside them have changed.
    const now = await readStored(deps, scope, connectionId);
    if (JSON.stringify(now.secrets.credentials) !== JSON.stringify(before.credentials))
      return now.secrets.credentials;
    return (await changeSecrets(deps, scope, connectionId, (kept) => ({ ...kept, credentials: renewed })))
      .credentials;
  } catch (error) {
    const now = await readStored(deps, scope, connectionId);
    if (now.version !== leased.version) return now.secrets.credentials;
    throw error;
  } finally {
    await store.endCredentialsLease(scope, connectionId, owner);
  }
}

async function lease(
  { store }: RenewDeps,
  scope: WorkspaceScope,
  connectionId: string,
  owner: string,
): Promise<{ credentials: string; version: number }> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    const leased = await store.leaseCredentials(scope, connectionId, { owner, seconds: LEASE_SECONDS });
    if (leased.outcome === 'leased') return leased;
    if (leased.outcome === 'gone') throw new Error('the connection has no credentials');
    if (performance.now() > deadline)
      throw new Error('somebody else renews the credentials, and has not ended');
    await pause(LOOK_MILLISECONDS * (1 + Math.random()));
  }
}

/** Writes on condition that nobody else has written, and starts again when somebody has. */
export async function changeSecrets(
  deps: Pick<RenewDeps, 'seal'> & { store: Pick<ConnectionStore, 'find' | 'replaceCredentials'> },
  scope: WorkspaceScope,
  connectionId: string,
  change: (kept: Secrets) => Secrets,
): Promise<Secrets> {
  const place = credentialsPlace(scope, connectionId);
  for (;;) {
    const { secrets, version } = await readStored(deps, scope, connectionId);
    const changed = change(secrets);
    const sealed = deps.seal.seal(writeSecrets(changed.credentials, changed.webhookSecrets), place);
    const { outcome } = await deps.store.replaceCredentials(scope, connectionId, { sealed, version });
    if (outcome === 'replaced') return changed;
  }
}

async function readStored(
  { store, seal }: { store: Pick<ConnectionStore, 'find'>; seal: Seal },
  scope: WorkspaceScope,
  connectionId: string,
): Promise<{ secrets: Secrets; version: number }> {
  const stored = await store.find(scope, connectionId);
  if (!stored || stored.credentials === null) throw new Error('the connection has no credentials');
  const { secret } = seal.open(stored.credentials, credentialsPlace(scope, connectionId));
  return { secrets: readSecrets(secret), version: stored.credentialsVersion };
}
