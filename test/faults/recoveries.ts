import { waitFor } from '../support/wait-for.js';
import type { Receipt } from './checker.js';
import type { Driver } from './driver.js';
import type { HistoryLine, Saying } from './history.js';
import { wordsOf } from './sayings.js';
import type { Stage } from './stage/stage.js';

/** How the name of a fault ends that is not met by another before what it held up has arrived. */
export const ALONE = ', alone';

export interface Recoveries {
  calm: number[];
  inDoubt: number[];
  alone: number[];
}

/**
 * From each fault to the next delivery in order, lane by lane: of what was acknowledged before the fault and had not
 * arrived by then. `inDoubt`: lanes in which something was in doubt at that fault, by its name; these wait for an
 * echo, or for the time in which one would have come.
 * @returns milliseconds; `alone`: of faults that were alone, whatever was in doubt
 */
export function recoveriesOf(
  history: readonly HistoryLine[],
  outReceipts: readonly Receipt[],
  steadyOffset: number,
  inDoubt: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): Recoveries {
  const arrivals = new Map<string, number>();
  for (const receipt of outReceipts) keepFirst(arrivals, receipt, receipt.at - steadyOffset);
  for (const line of history)
    if (line.type === 'told' && line.as === 'received') keepFirst(arrivals, line, line.at);
  const taken = history.flatMap((line) => {
    if (line.type !== 'ok') return [];
    const arrivedAt = arrivals.get(wordsOf(line));
    return arrivedAt === undefined
      ? []
      : [{ line, arrivedAt, lane: `${line.direction} ${line.conversation}` }];
  });
  const found: Recoveries = { calm: [], inDoubt: [], alone: [] };
  for (const fault of history) {
    if (fault.type !== 'fault') continue;
    const next = new Map<string, number>();
    for (const { line, arrivedAt, lane } of taken) {
      if (line.at >= fault.at || arrivedAt <= fault.at) continue;
      next.set(lane, Math.min(next.get(lane) ?? arrivedAt, arrivedAt));
    }
    for (const [lane, at] of next) {
      const isDoubtful = inDoubt.get(fault.what)?.has(lane) === true;
      (isDoubtful ? found.inDoubt : found.calm).push(at - fault.at);
      if (fault.what.endsWith(ALONE)) found.alone.push(at - fault.at);
    }
  }
  return found;
}

function keepFirst(arrivals: Map<string, number>, saying: Saying, at: number): void {
  const key = wordsOf(saying);
  arrivals.set(key, Math.min(arrivals.get(key) ?? at, at));
}

/** Waits until everything that had been acknowledged when it was called has arrived; in vain is an answer too. */
export async function untilArrived(stage: Stage, driver: Driver, seconds: number): Promise<void> {
  const { lines } = driver.history;
  const owed = new Set(lines.flatMap((line) => (line.type === 'ok' ? [wordsOf(line)] : [])));
  let read = 0;
  let received = 0;
  const look = (): boolean => {
    for (; read < lines.length; read += 1) {
      const line = lines[read];
      if (line?.type === 'told' && line.as === 'received') owed.delete(wordsOf(line));
    }
    const receipts = stage.farSide.log.receipts();
    for (; received < receipts.length; received += 1) owed.delete(receipts[received]?.text ?? '');
    return owed.size === 0;
  };
  await waitFor('what was acknowledged to arrive', look, seconds).catch(() => undefined);
}

/** The value below which that part of them lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
