import { readFileSync } from 'node:fs';
import type { BenchDatabase } from './bench-database.js';

/** Linux counts in hundredths of a second. */
const TICK_MILLISECONDS = 10;

/** Milliseconds of processor time that a process has used so far, its threads together; 0 when it is gone. */
function processorMilliseconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MILLISECONDS;
  } catch {
    return 0;
  }
}

/** What the server has worked for one database; NaN when it runs on another machine. */
async function serverMilliseconds(database: BenchDatabase): Promise<number> {
  if (database.kind === 'embedded') return 0;
  const backends = await database.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  const times = backends.map(({ pid }) => processorMilliseconds(pid));
  return times.length > 0 && times.every((time) => time === 0)
    ? Number.NaN
    : times.reduce((sum, time) => sum + time, 0);
}

/** @returns what has been spent from here on, for each of so many messages: a busy machine changes it little */
export async function costSoFar(pid: number | undefined, database: BenchDatabase) {
  const [process, server] = [processorMilliseconds(pid), await serverMilliseconds(database)];
  return async (messages: number) => ({
    processMilliseconds: (processorMilliseconds(pid) - process) / messages,
    serverMilliseconds: ((await serverMilliseconds(database)) - server) / messages,
  });
}
