import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../support/free-port.js';
import type { CampaignContext } from '../campaign.js';
import { type BridgeProcess, createBridgeProcess, root } from './bridge-process.js';
import { createStageDatabase, type StageDatabase } from './database.js';
import { type DeskKind, openDesk, type StageDesk } from './desk.js';
import { type FarSideProcess, openFarSide } from './far-side.js';
import { type Front, openFront } from './front.js';
import { type Furniture, furnish } from './furnish.js';

/** The bridge in processes of its own between a far side and a driver, all of which survive it. */
export interface Stage extends Furniture {
  context: CampaignContext;
  database: StageDatabase;
  farSide: FarSideProcess;
  /** The helpdesk behind it, where there is one: contacts' words go there, and agents answer there. */
  desk: StageDesk | undefined;
  /** All on one database; none is started yet. */
  bridges: readonly [BridgeProcess, ...BridgeProcess[]];
  /** Where the outside reaches the bridge, whichever process answers. */
  url: string;
  /** Of several processes. */
  front: Front | undefined;
  echo: boolean;
  leaseSeconds: number;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Names its files. */
  name: string;
  echo?: boolean;
  desk?: DeskKind;
  conversations?: number;
  agents?: number;
  processes?: number;
  /** What runs in each process, when not everything does; the first takes requests. Only on a server. */
  roles?: readonly string[];
  env?: Record<string, string>;
  /** Where the version lies that prepares the database; this one when it is missing. */
  tree?: string;
}

const LEASE_SECONDS = 4;

/** No limit of the door stands in a campaign's way. */
const stageEnv = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'warn',
  ALLOW_PRIVATE_URLS: 'true',
  REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
  REQUESTS_PER_MINUTE_PER_PRINCIPAL: '1000000',
  REFUSALS_PER_MINUTE_PER_ADDRESS: '100000',
  SOCKETS_PER_PRINCIPAL: '1000',
  SOCKETS_PER_ADDRESS: '5000',
  DELIVERIES_PER_SECOND_PER_CONNECTION: '1000',
  LEASE_SECONDS: String(LEASE_SECONDS),
};

export async function openStage(context: CampaignContext, options: StageOptions): Promise<Stage> {
  const { name, echo = true, conversations = 40, agents = 3, processes = 1 } = options;
  const directory = path.join(context.directory, name);
  mkdirSync(directory, { recursive: true });
  const database = await createStageDatabase(context.database, context.postgresUrl);
  const farSide = await openFarSide(database.directory, echo);
  const desk = options.desk === undefined ? undefined : await openDesk(database.directory, options.desk);
  const ports: number[] = [];
  while (ports.length < processes) ports.push(await freePort());
  const rolesOf = (n: number): string => options.roles?.[n - 1] ?? 'all';
  const serves = (n: number): boolean => /\b(?:all|http|gateway)\b/u.test(rolesOf(n));
  const front =
    processes === 1 ? undefined : await openFront(ports.filter((_port, index) => serves(index + 1)));
  const url = front?.url ?? `http://127.0.0.1:${ports[0] ?? 0}`;
  const env = {
    ...stageEnv,
    ...database.env,
    PUBLIC_URL: url,
    SECRET_KEY: randomBytes(32).toString('base64'),
    ...options.env,
  };
  const close = async (): Promise<void> => {
    for (const bridge of bridges) await bridge.kill();
    await farSide.stop();
    await desk?.stop();
    farSide.log.close();
    await front?.close();
    await database.drop();
  };
  const [first = 0, ...others] = ports;
  const createBridge = (port: number, n: number): BridgeProcess =>
    createBridgeProcess({
      port,
      env: { ...env, ROLES: rolesOf(n) },
      cwd: database.directory,
      logFile: path.join(directory, `bridge-${n}.log`),
      ...(serves(n) ? {} : { isAtWork: (pid: number) => hasSession(database, pid) }),
    });
  const bridges: Stage['bridges'] = [
    createBridge(first, 1),
    ...others.map((port, index) => createBridge(port, index + 2)),
  ];
  try {
    const furniture = await furnish({
      farSide,
      desk,
      env: { ...env, PORT: String(first) },
      agents,
      conversations,
      tree: options.tree ?? root,
    });
    const leaseSeconds = Number(env.LEASE_SECONDS);
    return { ...furniture, context, database, farSide, desk, bridges, url, front, echo, leaseSeconds, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether a process of ours has come to the database; its sessions are named after it. */
async function hasSession(database: StageDatabase, pid: number): Promise<boolean> {
  const rows = await database.ask(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'desk-bridge:${pid}-%'`,
  );
  return rows.length > 0;
}
