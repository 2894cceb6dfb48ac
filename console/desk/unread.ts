import { computed, signal } from '@preact/signals';

const NAME = 'agent-desk.unread';

/** How many messages of contacts nobody here has looked at, by conversation. Lives as long as the tab. */
export function createUnread(storage: Storage | undefined) {
  const counts = signal<ReadonlyMap<string, number>>(new Map(restore(storage)));
  const total = computed(() => [...counts.value.values()].filter((count) => count > 0).length);

  function keep(next: Map<string, number>): void {
    counts.value = next;
    storage?.setItem(NAME, JSON.stringify([...next]));
  }

  return {
    counts,
    /** Conversations with something unread. */
    total,
    add: (conversationId: string) => {
      keep(new Map(counts.value).set(conversationId, (counts.value.get(conversationId) ?? 0) + 1));
    },
    clear: (conversationId: string) => {
      if (!counts.value.has(conversationId)) return;
      const next = new Map(counts.value);
      next.delete(conversationId);
      keep(next);
    },
  };
}

function restore(storage: Storage | undefined): [string, number][] {
  try {
    const kept: unknown = JSON.parse(storage?.getItem(NAME) ?? '[]');
    return Array.isArray(kept) ? (kept as [string, number][]) : [];
  } catch {
    return [];
  }
}
