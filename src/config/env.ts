import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type ParsedValue, parseValue, type ValueRule } from './parse-value.js';

export interface EnvironmentEntry extends ValueRule {
  name: string;
  /** As it would stand in the environment; null: none. */
  default: string | null;
  /** One or two sentences for whoever sets it. */
  meaning: string;
  example: string;
  /** Never shown, not even in a refusal. */
  secret?: true;
}

/** Everything that can be set from outside, in the order in which `.env.example` prints it. */
export const environmentTable = [
  {
    name: 'NODE_ENV',
    type: 'choice',
    choices: ['production', 'development', 'test'],
    default: 'development',
    meaning: 'production warns about what is fine on a laptop only.',
    example: 'production',
  },
  {
    name: 'PORT',
    type: 'port',
    default: '3000',
    meaning: 'Where the API, the sockets and the console listen. 0 takes any free port.',
    example: '3000',
  },
  {
    name: 'HOST',
    type: 'text',
    default: '127.0.0.1',
    meaning: 'The address to listen on; 0.0.0.0 for all, as in a container.',
    example: '0.0.0.0',
  },
  {
    name: 'PUBLIC_URL',
    type: 'origin',
    default: null,
    meaning:
      'How the outside reaches the bridge: part of webhook URLs, sign-in links and signed file links. Without it http://127.0.0.1:PORT.',
    example: 'https://desk.example.com',
  },
  {
    name: 'DATA_DIR',
    type: 'text',
    default: './data',
    meaning: 'Where the embedded database and a generated key lie. One process per directory.',
    example: '/var/lib/desk-bridge',
  },
  {
    name: 'DATABASE_URL',
    type: 'database-url',
    default: null,
    secret: true,
    meaning: 'A PostgreSQL server (14 or newer). Without it the embedded database in DATA_DIR is used.',
    example: 'postgres://bridge:password@localhost:5432/bridge',
  },
  {
    name: 'DATABASE_POOL_SIZE',
    type: 'integer',
    least: 2,
    most: 500,
    default: '10',
    meaning: 'Connections that one process holds to the PostgreSQL server.',
    example: '20',
  },
  {
    name: 'APPLY_MIGRATIONS',
    type: 'flag',
    default: 'true',
    meaning: 'Whether a start brings the database up to date. With false it refuses to start on an old one.',
    example: 'false',
  },
  {
    name: 'ROLES',
    type: 'roles',
    default: 'all',
    meaning:
      'Which parts run in this process: http, gateway, projection, delivery, or all. Fewer than all needs DATABASE_URL.',
    example: 'http,gateway',
  },
  {
    name: 'SECRET_KEY',
    type: 'key',
    default: null,
    secret: true,
    meaning:
      'At least 32 random bytes, in base64 or hex (openssl rand -base64 32). Encrypts credentials, signs file links, keys hashes. The embedded database generates one in DATA_DIR/secret.key; with DATABASE_URL it is required.',
    example: 'output of: openssl rand -base64 32',
  },
  {
    name: 'SECRET_KEY_PREVIOUS',
    type: 'key',
    default: null,
    secret: true,
    meaning: 'The key before the last change: the credentials that it sealed can still be read.',
    example: 'the former SECRET_KEY',
  },
  {
    name: 'LOG_LEVEL',
    type: 'choice',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    meaning: 'How much is written to standard output. debug has a line per event and per request.',
    example: 'debug',
  },
  {
    name: 'LOG_FORMAT',
    type: 'choice',
    choices: ['json', 'pretty'],
    default: 'json',
    meaning: 'json for machines, pretty for people.',
    example: 'pretty',
  },
  {
    name: 'METRICS_TOKEN',
    type: 'token',
    default: null,
    secret: true,
    meaning:
      'The bearer token that /metrics asks for, at least 24 characters. Without it /metrics answers loopback addresses only.',
    example: 'output of: openssl rand -hex 24',
  },
  {
    name: 'TRUST_PROXY_HOPS',
    type: 'integer',
    least: 0,
    most: 10,
    default: '0',
    meaning: 'How many reverse proxies stand in front and set X-Forwarded-For. 0 believes no such header.',
    example: '1',
  },
  {
    name: 'ALLOWED_ORIGINS',
    type: 'origins',
    default: '',
    meaning:
      'Web origins, separated by commas, whose pages may call the API and open sockets. The console needs none.',
    example: 'https://apps.example.com,https://desk.example.com',
  },
  {
    name: 'EMBED_ORIGINS',
    type: 'origins',
    default: '',
    meaning: 'Web origins, separated by commas, that may show the console in a frame (/embed).',
    example: 'https://example.zendesk.com',
  },
  {
    name: 'ALLOW_PRIVATE_URLS',
    type: 'flag',
    default: 'false',
    meaning:
      'Whether the bridge may call private, loopback and plain-http addresses that an agent or operator names. For development only.',
    example: 'true',
  },
  {
    name: 'REQUESTS_PER_MINUTE_PER_ADDRESS',
    type: 'integer',
    least: 1,
    most: 1_000_000,
    default: '1200',
    meaning: 'API requests that one network address may make in a minute. Webhooks are not counted.',
    example: '1200',
  },
  {
    name: 'REQUESTS_PER_MINUTE_PER_PRINCIPAL',
    type: 'integer',
    least: 1,
    most: 1_000_000,
    default: '1200',
    meaning: 'API requests that one agent or API key may make in a minute.',
    example: '6000',
  },
  {
    name: 'REFUSALS_PER_MINUTE_PER_ADDRESS',
    type: 'integer',
    least: 1,
    most: 1_000_000,
    default: '30',
    meaning: 'Failed sign-ins and bad tokens that one address may send in a minute.',
    example: '30',
  },
  {
    name: 'SOCKETS_PER_PRINCIPAL',
    type: 'integer',
    least: 1,
    most: 100_000,
    default: '20',
    meaning: 'Open sockets of one agent or API key.',
    example: '20',
  },
  {
    name: 'SOCKETS_PER_WORKSPACE',
    type: 'integer',
    least: 1,
    most: 1_000_000,
    default: '5000',
    meaning: 'Open sockets of one workspace in this process.',
    example: '5000',
  },
  {
    name: 'SOCKETS_PER_ADDRESS',
    type: 'integer',
    least: 1,
    most: 1_000_000,
    default: '500',
    meaning: 'Open sockets from one network address; an office shares one.',
    example: '500',
  },
  {
    name: 'DELIVERIES_PER_SECOND_PER_CONNECTION',
    type: 'integer',
    least: 1,
    most: 10_000,
    default: '20',
    meaning: 'How many calls a second all processes together make to one outside account.',
    example: '20',
  },
  {
    name: 'DELIVERY_CONCURRENCY',
    type: 'integer',
    least: 1,
    most: 1_000,
    default: '32',
    meaning: 'Deliveries that one process has under way at the same time.',
    example: '32',
  },
  {
    name: 'LEASE_SECONDS',
    type: 'seconds',
    least: 2,
    most: 60,
    default: '4',
    meaning: "How long a crashed worker's lanes wait for another one.",
    example: '4',
  },
  {
    name: 'SWEEP_SECONDS',
    type: 'seconds',
    least: 0.05,
    most: 60,
    default: '1',
    meaning: 'How often the bridge looks for work that a nudge missed.',
    example: '1',
  },
  {
    name: 'UNCERTAIN_GRACE_SECONDS',
    type: 'seconds',
    least: 0.1,
    most: 3_600,
    default: '10',
    meaning: 'How long an attempt whose answer was lost waits for its echo before anything is decided.',
    example: '10',
  },
  {
    name: 'RETENTION_DAYS',
    type: 'integer',
    least: 1,
    most: 36_500,
    default: '30',
    meaning:
      'How long recorded events, settled deliveries and passing facts of the feed are kept. Conversations, what was said in them, and files that were sent stay. Keys by which repeats are recognised stay 30 days at least.',
    example: '90',
  },
  {
    name: 'RETENTION_PARKED_DAYS',
    type: 'integer',
    least: 1,
    most: 36_500,
    default: '90',
    meaning:
      'How long dead letters that nobody redrives, and events that nobody could read or replay, are kept.',
    example: '365',
  },
  {
    name: 'UPKEEP_SECONDS',
    type: 'seconds',
    least: 1,
    most: 86_400,
    default: '3600',
    meaning: 'How often each workspace is cleared of what is older than that. Role projection does it.',
    example: '3600',
  },
  {
    name: 'SESSION_SECONDS',
    type: 'seconds',
    least: 60,
    most: 900,
    default: '900',
    meaning: "How long an agent's session token lives before it has to be renewed.",
    example: '900',
  },
  {
    name: 'SESSION_RENEWABLE_SECONDS',
    type: 'seconds',
    least: 60,
    most: 2_592_000,
    default: '43200',
    meaning: 'How long a session can be renewed before the agent signs in again.',
    example: '43200',
  },
  {
    name: 'SIGN_IN_CODE_SECONDS',
    type: 'seconds',
    least: 10,
    most: 604_800,
    default: '60',
    meaning: 'How long a one-time sign-in link works when whoever makes it does not say.',
    example: '60',
  },
  {
    name: 'SHUTDOWN_SECONDS',
    type: 'seconds',
    least: 1,
    most: 300,
    default: '10',
    meaning: 'How long a stop waits for what is under way.',
    example: '10',
  },
  {
    name: 'SANDBOX_PORT',
    type: 'port',
    default: '4010',
    meaning: 'Where the demo and `desk-bridge sandbox` run the WotNot to develop against.',
    example: '4010',
  },
  {
    name: 'DESK_PORT',
    type: 'port',
    default: '4020',
    meaning: 'Where `desk-bridge demo --desk` runs its tiny desk.',
    example: '4020',
  },
  {
    name: 'WOTNOT_TOKEN',
    type: 'text',
    default: null,
    secret: true,
    meaning: 'The token with which `desk-bridge wotnot` speaks to WotNot itself. Connections keep their own.',
    example: 'the token of the WotNot account',
  },
  {
    name: 'BRIDGE_API_KEY',
    type: 'text',
    default: null,
    secret: true,
    meaning:
      'An API key with the scope admin, with which `desk-bridge doctor` asks a bridge that runs on the embedded database.',
    example: 'adb_…',
  },
] as const satisfies readonly EnvironmentEntry[];

type Entry = (typeof environmentTable)[number];
type ValueOf<E extends Entry> = E extends { choices: readonly (infer Choice)[] }
  ? Choice
  : ParsedValue<E['type']>;

/** The typed values, by name. */
export type Environment = {
  [E in Entry as E['name']]: ValueOf<E> | (E['default'] extends null ? undefined : never);
};

export type EnvironmentReading =
  | { outcome: 'read'; values: Environment }
  | { outcome: 'refused'; mistakes: string[] };

/** Reads every value of the table, and tells every mistake at once. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentReading {
  const values: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const entry of environmentTable as readonly EnvironmentEntry[]) {
    const given = env[entry.name];
    // An empty secret is a deployment that lost one; anything else that is empty was left as in the example.
    const isSet = given !== undefined && (given.trim() !== '' || entry.secret === true);
    const text = isSet ? given.trim() : entry.default;
    if (text === null) continue;
    const parsed = parseValue(text, entry);
    if (parsed.outcome === 'parsed') values[entry.name] = parsed.value;
    else mistakes.push(`${entry.name} ${parsed.mistake}`);
  }
  if (mistakes.length > 0) return { outcome: 'refused', mistakes };
  return { outcome: 'read', values: values as Environment };
}

/** The environment of this process, with what a `.env` in the working directory adds to it. */
export function processEnvironment(): Record<string, string | undefined> {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...fromFile, ...process.env };
}
