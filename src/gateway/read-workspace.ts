import type { Fact } from '../contract/facts.js';
import type { FactView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import { compareCursors } from './compare-cursors.js';
import type { WrittenFacts } from '../store/written-facts.js';
import type { GatewayDeps } from './ports.js';
import { presentFacts } from './present-facts.js';
import { type RecentFacts, rememberFacts } from './remember-facts.js';

export const PAGE = 200;
/** Something newer waits for an older transaction: it is over in a moment, or the sweep finds it. */
const HELD_PAUSES_MS = [3, 3, 3, 3, 5, 5, 10, 10, 20, 20, 40, 40, 80, 80];

export interface WorkspaceReader {
  /** Everything up to here was handed to `tell`; undefined until the first look. */
  readonly cursor: string | undefined;
  /** What was told last, for those who missed a little. */
  readonly recent: RecentFacts;
  /** Looks for new facts; many calls at once make one look more at the most. */
  look(): void;
  /**
   * Facts that were just committed: told without a look if nothing comes between them and what was told.
   * @returns whether they were
   */
  take(written: WrittenFacts): boolean;
  /** Resolves after a look that began after this call. */
  looked(): Promise<void>;
  stop(): void;
}

/** The one reader of a workspace in this process: reads each fact once, presents it once, tells it in order. */
export function readWorkspace(
  deps: Pick<GatewayDeps, 'feed' | 'signUrl' | 'telemetry'>,
  scope: WorkspaceScope,
  tell: { facts(facts: Fact[]): void; startAfresh(cursor: string): void },
): WorkspaceReader {
  const { workspaceId } = scope;
  const recent = rememberFacts();
  let cursor: string | undefined;
  let running = false;
  let wanted = false;
  let stopped = false;
  let held = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: (() => void)[] = [];

  const tellUpTo = (views: FactView[], to: string, from: string): void => {
    const facts = presentFacts(deps, scope, views);
    const reached = compareCursors(to, from) > 0 ? to : from;
    cursor = reached;
    if (facts.length === 0) return;
    recent.add(facts, reached);
    // In one go: whoever joins does so before or after all of them.
    tell.facts(facts);
  };

  const readOnce = async (): Promise<'more' | 'held' | 'done'> => {
    if (cursor === undefined) {
      cursor = await deps.feed.head(scope);
      recent.startAt(cursor);
      return 'done';
    }
    const reading = await deps.feed.follow(scope, cursor, PAGE);
    if (stopped) return 'done';
    if (reading.outcome === 'start_afresh') {
      cursor = await deps.feed.head(scope);
      recent.startAt(cursor);
      tell.startAfresh(cursor);
      return 'done';
    }
    tellUpTo(reading.facts, reading.cursor, cursor);
    if (reading.more) return 'more';
    return reading.held ? 'held' : 'done';
  };

  const run = async (): Promise<void> => {
    running = true;
    try {
      while (wanted && !stopped) {
        wanted = false;
        const waitingNow = waiting;
        waiting = [];
        let outcome: 'more' | 'held' | 'done';
        try {
          do outcome = await readOnce();
          while (outcome === 'more' && !stopped);
        } catch (error) {
          deps.telemetry.failed({ during: 'read-workspace', workspaceId, error });
          waiting.push(...waitingNow);
          return;
        }
        for (const resolve of waitingNow) resolve();
        if (outcome === 'held') lookAgain();
        else held = 0;
      }
    } finally {
      running = false;
    }
  };

  const lookAgain = (): void => {
    const pause = HELD_PAUSES_MS[held];
    held += 1;
    if (pause === undefined || stopped) return;
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  };

  const look = (): void => {
    wanted = true;
    if (!running && !stopped) void run();
  };

  return {
    get cursor() {
      return cursor;
    },
    recent,
    look() {
      // A nudge or a sweep begins the short looks anew.
      held = 0;
      look();
    },
    take(written) {
      // While a look is under way it may have read these too.
      if (stopped || running || cursor === undefined || compareCursors(written.after, cursor) > 0)
        return false;
      if (compareCursors(written.cursor, cursor) > 0) tellUpTo(written.facts, written.cursor, cursor);
      return true;
    },
    looked() {
      if (stopped) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
        look();
      });
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
}
