type Listener = () => void;

export interface Feed {
  /** Call `listener` when anything about the conversation has changed; returns the way to stop. */
  watch(conversationId: string, listener: Listener): () => void;
  changed(conversationId: string): void;
  /** Who types at this moment, if anyone. Not stored. */
  typing(conversationId: string): string | null;
  setTyping(conversationId: string, who: string | null): void;
  onStop(listener: Listener): () => void;
  stop(): void;
}

/** Tells the visitors' pages that there is something new; what it is they read from the records. */
export function createFeed(): Feed {
  const listeners = new Map<string, Set<Listener>>();
  const typists = new Map<string, string>();
  const atStop = new Set<Listener>();
  const changed = (conversationId: string): void => {
    for (const listener of [...(listeners.get(conversationId) ?? [])]) listener();
  };
  return {
    watch(conversationId, listener) {
      const group = listeners.get(conversationId) ?? new Set<Listener>();
      group.add(listener);
      listeners.set(conversationId, group);
      return () => {
        group.delete(listener);
        if (group.size === 0) listeners.delete(conversationId);
      };
    },
    changed,
    typing: (conversationId) => typists.get(conversationId) ?? null,
    setTyping(conversationId, who) {
      if (who === null) typists.delete(conversationId);
      else typists.set(conversationId, who);
      changed(conversationId);
    },
    onStop(listener) {
      atStop.add(listener);
      return () => atStop.delete(listener);
    },
    stop() {
      for (const listener of [...atStop]) listener();
      atStop.clear();
      listeners.clear();
      typists.clear();
    },
  };
}
