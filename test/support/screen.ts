import type { BridgeClient, BridgeFeed, FeedState } from '../../src/client/index.js';
import type { Fact, FactType } from '../../src/contract/facts.js';
import { waitFor } from './wait-for.js';

/** An agent's screen: what the socket has told, in the order in which it was told. */
export interface Screen {
  facts: Fact[];
  feed: BridgeFeed;
  /** Cursors with which the feed began afresh. */
  startedAfresh: string[];
  live(): Promise<void>;
  /** The first fact of that type that fits, when it is there. */
  until<T extends FactType>(
    type: T,
    fits?: (fact: Extract<Fact, { type: T }>) => boolean,
    seconds?: number,
  ): Promise<Extract<Fact, { type: T }>>;
  of(conversationId: string): Fact[];
  /** The words of what was told as received, in order. */
  heard(conversationId?: string): string[];
}

export function openScreen(client: BridgeClient, cursor?: string): Screen {
  const facts: Fact[] = [];
  const startedAfresh: string[] = [];
  let state: FeedState = 'connecting';
  const feed = client.connectFeed({
    ...(cursor === undefined ? {} : { cursor }),
    transports: ['websocket'],
    onFact: (fact) => facts.push(fact),
    onStartAfresh: (reached) => startedAfresh.push(reached.cursor),
    onState: (next) => {
      state = next;
    },
  });
  return {
    facts,
    feed,
    startedAfresh,
    live: async () => {
      await waitFor('the feed to be live', () => state === 'live');
    },
    until: (type, fits = () => true, seconds) =>
      waitFor(
        `${type} on the screen`,
        () =>
          facts.find(
            (fact): fact is Extract<Fact, { type: typeof type }> =>
              fact.type === type && fits(fact as Extract<Fact, { type: typeof type }>),
          ),
        seconds,
      ),
    of: (conversationId) => facts.filter((fact) => fact.conversationId === conversationId),
    heard: (conversationId) =>
      facts.flatMap((fact) =>
        fact.type === 'message.received' &&
        (conversationId === undefined || fact.conversationId === conversationId)
          ? [fact.data.message.text]
          : [],
      ),
  };
}
