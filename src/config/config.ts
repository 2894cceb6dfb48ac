import path from 'node:path';
import { type Environment, readEnvironment } from './env.js';
import { findContradictions } from './find-contradictions.js';
import { keepSecretKey } from './keep-secret-key.js';
import type { Role } from './parse-value.js';
import { createSecrets, type Secrets } from './secrets.js';

export type { Role } from './parse-value.js';

/** What was decided from outside, in the words of the rooms that need it. Nothing in it is secret. */
export interface Config {
  mode: 'production' | 'development' | 'test';
  /** Absolute. */
  dataDirectory: string;
  roles: Role[];
  shutdownSeconds: number;
  http: {
    host: string;
    port: number;
    /** An origin, without a slash at its end. */
    publicUrl: string;
    trustProxyHops: number;
    /** Origins besides our own. */
    allowedOrigins: string[];
    embedOrigins: string[];
    requestsPerMinutePerAddress: number;
    requestsPerMinutePerPrincipal: number;
    refusalsPerMinutePerAddress: number;
  };
  database: { applyMigrations: boolean } & (
    | { kind: 'embedded'; directory: string }
    | { kind: 'server'; poolSize: number }
  );
  delivery: {
    leaseSeconds: number;
    sweepSeconds: number;
    uncertainGraceSeconds: number;
    concurrency: number;
    perSecondPerConnection: number;
  };
  retention: {
    everySeconds: number;
    days: { settled: number; keys: number; parked: number; answers: number; ended: number };
  };
  gateway: { socketsPerPrincipal: number; socketsPerWorkspace: number; socketsPerAddress: number };
  access: { sessionSeconds: number; sessionRenewableSeconds: number; signInCodeSeconds: number };
  outside: { allowPrivateUrls: boolean };
  log: { level: 'error' | 'warn' | 'info' | 'debug'; format: 'json' | 'pretty' };
  sandbox: { port: number };
  tinyDesk: { port: number };
}

export type LoadedConfig =
  | { outcome: 'loaded'; config: Config; secrets: Secrets; warnings: string[] }
  | { outcome: 'refused'; mistakes: string[] };

/**
 * Makes sense of an environment, or says everything that is wrong with it. With the embedded database and
 * no SECRET_KEY it makes one in the data directory.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): LoadedConfig {
  const reading = readEnvironment(env);
  if (reading.outcome === 'refused') return reading;
  const { values } = reading;
  const { mistakes, warnings } = findContradictions(values);
  if (mistakes.length > 0) return { outcome: 'refused', mistakes };
  const config = configOf(values);

  const key: { outcome: 'parsed'; value: Buffer } | { outcome: 'mistaken'; mistake: string } =
    values.SECRET_KEY ? { outcome: 'parsed', value: values.SECRET_KEY } : keepSecretKey(config.dataDirectory);
  if (key.outcome === 'mistaken') return { outcome: 'refused', mistakes: [`SECRET_KEY ${key.mistake}`] };
  const secrets = createSecrets({
    secretKey: key.value,
    previousKey: values.SECRET_KEY_PREVIOUS,
    databaseUrl: values.DATABASE_URL,
    metricsToken: values.METRICS_TOKEN,
  });
  return { outcome: 'loaded', config, secrets, warnings };
}

function configOf(values: Environment): Config {
  const dataDirectory = path.resolve(values.DATA_DIR);
  const applyMigrations = values.APPLY_MIGRATIONS;
  return {
    mode: values.NODE_ENV,
    dataDirectory,
    roles: values.ROLES,
    shutdownSeconds: values.SHUTDOWN_SECONDS,
    http: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`,
      trustProxyHops: values.TRUST_PROXY_HOPS,
      allowedOrigins: values.ALLOWED_ORIGINS,
      embedOrigins: values.EMBED_ORIGINS,
      requestsPerMinutePerAddress: values.REQUESTS_PER_MINUTE_PER_ADDRESS,
      requestsPerMinutePerPrincipal: values.REQUESTS_PER_MINUTE_PER_PRINCIPAL,
      refusalsPerMinutePerAddress: values.REFUSALS_PER_MINUTE_PER_ADDRESS,
    },
    database: values.DATABASE_URL
      ? { kind: 'server', poolSize: values.DATABASE_POOL_SIZE, applyMigrations }
      : { kind: 'embedded', directory: dataDirectory, applyMigrations },
    delivery: {
      leaseSeconds: values.LEASE_SECONDS,
      sweepSeconds: values.SWEEP_SECONDS,
      uncertainGraceSeconds: values.UNCERTAIN_GRACE_SECONDS,
      concurrency: values.DELIVERY_CONCURRENCY,
      perSecondPerConnection: values.DELIVERIES_PER_SECOND_PER_CONNECTION,
    },
    retention: {
      everySeconds: values.UPKEEP_SECONDS,
      days: {
        settled: values.RETENTION_DAYS,
        // A repeat is shown once for as long as its key lives: never less than what is promised.
        keys: Math.max(30, values.RETENTION_DAYS),
        parked: values.RETENTION_PARKED_DAYS,
        answers: 1,
        ended: 7,
      },
    },
    gateway: {
      socketsPerPrincipal: values.SOCKETS_PER_PRINCIPAL,
      socketsPerWorkspace: values.SOCKETS_PER_WORKSPACE,
      socketsPerAddress: values.SOCKETS_PER_ADDRESS,
    },
    access: {
      sessionSeconds: values.SESSION_SECONDS,
      sessionRenewableSeconds: values.SESSION_RENEWABLE_SECONDS,
      signInCodeSeconds: values.SIGN_IN_CODE_SECONDS,
    },
    outside: { allowPrivateUrls: values.ALLOW_PRIVATE_URLS },
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    sandbox: { port: values.SANDBOX_PORT },
    tinyDesk: { port: values.DESK_PORT },
  };
}
