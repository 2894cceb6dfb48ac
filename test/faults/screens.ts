import {
  type BridgeClient,
  type BridgeFeed,
  createBridgeClient,
  type FeedState,
} from '../../src/client/index.js';
import type { Fact } from '../../src/contract/facts.js';
import { waitFor } from '../support/wait-for.js';
import type { View } from './checker.js';
import { type History, steadyNow } from './history.js';
import { sayingOf } from './sayings.js';
import type { Stage } from './stage/stage.js';

/** One agent's open page: what it was told, conversation by conversation. */
export interface FaultScreen {
  readonly state: FeedState;
  /** The last seq that it was told of a conversation. */
  reached(conversationId: string): number;
  reconnect(): void;
  expectFrom(seqs: ReadonlyMap<string, number>): void;
  views(): View[];
  close(): void;
}

/** Agents' screens over the whole run; the first of them also writes into the history when it was told what. */
export interface Screens {
  all: readonly FaultScreen[];
  /** Opens one more, which knows nothing of what was before. */
  open(baseUrl: string): FaultScreen;
  live(): Promise<void>;
  /** At a quiet moment: from these seqs on the screens that are open now must show everything. */
  expectFrom(seqs: ReadonlyMap<string, number>): void;
  /** All look again at once, as pages do when the network is back. */
  reconnect(): void;
  close(): void;
}

export function openScreens(stage: Stage, history: History, urls: readonly string[]): Screens {
  const all: FaultScreen[] = [];
  const open = (baseUrl: string): FaultScreen => {
    const agent = stage.agents[all.length % stage.agents.length];
    if (agent === undefined) throw new Error('there is no agent');
    const screen = openOne(stage, { baseUrl, agent, n: all.length }, all.length === 0 ? history : undefined);
    all.push(screen);
    return screen;
  };
  stage.agents.forEach((_agent, index) => open(urls[index % urls.length] ?? stage.url));
  return {
    all,
    open,
    async live() {
      await waitFor('every screen to be live', () => all.every(({ state }) => state === 'live'), 120);
    },
    expectFrom(seqs) {
      for (const screen of all) screen.expectFrom(seqs);
    },
    reconnect() {
      for (const screen of all) screen.reconnect();
    },
    close() {
      for (const screen of all) screen.close();
    },
  };
}

function openOne(
  stage: Stage,
  { baseUrl, agent, n }: { baseUrl: string; agent: Stage['agents'][number]; n: number },
  history: History | undefined,
): FaultScreen {
  const seqs = new Map<string, number[]>();
  let state: FeedState = 'connecting';
  let startedAfresh = 0;
  let expected: ReadonlyMap<string, number> | undefined;
  const client: BridgeClient = createBridgeClient({ baseUrl });
  client.session.resume(agent.held);
  const feed: BridgeFeed = client.connectFeed({
    transports: ['websocket'],
    onFact(fact) {
      if (fact.conversationId === null) return;
      const known = seqs.get(fact.conversationId) ?? [];
      known.push(fact.seq);
      seqs.set(fact.conversationId, known);
      if (history !== undefined) note(history, fact);
    },
    onStartAfresh: () => {
      startedAfresh += 1;
    },
    onState: (next) => {
      state = next;
    },
  });
  return {
    get state() {
      return state;
    },
    reached: (conversationId) => seqs.get(conversationId)?.at(-1) ?? 0,
    reconnect: () => feed.reconnect(),
    expectFrom(from) {
      expected = from;
    },
    views: () =>
      stage.conversations.map(({ conversationId, externalId }) => {
        const told = seqs.get(conversationId) ?? [];
        // Opened at a moment of its own, it must have all from its first fact on.
        const since = expected?.get(conversationId) ?? (told[0] ?? Number.POSITIVE_INFINITY) - 1;
        const shown = told.filter((seq) => seq > since);
        return {
          agent: `${agent.email} (${n})`,
          conversation: externalId,
          seqs: shown,
          since,
          startedAfresh,
        };
      }),
    close() {
      client.stop();
    },
  };
}

function note(history: History, fact: Fact): void {
  if (fact.type !== 'message.received' && fact.type !== 'message.sent') return;
  const saying = sayingOf(fact.data.message.text);
  if (saying === undefined) return;
  const as = fact.type === 'message.received' ? 'received' : 'sent';
  history.write({ type: 'told', as, at: steadyNow(), ...saying });
}
