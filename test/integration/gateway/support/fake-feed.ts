import type { FactView } from '../../../../src/domain/views.js';
import type { Feed } from '../../../../src/store/feed.js';
import { compareCursors } from '../../../../src/gateway/compare-cursors.js';

interface Row {
  workspaceId: string;
  txid: number;
  position: number;
  view: FactView;
}

export interface Transaction {
  append(workspaceId: string, conversationId: string, view?: Partial<FactView>): void;
  commit(): void;
}

export interface FakeFeed extends Pick<Feed, 'readAfter' | 'follow' | 'head'> {
  begin(): Transaction;
  /** One fact in a transaction of its own. */
  commit(workspaceId: string, conversationId: string, view?: Partial<FactView>): void;
  /** Every cursor of the workspace, in order. */
  cursors(workspaceId: string): string[];
  /** Answers only after so long; chosen anew for every read. */
  delay: () => number;
  reads: number;
  /** What the database of another time would say. */
  restored: boolean;
}

/** A feed in memory that follows the real one's rules: ordered by transaction, told only when settled. */
export function createFakeFeed(onCommit: (workspaceIds: string[]) => void): FakeFeed {
  const rows: Row[] = [];
  const running = new Set<number>();
  const seqs = new Map<string, number>();
  let txid = 100;
  let position = 0;
  const before = (a: Row, b: Row): number => a.txid - b.txid || a.position - b.position;
  const cursorOf = (row: Row): string => `${row.txid}.${row.position}`;
  const settledBelow = (): number => Math.min(txid + 1, ...running);
  const pause = async (): Promise<void> => {
    const milliseconds = feed.delay();
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
  };

  const feed: FakeFeed = {
    delay: () => 0,
    reads: 0,
    restored: false,
    async readAfter(scope, cursor, limit) {
      feed.reads += 1;
      await pause();
      if (feed.restored || Number(cursor.split('.')[0]) > txid) return { outcome: 'start_afresh' };
      const found = rows
        .filter((row) => row.workspaceId === scope.workspaceId && compareCursors(cursorOf(row), cursor) > 0)
        .sort(before)
        .slice(0, limit);
      const unsettled = found.findIndex((row) => row.txid >= settledBelow());
      const settled = unsettled === -1 ? found : found.slice(0, unsettled);
      const last = settled.at(-1);
      const reading = {
        outcome: 'read' as const,
        facts: settled.map((row) => ({ ...row.view, cursor: cursorOf(row) })),
        cursor: last === undefined ? cursor : cursorOf(last),
        held: unsettled !== -1,
        more: settled.length === limit,
      };
      // The answer travels, too: what was read may be old by the time it arrives.
      await pause();
      return reading;
    },
    follow: (scope, cursor, limit) => feed.readAfter(scope, cursor, limit),
    async head(scope) {
      await pause();
      const settled = rows
        .filter((row) => row.workspaceId === scope.workspaceId && row.txid < settledBelow())
        .sort(before);
      const last = settled.at(-1);
      return last === undefined ? '0.0' : cursorOf(last);
    },
    begin() {
      txid += 1;
      const own = txid;
      const written: Row[] = [];
      running.add(own);
      return {
        append(workspaceId, conversationId, view = {}) {
          position += 1;
          const seq = (seqs.get(conversationId) ?? 0) + 1;
          seqs.set(conversationId, seq);
          written.push({
            workspaceId,
            txid: own,
            position,
            view: {
              cursor: '',
              conversationId,
              seq,
              type: 'labels.changed',
              occurredAt: new Date(0),
              data: { labels: [workspaceId] },
              ...view,
            },
          });
        },
        commit() {
          rows.push(...written);
          running.delete(own);
          onCommit([...new Set(written.map((row) => row.workspaceId))]);
        },
      };
    },
    commit(workspaceId, conversationId, view) {
      const transaction = feed.begin();
      transaction.append(workspaceId, conversationId, view);
      transaction.commit();
    },
    cursors: (workspaceId) =>
      rows
        .filter((row) => row.workspaceId === workspaceId)
        .sort(before)
        .map(cursorOf),
  };
  return feed;
}
