import type { Fact } from '../contract/facts.js';
import { compareCursors, isCursor } from './compare-cursors.js';
import { cut, type Listener } from './listener.js';
import type { WorkspaceReader } from './read-workspace.js';

const RETRY_MS = 500;

export type CatchUpPage =
  | { outcome: 'read'; facts: Fact[]; cursor: string; reader: string | undefined }
  | { outcome: 'start_afresh' };

export interface CatchUpSource {
  reader: WorkspaceReader;
  /**
   * Settled facts after the cursor, in order. `reader` says where the reader stood when the page began to be
   * read: up to there all was settled, and what the page does not hold is not there.
   */
  page(cursor: string): Promise<CatchUpPage>;
  limits: { stallSeconds: number; catchUpFacts: number };
  failed(error: unknown): void;
  isStopping(): boolean;
}

/**
 * Brings a listener from its cursor to where the workspace's reader stands, and calls `goLive` in the same
 * tick in which both are equal: what the reader told before came from here, what it tells later it tells
 * itself. A page is sent when the one before it has left.
 */
export async function catchUp(listener: Listener, source: CatchUpSource, goLive: () => void): Promise<void> {
  const { socket } = listener;
  const { reader, limits } = source;
  let sent = 0;

  const send = (facts: Fact[], cursor: string): void => {
    for (const fact of facts) socket.emit('fact', fact);
    sent += facts.length;
    listener.cursor = cursor;
  };
  const startAfresh = (cursor: string): void => {
    listener.cursor = cursor;
    socket.emit('start-afresh', { cursor });
  };

  while (socket.connected && !source.isStopping()) {
    if (!(await listener.buffer.drained(limits.stallSeconds))) {
      if (socket.connected) cut(listener, 'too_slow');
      return;
    }
    const head = reader.cursor;
    if (head === undefined) {
      await reader.looked();
      continue;
    }
    // From here to the next await nothing is told by the reader.
    const cursor = listener.cursor ?? head;
    if (!isCursor(cursor) || sent > limits.catchUpFacts) startAfresh(head);
    else if (compareCursors(cursor, head) < 0) {
      const remembered = reader.recent.after(cursor);
      if (remembered === undefined) {
        try {
          const page = await source.page(cursor);
          if (page.outcome === 'start_afresh') startAfresh(reader.cursor ?? head);
          else if (page.cursor === cursor) send([], later(cursor, page.reader));
          else send(page.facts, page.cursor);
        } catch (error) {
          source.failed(error);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
        continue;
      }
      send(remembered, head);
      if (listener.buffer.waiting() > 0 && remembered.length > 50) continue;
    } else if (compareCursors(cursor, head) > 0) {
      // It has read further than the reader, as on another process, or comes from another time.
      await reader.looked();
      const reached = reader.cursor;
      if (reached !== undefined && compareCursors(cursor, reached) > 0)
        await judgeAhead(cursor, source, startAfresh);
      continue;
    }
    if (!socket.connected) return;
    listener.cursor = reader.cursor;
    goLive();
    return;
  }
}

const later = (a: string, b: string | undefined): string =>
  b === undefined || compareCursors(a, b) > 0 ? a : b;

/** A cursor beyond all that is known: the feed says whether it is of this time. */
async function judgeAhead(
  cursor: string,
  source: CatchUpSource,
  startAfresh: (cursor: string) => void,
): Promise<void> {
  const { reader } = source;
  try {
    const page = await source.page(cursor);
    await reader.looked();
    const reached = reader.cursor;
    if (reached === undefined) return;
    if (page.outcome === 'start_afresh' || compareCursors(cursor, reached) > 0) startAfresh(reached);
  } catch (error) {
    source.failed(error);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
