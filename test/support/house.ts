import { randomBytes } from 'node:crypto';
import { type App, createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import type { Connector } from '../../src/connectors/connector.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import { freePort } from './free-port.js';
import type { PassingTime } from './passing-time.js';
import { openTenancy, type Tenancy } from './tenancy.js';
import { createTestDatabase, type DatabaseKind, type TestDatabase } from './test-database.js';
import { waitFor } from './wait-for.js';

export interface HouseOptions {
  database: DatabaseKind;
  /** Added to what the bridge is told. */
  env?: Record<string, string>;
  /** Stand-ins for the outside. */
  connectors?: Connector[];
  /** Time that a story lets pass instead of waiting for it. */
  time?: PassingTime;
}

/** The whole product in this process: a bridge, and a workspace with a WotNot of its own. */
export interface House extends Tenancy {
  app: App;
  url: string;
  database: TestDatabase;
  /** What the bridge was told. */
  env: Record<string, string>;
  /** What the bridge has logged so far. */
  log: string[];
  /** One more workspace, with another WotNot. */
  addTenancy(name?: string): Promise<Tenancy>;
  /** Ends everything. @throws when something was left behind */
  close(): Promise<void>;
}

/** No limit of the door stands in a story's way, and what is unclear is judged soon. */
export const houseEnv = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'debug',
  ALLOW_PRIVATE_URLS: 'true',
  REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
  REQUESTS_PER_MINUTE_PER_PRINCIPAL: '1000000',
  DELIVERIES_PER_SECOND_PER_CONNECTION: '1000',
  UNCERTAIN_GRACE_SECONDS: '0.6',
};

export async function openHouse(options: HouseOptions): Promise<House> {
  const before = openSockets();
  const database = await createTestDatabase(options.database);
  const port = await freePort();
  const env = {
    ...houseEnv,
    ...database.env,
    PORT: String(port),
    SECRET_KEY: randomBytes(32).toString('base64'),
    ...options.env,
  };
  const { app, log } = await openApp(env, options.connectors, options.time);
  const { url } = await app.start();
  const tenancies: Tenancy[] = [];
  const addTenancy = async (name = `Workspace ${tenancies.length + 1}`): Promise<Tenancy> => {
    const tenancy = await openTenancy(app, url, name);
    tenancies.push(tenancy);
    return tenancy;
  };
  const first = await addTenancy();
  return {
    ...first,
    app,
    url,
    database,
    env,
    log,
    addTenancy,
    async close() {
      for (const tenancy of tenancies) await tenancy.leave();
      await app.stop();
      await database.drop();
      await waitFor('every socket to be closed', () => openSockets() <= before, 8);
    },
  };
}

/** The app as a process would put it together, with its log kept. */
export async function openApp(
  env: Record<string, string>,
  connectors: Connector[] = [],
  time?: PassingTime,
): Promise<{ app: App; log: string[] }> {
  const loaded = loadConfig(env);
  if (loaded.outcome === 'refused') throw new Error(loaded.mistakes.join('; '));
  const log: string[] = [];
  const telemetry = createTelemetry({
    log: loaded.config.log,
    secretValues: loaded.secrets.values(),
    to: (line) => log.push(line),
    processMetrics: false,
  });
  const app = await createApp(loaded.config, loaded.secrets, telemetry, {
    connectors,
    ...(time === undefined ? {} : { steadyClock: time.steady }),
  });
  return { app, log };
}

/** Sockets and servers of this process, which a house must give back. */
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => /^TCP(Socket|Server)Wrap$/u.test(name)).length;
