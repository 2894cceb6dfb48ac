import type { Receipt } from './checker.js';
import type { HistoryLine } from './history.js';

/**
 * From each fault to the next delivery in order, lane by lane: of what was acknowledged before the fault and had not
 * arrived by then. `exceptAt`: lanes in which something was in doubt at that fault, by its name; these wait for an
 * echo, or for the time in which one would have come.
 * @returns milliseconds
 */
export function recoveriesOf(
  history: readonly HistoryLine[],
  outReceipts: readonly Receipt[],
  steadyOffset: number,
  inDoubt: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): { calm: number[]; inDoubt: number[] } {
  const arrivals = new Map<string, number>();
  for (const receipt of outReceipts) keepFirst(arrivals, receipt, receipt.at - steadyOffset);
  for (const line of history)
    if (line.type === 'told' && line.as === 'received') keepFirst(arrivals, line, line.at);
  const taken = history.flatMap((line) => {
    if (line.type !== 'ok') return [];
    const arrivedAt = arrivals.get(keyOf(line));
    return arrivedAt === undefined
      ? []
      : [{ line, arrivedAt, lane: `${line.direction} ${line.conversation}` }];
  });
  const found: { calm: number[]; inDoubt: number[] } = { calm: [], inDoubt: [] };
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
    }
  }
  return found;
}

function keepFirst(
  arrivals: Map<string, number>,
  saying: { direction: string; conversation: string; n: number },
  at: number,
): void {
  const key = keyOf(saying);
  arrivals.set(key, Math.min(arrivals.get(key) ?? at, at));
}

const keyOf = ({
  direction,
  conversation,
  n,
}: {
  direction: string;
  conversation: string;
  n: number;
}): string => `${direction} ${conversation} ${n}`;

/** The value below which that part of them lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
