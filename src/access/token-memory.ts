import type { Nudges } from '../store/nudges.js';
import type { Authentication } from './access.js';

const REMEMBERED_MILLISECONDS = 2_000;

/** What was answered about a token, for two seconds at the most. */
export interface TokenMemory {
  /** The remembered answer, or a fresh one; look-ups of one token at the same time share one. */
  recall(hash: string, workspaceId: string, lookUp: () => Promise<Authentication>): Promise<Authentication>;
  /** Everything about a workspace's tokens. */
  forget(workspaceId: string): void;
}

interface Remembered {
  workspaceId: string;
  until: number;
  answer: Promise<Authentication>;
}

export function createTokenMemory(options: {
  nudges: Pick<Nudges, 'on'>;
  most: number;
  now: () => number;
}): TokenMemory {
  const known = new Map<string, Remembered>();

  function forget(workspaceId: string): void {
    for (const [hash, remembered] of known) if (remembered.workspaceId === workspaceId) known.delete(hash);
  }
  options.nudges.on('access', (workspaceIds) => {
    for (const workspaceId of new Set(workspaceIds)) forget(workspaceId);
  });

  return {
    forget,
    recall(hash, workspaceId, lookUp) {
      const remembered = known.get(hash);
      if (remembered !== undefined && remembered.until > options.now()) return remembered.answer;
      // Counted from before the look-up, and put in place before it answers: a nudge that comes while the
      // database is asked takes the answer away with the rest.
      const entry = { workspaceId, until: options.now() + REMEMBERED_MILLISECONDS, answer: lookUp() };
      known.delete(hash);
      known.set(hash, entry);
      if (known.size > options.most) dropOldest(known);
      entry.answer.catch(() => {
        if (known.get(hash) === entry) known.delete(hash);
      });
      return entry.answer;
    },
  };
}

/** Every answer lives equally long, so the order of a Map is the order of age. */
function dropOldest(known: Map<string, Remembered>): void {
  const oldest = known.keys().next();
  if (!oldest.done) known.delete(oldest.value);
}
