type Env = Readonly<Record<string, string | undefined>>;

/** Thirty days: a demo that is left running is still signed in on Monday. */
const LONG_SECONDS = '2592000';

/** What a demo changes: its own directory, the embedded database, everything in one process, a quiet log. */
export function demoEnvironment(env: Env): Env {
  const { DATABASE_URL: _database, PUBLIC_URL: _url, ROLES: _roles, ...rest } = env;
  return {
    ...rest,
    DATA_DIR: env.DATA_DIR ?? './data/demo',
    LOG_LEVEL: env.LOG_LEVEL ?? 'warn',
    LOG_FORMAT: env.LOG_FORMAT ?? 'pretty',
    // The sandbox is a plain-http address of this machine.
    ALLOW_PRIVATE_URLS: 'true',
    SESSION_RENEWABLE_SECONDS: env.SESSION_RENEWABLE_SECONDS ?? LONG_SECONDS,
  };
}
