import { signal } from '@preact/signals';
import type { Fact } from '../../src/contract/index.js';
import type { Connectedness } from './bridge.js';

/** well: nothing to tell · caught-up: it was away and everything has been told since, which is told for a moment. */
export type LinePhase = 'well' | 'connecting' | 'lost' | 'catching-up' | 'caught-up';

export interface Line {
  phase: LinePhase;
  /** When it broke, in milliseconds since 1970; 0 when it has not stood yet. */
  since: number;
  /** What contacts wrote while it was away; undefined when nobody can count it. */
  missed: number | undefined;
}

/** A blink of the line is nobody's concern. */
const BLINK_MS = 1_200;
const GOOD_NEWS_MS = 5_000;

/** What an agent is told of the line to the bridge: when it is away for longer than a blink, and when all is told. */
export function createLine() {
  const line = signal<Line>({ phase: 'well', since: 0, missed: 0 });
  let state: Connectedness = 'connecting';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isTold = (): boolean => line.value.phase !== 'well' && line.value.phase !== 'caught-up';
  const show = (next: Partial<Line>): void => {
    clearTimeout(timer);
    timer = undefined;
    line.value = { ...line.value, ...next };
  };

  function become(next: Connectedness): void {
    if (state === 'live' && next !== 'live') line.value = { ...line.value, since: Date.now(), missed: 0 };
    state = next;
    if (next === 'signed-out') return show({ phase: 'well' });
    if (isTold()) return show({ phase: phaseOf(next) });
    if (next === 'live') return line.value.phase === 'well' ? show({}) : undefined;
    if (line.value.phase === 'caught-up') show({ phase: 'well' });
    timer ??= setTimeout(() => show({ phase: phaseOf(state) }), BLINK_MS);
  }

  become('connecting');
  return {
    line,
    become,
    /** The line is live, and what the screen shows has been read again. */
    settled: () => {
      if (state !== 'live' || !isTold()) return;
      // The first connection was slow, and nothing was lost.
      if (line.value.since === 0) return show({ phase: 'well' });
      show({ phase: 'caught-up' });
      timer = setTimeout(() => show({ phase: 'well' }), GOOD_NEWS_MS);
    },
    hear: (fact: Fact) => {
      const { missed } = line.value;
      if (state === 'live' || missed === undefined || fact.type !== 'message.received') return;
      if (fact.data.message.author.type === 'contact') line.value = { ...line.value, missed: missed + 1 };
    },
    /** Facts were left out: what was missed is on the screen, and not counted. */
    loseCount: () => {
      line.value = { ...line.value, missed: undefined };
    },
    stop: () => clearTimeout(timer),
  };
}

function phaseOf(state: Connectedness): LinePhase {
  switch (state) {
    case 'connecting':
      return 'connecting';
    case 'reconnecting':
      return 'lost';
    // Live, and what is on the screen is still being read again.
    case 'catching-up':
    case 'live':
      return 'catching-up';
    case 'signed-out':
      return 'well';
  }
}
