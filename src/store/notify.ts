import pg from 'pg';
import type { LocalNudges, NudgeTopic } from './nudges.js';
import { CALLING_STATEMENT, type Callers, COUNT_CALLERS_STATEMENT, PRESENT_STATEMENT } from './presence.js';

const CHANNEL = 'desk_bridge';
/** NOTIFY refuses payloads of 8,000 bytes and more. */
const PAYLOAD_BYTES = 7_000;
const PEER_CHECK_MILLISECONDS = 2_000;
const RECONNECT_MILLISECONDS = 1_000;

const TOPICS: readonly NudgeTopic[] = [
  'projection',
  'delivery',
  'facts',
  'following',
  'access',
  'connections',
];

export interface NotifyOptions {
  url: string;
  /** `desk-bridge:<instance>`: how processes of one installation see each other. */
  applicationName: string;
  nudges: LocalNudges;
  /** Topics that this process does not look after itself, beside those that concern every process. */
  carried: readonly NudgeTopic[];
  /** Whether this process calls outside accounts. */
  calls: boolean;
  callers: Callers;
  log: (event: 'listening' | 'lost', detail?: string) => void;
}

/**
 * Carries nudges between processes by LISTEN and NOTIFY: batched, after the commit (a NOTIFY inside a
 * transaction makes commits wait for each other), and only while other processes are connected. Its connection
 * is also what shows the others that this process lives.
 */
export function startNotify(options: NotifyOptions): { stop(): Promise<void> } {
  let client: pg.Client | undefined;
  let stopped = false;
  let peers = false;
  let sending = false;
  let reconnect: NodeJS.Timeout | undefined;
  const waiting = new Map<NudgeTopic, Map<string, unknown>>();

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: 2_000,
      query_timeout: 5_000,
      keepAlive: true,
    });
    next.on('error', () => {
      lose(next, 'error');
    });
    next.on('end', () => {
      lose(next, 'end');
    });
    next.on('notification', (message) => {
      receive(message.payload ?? '');
    });
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANNEL}`);
      await next.query(PRESENT_STATEMENT, [options.applicationName]);
      if (options.calls) await next.query(CALLING_STATEMENT, [options.applicationName]);
    } catch {
      void next.end().catch(() => undefined);
      retry();
      return;
    }
    if (stopped) {
      await next.end().catch(() => undefined);
      return;
    }
    client = next;
    options.log('listening');
    await lookForPeers();
  };

  const lose = (lost: pg.Client, why: string): void => {
    if (client !== lost) return;
    client = undefined;
    if (stopped) return;
    options.log('lost', why);
    void lost.end().catch(() => undefined);
    retry();
  };

  const retry = (): void => {
    if (stopped || reconnect !== undefined) return;
    reconnect = setTimeout(() => {
      reconnect = undefined;
      void connect();
    }, RECONNECT_MILLISECONDS);
  };

  /** Also finds out that a connection has died without a word: the query's deadline ends it. */
  const lookForPeers = async (): Promise<void> => {
    const asked = client;
    if (asked === undefined) return;
    try {
      const result = await asked.query<{ others: string }>(
        `SELECT count(DISTINCT application_name) AS others FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'desk-bridge:%' AND application_name <> $1`,
        [options.applicationName],
      );
      peers = Number(result.rows[0]?.others ?? 0) > 0;
      const { rows } = await asked.query<{ callers: number }>(COUNT_CALLERS_STATEMENT);
      options.callers.note(rows[0]?.callers ?? 1);
    } catch {
      lose(asked, 'no answer');
    }
  };

  const flush = async (): Promise<void> => {
    if (sending || client === undefined) return;
    sending = true;
    try {
      while (waiting.size > 0 && client !== undefined) {
        const payloads = [...waiting].flatMap(([topic, items]) => pack(topic, [...items.values()]));
        waiting.clear();
        await client.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [
          CHANNEL,
          payloads,
        ]);
      }
    } catch {
      // The receivers' sweeps find it.
    } finally {
      sending = false;
    }
  };

  const receive = (payload: string): void => {
    try {
      const { from, topic, items } = JSON.parse(payload) as {
        from: string;
        topic: NudgeTopic;
        items: unknown[];
      };
      if (from === options.applicationName || !TOPICS.includes(topic) || !Array.isArray(items)) return;
      options.nudges.receive(topic, items);
    } catch {
      // Not one of ours.
    }
  };

  const pack = (topic: NudgeTopic, items: unknown[]): string[] => {
    const payload = JSON.stringify({ from: options.applicationName, topic, items });
    if (items.length <= 1 || Buffer.byteLength(payload) < PAYLOAD_BYTES) return [payload];
    const half = Math.ceil(items.length / 2);
    return [...pack(topic, items.slice(0, half)), ...pack(topic, items.slice(half))];
  };

  options.nudges.carryWith({
    carry(topic, items) {
      const everyone = topic === 'facts' || topic === 'access' || topic === 'connections';
      if (!peers || (!everyone && !options.carried.includes(topic))) return;
      const known = waiting.get(topic) ?? new Map<string, unknown>();
      for (const item of items) known.set(JSON.stringify(item), item);
      waiting.set(topic, known);
      void flush();
    },
  });
  const timer = setInterval(() => void lookForPeers(), PEER_CHECK_MILLISECONDS);
  void connect();

  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(reconnect);
      options.nudges.carryWith(undefined);
      const last = client;
      client = undefined;
      await last?.end().catch(() => undefined);
    },
  };
}
