import { type BridgeClient, BridgeError, createBridgeClient } from '../../client/index.js';
import type { Config } from '../../config/config.js';
import type { Finding } from '../ports.js';

const PATIENCE_SECONDS = 20;
/** Longer than the bridge itself waits for the looks at one connection. */
const CHECK_PATIENCE_SECONDS = 200;

/**
 * What a bridge says of itself that has the embedded database for itself: whether it can work, and, to a key
 * of a workspace's operator, how that workspace's connections are.
 */
export async function askRunningBridge(
  config: Pick<Config, 'http'>,
  apiKey: string | undefined,
  checkPatienceSeconds = CHECK_PATIENCE_SECONDS,
): Promise<Finding[]> {
  const baseUrl = `http://${reachable(config.http.host)}:${config.http.port}`;
  const readiness = await askReadiness(baseUrl);
  if (!readiness.ok) return [readiness];
  if (apiKey === undefined || apiKey === '') {
    const hint =
      'Its connections are told to an API key with the scope admin: BRIDGE_API_KEY=adb_… desk-bridge doctor. Without one, stop the bridge and run: desk-bridge key create operator --scope admin';
    return [
      readiness,
      { ok: false, what: 'connections: not looked at, as the bridge has the database', hint },
    ];
  }
  const client = createBridgeClient({ baseUrl, token: apiKey, timeoutSeconds: PATIENCE_SECONDS });
  const patient = createBridgeClient({ baseUrl, token: apiKey, timeoutSeconds: checkPatienceSeconds });
  try {
    return [readiness, ...(await askConnections(client, patient))];
  } finally {
    client.stop();
    patient.stop();
  }
}

async function askReadiness(baseUrl: string): Promise<Finding> {
  const what = `database: in use by a bridge that answers at ${baseUrl} and is ready`;
  const client = createBridgeClient({ baseUrl, timeoutSeconds: PATIENCE_SECONDS });
  try {
    if (await client.ready()) return { ok: true, what };
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    if (error.code === 'not_ready')
      return { ok: false, what, hint: 'It answers, and is not ready: see its log.' };
  } finally {
    client.stop();
  }
  return {
    ok: false,
    what: `database: in use by another process, and no bridge answers at ${baseUrl}`,
    hint: 'Run doctor with the HOST, PORT and DATA_DIR of the bridge that runs, or stop whichever process has the directory.',
  };
}

type Connection = Awaited<ReturnType<BridgeClient['connections']['list']>>['data'][number];

async function askConnections(client: BridgeClient, patient: BridgeClient): Promise<Finding[]> {
  try {
    const { data } = await client.connections.list();
    const living = data.filter(({ status }) => status !== 'disconnected');
    if (living.length === 0) return [NO_CONNECTION];
    // At once: the slow ones are waited for together.
    const findings = await Promise.all(living.map((connection) => askConnection(connection, patient)));
    return findings.flat();
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const what = 'connections: the bridge does not tell them';
    const hint = isOfKey(error)
      ? `It refuses BRIDGE_API_KEY (${error.code}): give one with the scope admin.`
      : `${error.message} (${error.code})`;
    return [{ ok: false, what, hint }];
  }
}

/** What keeps one from being looked at is a finding of its own, and takes nothing from the others. */
async function askConnection(connection: Connection, { connections }: BridgeClient): Promise<Finding[]> {
  const { id, name, status, pausedReason } = connection;
  const paused = status === 'paused' ? [pausedFinding({ id, name, pausedReason })] : [];
  try {
    const checked = await connections.check(id);
    return [...paused, ...checked.findings.map((finding) => aboutConnection(name, finding))];
  } catch (error) {
    // A key that may not look at one may look at none.
    if (!(error instanceof BridgeError) || isOfKey(error)) throw error;
    const isSlow = error.code === 'timeout' || error.code === 'overloaded';
    const what = isSlow ? 'the look at it took too long' : 'the bridge could not look at it';
    const hint = `${error.message} (${error.code}): see the bridge’s log, and run doctor again.`;
    return [...paused, aboutConnection(name, { ok: false, what, hint })];
  }
}

const isOfKey = ({ status }: BridgeError): boolean => status === 401 || status === 403;

export const NO_CONNECTION: Finding = {
  ok: true,
  what: 'connections: none',
  hint: 'desk-bridge connection create wotnot --help',
};

export function pausedFinding(paused: {
  id: string;
  name: string;
  pausedReason?: string | undefined;
}): Finding {
  const hint = `${paused.pausedReason ?? 'no reason'}: desk-bridge connection resume ${paused.id}`;
  return { ok: false, what: `${paused.name} is paused`, hint };
}

export const aboutConnection = (
  where: string,
  { ok, what, hint }: Omit<Finding, 'hint'> & { hint?: string | undefined },
): Finding => ({
  ok,
  what: `${where}: ${what}`,
  ...(hint === undefined ? {} : { hint }),
});

/** What listens on all addresses is asked at this machine's own. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
