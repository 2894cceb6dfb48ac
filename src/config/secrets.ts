import { createHash, hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';

/** What a key is used for; each purpose has a key of its own, so that one leaking tells nothing of the others. */
export type KeyPurpose = 'credentials' | 'file-links' | 'inbound-keys' | 'fingerprints';

export interface DerivedKey {
  /** Eight hex digits that tell which master key it comes from, and nothing about it. */
  id: string;
  /** 32 bytes. */
  key: Buffer;
}

/** What must never be shown. Printing it, in JSON or in a log, shows nothing. */
export interface Secrets {
  /** The key with which things of that purpose are made now. */
  key(purpose: KeyPurpose): DerivedKey;
  /** Every key with which things of that purpose may have been made, the current one first. */
  keys(purpose: KeyPurpose): readonly [DerivedKey, ...DerivedKey[]];
  readonly databaseUrl: string | undefined;
  readonly metricsToken: string | undefined;
  /** The strings by which a secret would be recognised in a log line. */
  values(): string[];
  toJSON(): string;
}

export interface SecretsInput {
  secretKey: Buffer;
  previousKey?: Buffer | undefined;
  databaseUrl?: string | undefined;
  metricsToken?: string | undefined;
}

export function createSecrets(input: SecretsInput): Secrets {
  const previous = input.previousKey?.equals(input.secretKey) === true ? undefined : input.previousKey;
  const cache = new Map<KeyPurpose, readonly [DerivedKey, ...DerivedKey[]]>();

  function keys(purpose: KeyPurpose): readonly [DerivedKey, ...DerivedKey[]] {
    const known = cache.get(purpose);
    if (known) return known;
    const derived: [DerivedKey, ...DerivedKey[]] = [derive(input.secretKey, purpose)];
    if (previous) derived.push(derive(previous, purpose));
    cache.set(purpose, derived);
    return derived;
  }

  const hidden = {
    key: (purpose: KeyPurpose): DerivedKey => keys(purpose)[0],
    keys,
    values: (): string[] => recognisable(input),
    toJSON: (): string => '[secrets]',
    [inspect.custom]: (): string => '[secrets]',
  };
  // Not enumerable: a spread or a walk over the object copies no secret.
  return Object.defineProperties(hidden as unknown as Secrets, {
    databaseUrl: { value: input.databaseUrl, enumerable: false },
    metricsToken: { value: input.metricsToken, enumerable: false },
  });
}

function derive(master: Buffer, purpose: KeyPurpose): DerivedKey {
  const bytes = hkdfSync('sha256', master, 'agent-desk-bridge', purpose, 32);
  const id = createHash('sha256').update('key id').update(master).digest('hex').slice(0, 8);
  return { id, key: Buffer.from(bytes) };
}

function recognisable(input: SecretsInput): string[] {
  const values: string[] = [];
  for (const key of [input.secretKey, input.previousKey]) {
    if (key) values.push(key.toString('hex'), key.toString('base64'), key.toString('base64url'));
  }
  if (input.metricsToken) values.push(input.metricsToken);
  if (input.databaseUrl) {
    const { password } = new URL(input.databaseUrl);
    values.push(input.databaseUrl);
    if (password.length >= 6) values.push(password, decodeURIComponent(password));
  }
  return [...new Set(values)];
}
