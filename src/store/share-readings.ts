import type { FactView } from '../domain/views.js';
import type { WorkspaceScope } from './scope.js';

export type FeedReading =
  /** `more`: come again at once; there may be nothing then. */
  | { outcome: 'read'; facts: FactView[]; cursor: string; held: boolean; more: boolean }
  | { outcome: 'start_afresh' };

type Read = (scope: WorkspaceScope, cursor: string, limit: number) => Promise<FeedReading>;

/** Facts that follow each other without a gap: nothing can appear before the last of them any more. */
interface Chain {
  from: string;
  facts: FactView[];
}

/** So many workspaces, and facts of each, are remembered: enough for whoever is a few batches behind. */
const MOST_WORKSPACES = 16;
const MOST_FACTS = 400;

/**
 * Screens and each desk follow the same facts, a moment apart: what one of them has read is given to the others from
 * memory. What is settled never changes its place, so a reading is as true later.
 */
export function shareReadings(read: Read): Read {
  const chains = new Map<string, Chain>();
  const underWay = new Map<string, Promise<FeedReading>>();

  const remembered = (workspaceId: string, cursor: string, limit: number): FactView[] => {
    const chain = chains.get(workspaceId);
    if (chain === undefined) return [];
    if (cursor === chain.from) return chain.facts.slice(0, limit);
    const at = chain.facts.findLastIndex((fact) => fact.cursor === cursor);
    return at === -1 ? [] : chain.facts.slice(at + 1, at + 1 + limit);
  };

  const remember = (workspaceId: string, from: string, facts: readonly FactView[]): void => {
    if (facts.length === 0) return;
    const before = chains.get(workspaceId);
    const end = before?.facts.at(-1)?.cursor;
    // Whoever reads what is long past displaces nothing.
    if (end !== undefined && end !== from && isAfter(end, from)) return;
    const chain: Chain =
      before !== undefined && end === from
        ? { from: before.from, facts: [...before.facts, ...facts] }
        : { from, facts: [...facts] };
    const gone = chain.facts.splice(0, chain.facts.length - MOST_FACTS).at(-1);
    chains.delete(workspaceId);
    chains.set(workspaceId, gone === undefined ? chain : { from: gone.cursor, facts: chain.facts });
    for (const [oldest] of chains) {
      if (chains.size <= MOST_WORKSPACES) break;
      chains.delete(oldest);
    }
  };

  return async (scope, cursor, limit) => {
    const { workspaceId } = scope;
    const known = remembered(workspaceId, cursor, limit);
    const last = known.at(-1);
    if (last !== undefined)
      return { outcome: 'read', facts: known, cursor: last.cursor, held: false, more: true };
    const key = `${workspaceId} ${cursor} ${limit}`;
    const same = underWay.get(key);
    if (same !== undefined) return same;
    const reading = read(scope, cursor, limit);
    underWay.set(key, reading);
    try {
      const done = await reading;
      if (done.outcome === 'read') remember(workspaceId, cursor, done.facts);
      return done;
    } finally {
      underWay.delete(key);
    }
  };
}

function isAfter(one: string, other: string): boolean {
  const [txid = '', position = ''] = one.split('.');
  const [otherTxid = '', otherPosition = ''] = other.split('.');
  return txid === otherTxid ? BigInt(position) > BigInt(otherPosition) : BigInt(txid) > BigInt(otherTxid);
}
