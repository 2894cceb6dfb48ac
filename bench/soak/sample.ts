import { readdirSync, readFileSync } from 'node:fs';
import type { BenchDatabase } from '../support/bench-database.js';

/** What a process holds and its database weighs, at one moment. */
export interface Sample {
  seconds: number;
  numbers: Record<string, number>;
}

/** Tables that are cleared of what is old: they stay as they are. The others hold what stays. */
export const CLEARED = ['inbound_events', 'inbound_keys', 'deliveries', 'attempts', 'idempotency_keys'];
const GROWING = ['messages', 'conversation_events', 'conversations', 'lanes'];

export async function takeSample(
  database: BenchDatabase,
  pid: number,
  applicationName: string,
  seconds: number,
): Promise<Sample> {
  const numbers: Record<string, number> = {
    'RSS, MB': residentMegabytes(pid),
    'file handles': readdirSync(`/proc/${pid}/fd`).length,
  };
  if (database.kind === 'server') {
    const [row] = await database.query<{ connections: number; stuck: number }>(
      `SELECT count(*)::int AS connections,
         count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '5 seconds')::int AS stuck
       FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1`,
      [`${applicationName}%`],
    );
    numbers['pool slots'] = row?.connections ?? 0;
    numbers['slots stuck'] = row?.stuck ?? 0;
    for (const table of [...CLEARED, ...GROWING]) {
      const [size] = await database.query<{ kilobytes: number; rows: number }>(
        `SELECT (pg_total_relation_size('${table}') / 1024)::int AS kilobytes, count(*)::int AS rows FROM ${table}`,
      );
      numbers[`${table}, kB`] = size?.kilobytes ?? 0;
      numbers[`${table}, rows`] = size?.rows ?? 0;
    }
  }
  return { seconds, numbers };
}

function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? Number.NaN) / 1_024);
}
