import { type BridgeClient, BridgeError, createBridgeClient } from '../../client/index.js';
import type { Config } from '../../config/config.js';
import type { Finding } from '../ports.js';

const PATIENCE_SECONDS = 20;

/**
 * What a bridge says of itself that has the embedded database for itself: whether it can work, and, to a key
 * of a workspace's operator, how that workspace's connections are.
 */
export async function askRunningBridge(config: Config, apiKey: string | undefined): Promise<Finding[]> {
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
  try {
    return [readiness, ...(await askConnections(client))];
  } finally {
    client.stop();
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

async function askConnections({ connections }: BridgeClient): Promise<Finding[]> {
  try {
    const { data } = await connections.list();
    const living = data.filter(({ status }) => status !== 'disconnected');
    const findings: Finding[] = [];
    for (const { id, name, status, pausedReason } of living) {
      if (status === 'paused') findings.push(pausedFinding({ id, name, pausedReason }));
      const checked = await connections.check(id);
      findings.push(...checked.findings.map((finding) => aboutConnection(name, finding)));
    }
    return living.length === 0 ? [NO_CONNECTION] : findings;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const what = 'connections: the bridge does not tell them';
    const isKey = error.status === 401 || error.status === 403;
    const hint = isKey
      ? `It refuses BRIDGE_API_KEY (${error.code}): give one with the scope admin.`
      : `${error.message} (${error.code})`;
    return [{ ok: false, what, hint }];
  }
}

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
