import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadedConfig, loadConfig } from '../../../src/config/config.js';

const KEY = 'q1Zt8wKxV3nE6yHc0uRfJm5sGdPaLbT2oXiYe9vQk7M=';
const OTHER_KEY = '7f3c1b9ad2e8465017fe2c9bb8a4d35e61f09c7a2b8d4e3f5a6c7d8e9f0a1b2c';
const POSTGRES = 'postgres://bridge:a-password-of-ours@localhost:5432/bridge';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}): LoadedConfig => loadConfig({ DATA_DIR: directory, ...env });
const mistakes = (env: Record<string, string>): string[] => {
  const loaded = load(env);
  return loaded.outcome === 'refused' ? loaded.mistakes : [];
};
const accepted = (env: Record<string, string> = {}): Extract<LoadedConfig, { outcome: 'loaded' }> => {
  const loaded = load(env);
  if (loaded.outcome === 'refused') throw new Error(loaded.mistakes.join('\n'));
  return loaded;
};

describe('configuration', () => {
  it('needs nothing: every value has a default', () => {
    const { config } = accepted();
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 3000, publicUrl: 'http://127.0.0.1:3000' });
    expect(config.database).toMatchObject({ kind: 'embedded', directory });
    expect(config.roles).toEqual(['http', 'gateway', 'projection', 'delivery']);
  });

  it('tells every mistake at once, each with its name', () => {
    const told = mistakes({ PORT: '70000', LOG_LEVEL: 'loud', LEASE_SECONDS: 'four', PUBLIC_URL: 'desk' });
    expect(told.map((mistake) => mistake.split(' ')[0]).sort()).toEqual(
      ['LEASE_SECONDS', 'LOG_LEVEL', 'PORT', 'PUBLIC_URL'].sort(),
    );
  });

  const refused: [string, Record<string, string>][] = [
    ['SECRET_KEY', { SECRET_KEY: '' }],
    ['SECRET_KEY', { SECRET_KEY: 'changeme' }],
    ['SECRET_KEY', { SECRET_KEY: 'ab'.repeat(31) }],
    ['SECRET_KEY', { SECRET_KEY: '00'.repeat(32) }],
    ['SECRET_KEY', { SECRET_KEY: 'not base64 at all!' }],
    ['SECRET_KEY', { DATABASE_URL: POSTGRES }],
    ['SECRET_KEY_PREVIOUS', { SECRET_KEY: KEY, SECRET_KEY_PREVIOUS: 'short' }],
    ['METRICS_TOKEN', { METRICS_TOKEN: '' }],
    ['METRICS_TOKEN', { METRICS_TOKEN: 'twenty-three-characters' }],
    ['DATABASE_URL', { SECRET_KEY: KEY, DATABASE_URL: 'mysql://a@b/c' }],
    ['DATABASE_URL', { SECRET_KEY: KEY, DATABASE_URL: 'postgres://localhost' }],
    ['DATABASE_URL', { SECRET_KEY: KEY, DATABASE_URL: '' }],
    ['DATABASE_POOL_SIZE', { DATABASE_POOL_SIZE: '-1' }],
    ['DATABASE_POOL_SIZE', { DATABASE_POOL_SIZE: '1e3' }],
    ['REQUESTS_PER_MINUTE_PER_ADDRESS', { REQUESTS_PER_MINUTE_PER_ADDRESS: '0' }],
    ['SOCKETS_PER_PRINCIPAL', { SOCKETS_PER_PRINCIPAL: 'Infinity' }],
    ['ALLOWED_ORIGINS', { ALLOWED_ORIGINS: '*' }],
    ['ALLOWED_ORIGINS', { ALLOWED_ORIGINS: 'https://a.example, null' }],
    ['EMBED_ORIGINS', { EMBED_ORIGINS: 'https://a.example/path' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://user:pass@desk.example' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://desk.example' }],
    ['ALLOW_PRIVATE_URLS', { ALLOW_PRIVATE_URLS: 'yes' }],
    ['ROLES', { ROLES: 'http' }],
    ['ROLES', { SECRET_KEY: KEY, DATABASE_URL: POSTGRES, ROLES: 'http,kitchen' }],
    // A part that does nothing is none.
    ['ROLES', { SECRET_KEY: KEY, DATABASE_URL: POSTGRES, ROLES: 'escalation' }],
    ['TRUST_PROXY_HOPS', { TRUST_PROXY_HOPS: 'true' }],
    ['SWEEP_SECONDS', { SWEEP_SECONDS: '5', LEASE_SECONDS: '4' }],
    ['SANDBOX_PORT', { SANDBOX_PORT: '3000' }],
  ];
  it.each(refused)('B52: refuses %s given %j', (name, env) => {
    expect(mistakes(env).map((mistake) => mistake.split(' ')[0])).toContain(name);
  });

  it('never repeats a secret in a refusal', () => {
    const told = mistakes({
      SECRET_KEY: 'hunter2hunter2',
      METRICS_TOKEN: 'hunter2',
      DATABASE_URL: 'x:hunter2',
    });
    expect(told).toHaveLength(3);
    expect(told.join('\n')).not.toContain('hunter2');
  });

  it('treats what is left empty, secrets apart, as not set', () => {
    expect(accepted({ PORT: '', ALLOWED_ORIGINS: ' ' }).config.http.port).toBe(3000);
  });

  it('warns in production about what is fine on a laptop', () => {
    expect(accepted().warnings).toEqual([]);
    const { warnings } = accepted({ NODE_ENV: 'production', ALLOW_PRIVATE_URLS: 'true' });
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual(['PUBLIC_URL', 'ALLOW_PRIVATE_URLS']);
  });
});

describe('the key beside the embedded database', () => {
  it('is made by the first start, kept by the next, and readable by its owner only', () => {
    const first = accepted().secrets.key('credentials');
    expect(accepted().secrets.key('credentials')).toEqual(first);
    expect(statSync(path.join(directory, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['secret.key']);
  });

  it('is not replaced when it cannot be read: what it encrypted would be lost', () => {
    writeFileSync(path.join(directory, 'secret.key'), 'cut off');
    expect(mistakes({})[0]).toMatch(/^SECRET_KEY .*secret\.key/);
    expect(readFileSync(path.join(directory, 'secret.key'), 'utf8')).toBe('cut off');
  });

  it('is not made when SECRET_KEY is given', () => {
    accepted({ SECRET_KEY: KEY });
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('secrets', () => {
  it('S-KEY-3: show nothing when printed, serialised or copied', () => {
    const { secrets } = accepted({ SECRET_KEY: KEY, DATABASE_URL: POSTGRES, METRICS_TOKEN: 'm'.repeat(30) });
    const shown = [JSON.stringify({ secrets }), inspect(secrets), inspect({ a: { ...secrets } })].join();
    for (const value of secrets.values()) expect(shown).not.toContain(value);
    expect(secrets.databaseUrl).toBe(POSTGRES);
    expect(secrets.values()).toEqual(
      expect.arrayContaining([KEY, POSTGRES, 'a-password-of-ours', 'm'.repeat(30)]),
    );
  });

  it('S-JWT-3, S-KEY-2: have a key of their own for each purpose, 32 bytes each', () => {
    const { secrets } = accepted({ SECRET_KEY: KEY });
    const keys = (['credentials', 'file-links', 'inbound-keys'] as const).map(
      (purpose) => secrets.key(purpose).key,
    );
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(3);
    expect(keys.every((key) => key.length === 32)).toBe(true);
  });

  it('know the former key after a change, and tell which is which by an id', () => {
    const before = accepted({ SECRET_KEY: OTHER_KEY }).secrets.key('credentials');
    const after = accepted({ SECRET_KEY: KEY, SECRET_KEY_PREVIOUS: OTHER_KEY }).secrets.keys('credentials');
    expect(after).toHaveLength(2);
    expect(after[1]).toEqual(before);
    expect(after[0].id).not.toBe(before.id);
  });
});
