import type { Connection } from '../../src/contract/index.js';

interface Standing {
  words: string;
  mood: 'good' | 'slow' | 'bad';
}

/** A lag below this is the ordinary to and fro. */
const SLOW_SECONDS = 60;

/** How it stands with a connection, in a word: the worst that is true of it. */
export function standingOf({ status, health, registrationOwedAt }: Connection): Standing {
  if (status === 'disconnected') return { words: 'Disconnected', mood: 'bad' };
  if (status === 'paused') return { words: 'Paused', mood: 'bad' };
  if (health?.breaker === 'open') return { words: 'Failing', mood: 'bad' };
  if (registrationOwedAt !== undefined) return { words: 'No webhook yet', mood: 'slow' };
  if ((health?.oldestWaitingSeconds ?? 0) >= SLOW_SECONDS) return { words: 'Behind', mood: 'slow' };
  if ((health?.uncertain ?? 0) > 0) return { words: 'Asks', mood: 'slow' };
  return { words: 'Working', mood: 'good' };
}
