import { batch, computed, signal } from '@preact/signals';
import type { Conversation, Fact, Message, Note } from '../../src/contract/index.js';
import type { Bridge } from './bridge.js';
import { explainRefusal } from './explain-refusal.js';
import { addFacts, addMessage, addNote, type Entry, inOrder } from './thread-entries.js';

export type Thread = ReturnType<typeof createThread>;

const PAGE = 60;
/** Above every seq, so that "before it" means the newest. */
const NEWEST = 2_147_483_647;

/** One open conversation: its newest events, older ones on demand, and whatever the feed brings. */
export function createThread(bridge: Bridge, conversationId: string) {
  const entries = signal<ReadonlyMap<string, Entry>>(new Map());
  const conversation = signal<Conversation | undefined>(undefined);
  const state = signal<'loading' | 'ready' | 'failed'>('loading');
  const problem = signal('');
  const older = signal<'none' | 'more' | 'loading'>('none');
  const ordered = computed(() => inOrder(entries.value));
  const contact = computed(() => conversation.value?.contact);
  /** Under which addresses the bot acts here: "assigned by" names one. */
  const bots = computed(
    () =>
      new Set(
        ordered.value.flatMap((entry) =>
          entry.kind === 'message' && entry.message.author.type === 'bot'
            ? (entry.message.author.email ?? [])
            : [],
        ),
      ),
  );
  let firstSeq = NEWEST;
  let lastSeq = 0;
  let isCatchingUp = false;
  let hasMissed = false;

  function add(facts: readonly Fact[]): void {
    if (facts.length === 0) return;
    entries.value = addFacts(entries.value, facts);
    for (const { seq } of facts) {
      firstSeq = Math.min(firstSeq, seq);
      lastSeq = Math.max(lastSeq, seq);
    }
  }

  async function readDetails(): Promise<void> {
    const read = await bridge.readConversation(conversationId);
    if (read.lastSeq >= (conversation.value?.lastSeq ?? 0)) conversation.value = read;
  }

  async function load(): Promise<void> {
    state.value = 'loading';
    hasMissed = false;
    try {
      const [facts] = await Promise.all([
        bridge.listEvents(conversationId, { before: NEWEST, limit: PAGE }),
        readDetails(),
      ]);
      batch(() => {
        add(facts);
        older.value = firstSeq > 1 && facts.length > 0 ? 'more' : 'none';
        state.value = 'ready';
      });
      if (hasMissed) await catchUp();
    } catch (error) {
      batch(() => {
        problem.value = explainRefusal(error);
        state.value = 'failed';
      });
    }
  }

  /** Reads what lies between the last fact known and now; a conversation's seq has no gaps, so a gap is news. */
  async function catchUp(): Promise<void> {
    if (isCatchingUp || state.value !== 'ready') return;
    isCatchingUp = true;
    try {
      for (let count = PAGE; count >= PAGE; ) {
        const facts = await bridge.listEvents(conversationId, { after: lastSeq, limit: PAGE });
        add(facts);
        count = facts.length;
      }
      await readDetails();
    } catch {
      // The next fact, or the feed's return, asks again.
    } finally {
      isCatchingUp = false;
    }
  }

  return {
    conversationId,
    ordered,
    contact,
    bots,
    conversation,
    state,
    problem,
    older,
    load,
    catchUp,
    loadOlder: async () => {
      if (older.value !== 'more') return;
      older.value = 'loading';
      try {
        const facts = await bridge.listEvents(conversationId, { before: firstSeq, limit: PAGE });
        batch(() => {
          add(facts);
          older.value = firstSeq > 1 && facts.length > 0 ? 'more' : 'none';
        });
      } catch {
        older.value = 'more';
      }
    },
    apply: (facts: readonly Fact[]) => {
      if (state.value !== 'ready') {
        hasMissed = true;
        return;
      }
      const hasGap = facts.some(({ seq }, index) => seq > (facts[index - 1]?.seq ?? lastSeq) + 1);
      if (hasGap) return void catchUp();
      batch(() => {
        add(facts);
        const newest = facts.findLast((fact) => fact.conversation !== undefined)?.conversation;
        const before = conversation.value;
        if (newest !== undefined && before !== undefined)
          conversation.value = { ...before, ...withoutGone(newest) };
      });
      if (facts.some(({ type }) => changesDetails(type))) {
        readDetails().catch(() => undefined);
      }
    },
    showMessage: (message: Message) => {
      const next = new Map(entries.value);
      // The answer to a command is older than any fact about it.
      if (!next.has(message.id)) addMessage(next, message, message.seq);
      entries.value = next;
    },
    showNote: (note: Note) => {
      const next = new Map(entries.value);
      addNote(next, note);
      entries.value = next;
    },
    readDetails,
  };
}

/**
 * A key the newer summary lacks (an SLA that was met, a closing that was undone, a start that was confirmed) must
 * not survive from the older.
 */
function withoutGone<T extends { sla?: unknown; closedAt?: unknown; starting?: unknown }>(summary: T) {
  return { sla: undefined, closedAt: undefined, starting: undefined, ...summary } as T;
}

/** A ticket's status has no fact of its own: it moves with the conversation's. */
const changesDetails = (type: Fact['type']): boolean =>
  type === 'variables.changed' || type.startsWith('ticket.') || type.startsWith('conversation.');
