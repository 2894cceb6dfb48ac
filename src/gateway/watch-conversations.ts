import { type Listener, workspaceOf } from './listener.js';

const MOST = 50;

/** Who watches which conversation; it is not stored and does not leave this process. */
export interface ConversationWatchers {
  watch(listener: Listener, conversationId: string): void;
  unwatch(listener: Listener, conversationId: string): void;
  leave(listener: Listener): void;
  isWatching(listener: Listener, conversationId: string): boolean;
  others(listener: Listener, conversationId: string): Listener[];
}

export function watchConversations(): ConversationWatchers {
  const watchers = new Map<string, Set<Listener>>();
  const keyOf = (listener: Listener, conversationId: string): string =>
    `${workspaceOf(listener)}/${conversationId}`;

  const unwatch = (listener: Listener, conversationId: string): void => {
    listener.watching.delete(conversationId);
    const key = keyOf(listener, conversationId);
    const watching = watchers.get(key);
    watching?.delete(listener);
    if (watching?.size === 0) watchers.delete(key);
  };

  return {
    unwatch,
    watch(listener, conversationId) {
      listener.watching.delete(conversationId);
      listener.watching.add(conversationId);
      const key = keyOf(listener, conversationId);
      const watching = watchers.get(key) ?? new Set();
      watching.add(listener);
      watchers.set(key, watching);
      // The one watched longest is let go.
      const [oldest] = listener.watching;
      if (listener.watching.size > MOST && oldest !== undefined) unwatch(listener, oldest);
    },
    leave(listener) {
      for (const conversationId of [...listener.watching]) unwatch(listener, conversationId);
    },
    isWatching: (listener, conversationId) => listener.watching.has(conversationId),
    others: (listener, conversationId) =>
      [...(watchers.get(keyOf(listener, conversationId)) ?? [])].filter((other) => other !== listener),
  };
}
