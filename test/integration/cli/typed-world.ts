import type { World } from '../../../src/cli/world.js';
import { createApp } from '../../../src/app.js';

export interface TypedWorld extends World {
  printed: string[];
  complained: string[];
  exits: number[];
  /** As Ctrl-C or an orchestrator would. */
  signal(name: string): void;
}

/** A terminal that is written down, before the real app on a real database. */
export function createTypedWorld(env: Record<string, string>, options: Partial<World> = {}): TypedWorld {
  const listeners = new Set<(signal: string) => void>();
  const printed: string[] = [];
  const complained: string[] = [];
  const exits: number[] = [];
  return {
    env,
    printed,
    complained,
    exits,
    print: (text) => printed.push(text),
    complain: (text) => complained.push(text),
    readInput: async () => '',
    askSecret: async () => undefined,
    onStopSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onSurprise: () => () => undefined,
    exit: (code) => exits.push(code),
    openBridge: createApp,
    signal: (name) => {
      for (const listener of listeners) listener(name);
    },
    ...options,
  };
}
