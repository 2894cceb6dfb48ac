import { batch, computed, signal } from '@preact/signals';
import type { ConversationSummary } from '../../src/contract/index.js';
import type { Bridge } from './bridge.js';
import { explainRefusal } from './explain-refusal.js';
import { everythingOpen, type Filter, matchesFilter, mentions, queryOf } from './matches-filter.js';

/**
 * Every conversation this screen has heard of, kept current by facts; what the filter keeps is computed from
 * it. The bridge is asked for a filter's first page and for more on demand.
 */
export function createConversationList(bridge: Bridge, me: string) {
  const known = signal<ReadonlyMap<string, ConversationSummary>>(new Map());
  const filter = signal<Filter>(everythingOpen);
  /** What the bridge found for the words searched for; only it sees every message. */
  const found = signal<ReadonlySet<string>>(new Set());
  const nextCursor = signal<string | undefined>(undefined);
  const state = signal<'loading' | 'ready' | 'failed'>('loading');
  const problem = signal('');
  let asked = 0;

  const shown = computed(() => {
    const { q } = filter.value;
    return [...known.value.values()]
      .filter((conversation) => matchesFilter(conversation, filter.value, me))
      .filter((conversation) => found.value.has(conversation.id) || mentions(conversation, q))
      .sort((a, b) => compare(b.lastActivityAt, a.lastActivityAt) || compare(b.id, a.id));
  });
  const channels = computed(() =>
    [...new Set([...known.value.values()].flatMap(({ channel }) => channel ?? []))].sort(),
  );

  function learn(conversations: readonly ConversationSummary[]): void {
    const next = new Map(known.value);
    for (const conversation of conversations) {
      const before = next.get(conversation.id);
      // An answer that was on its way while a fact overtook it is older than what is known.
      if (before === undefined || conversation.lastSeq >= before.lastSeq)
        next.set(conversation.id, conversation);
    }
    known.value = next;
  }

  async function load(more: boolean): Promise<void> {
    asked += 1;
    const question = asked;
    if (!more) nextCursor.value = undefined;
    state.value = 'loading';
    try {
      const cursor = more ? nextCursor.value : undefined;
      const page = await bridge.listConversations({
        ...queryOf(filter.value),
        ...(cursor === undefined ? {} : { cursor }),
        limit: 50,
      });
      if (question !== asked) return;
      batch(() => {
        learn(page.data);
        const ids = page.data.map(({ id }) => id);
        found.value =
          filter.value.q.trim() === '' ? new Set() : new Set(more ? [...found.value, ...ids] : ids);
        nextCursor.value = page.nextCursor;
        state.value = 'ready';
      });
    } catch (error) {
      if (question !== asked) return;
      batch(() => {
        problem.value = explainRefusal(error);
        state.value = 'failed';
      });
    }
  }

  return {
    known,
    filter,
    shown,
    channels,
    nextCursor,
    state,
    problem,
    learn,
    load: () => load(false),
    loadMore: async () => {
      if (nextCursor.value !== undefined && state.value !== 'loading') await load(true);
    },
    choose: (change: Partial<Filter>) => {
      filter.value = { ...filter.value, ...change };
      return load(false);
    },
    forget: () => {
      known.value = new Map();
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
