import type { Me } from '../contract/answers.js';
import type { Session } from '../contract/commands.js';
import { connectFeed, type BridgeFeed, type FeedOptions } from './connect-feed.js';
import { type Conversations, createConversations } from './conversations.js';
import { createDeskResources, type DeskResources } from './desk-resources.js';
import { type HeldToken, keepSession, type SessionOptions } from './keep-session.js';
import { createOperatorResources, type OperatorResources } from './operator-resources.js';
import { createSendRequest, type SendRequest } from './send-request.js';

export interface BridgeClientOptions extends SessionOptions {
  /** Where the bridge is: `https://bridge.example`, without a path. */
  baseUrl: string;
  /** How long an answer may take; 15 by default. */
  timeoutSeconds?: number;
}

export interface BridgeSession {
  /** The token in hand and when it ends. */
  readonly held: HeldToken | undefined;
  /** Exchanges the code of a sign-in link; from then on the client speaks for that agent. */
  exchangeCode(code: string): Promise<Session>;
  /** Goes on with a token kept from before. */
  resume(held: HeldToken): void;
  renew(): Promise<HeldToken>;
  /** Ends the session at once, here and there. */
  signOut(): Promise<void>;
}

export interface BridgeClient extends DeskResources, OperatorResources {
  session: BridgeSession;
  conversations: Conversations;
  me(): Promise<Me>;
  /** Whether the bridge can work: throws `not_ready`, or what keeps it from answering. Needs no token. */
  ready(): Promise<boolean>;
  /** Facts as they happen, and commands; reconnects by itself until it is stopped. */
  connectFeed(options: FeedOptions): BridgeFeed;
  /** Stops feeds and timers. */
  stop(): void;
}

/** The bridge's API and sockets for programs and pages. Every refusal is thrown as a `BridgeError`. */
export function createBridgeClient(options: BridgeClientOptions): BridgeClient {
  const feeds = new Set<BridgeFeed>();
  const keeper = keepSession(options, () => send);
  const send: SendRequest = createSendRequest({
    baseUrl: options.baseUrl,
    timeoutSeconds: options.timeoutSeconds ?? 15,
    tokens: () => keeper,
  });
  return {
    session: {
      get held() {
        return keeper.held;
      },
      exchangeCode: (code) => keeper.exchangeCode(code),
      resume: (held) => keeper.hold(held),
      renew: () => keeper.renew(),
      async signOut() {
        for (const feed of feeds) feed.stop();
        await keeper.signOut();
      },
    },
    ...createDeskResources(send),
    ...createOperatorResources(send),
    conversations: createConversations(send),
    async me() {
      return (await send<Me>({ method: 'GET', path: '/v1/me' })).value;
    },
    async ready() {
      const request = { method: 'GET', path: '/health/ready', anonymous: true } as const;
      return (await send<{ status?: unknown }>(request)).value.status === 'ready';
    },
    connectFeed(feedOptions) {
      const feed = connectFeed({ baseUrl: options.baseUrl, session: keeper }, feedOptions);
      feeds.add(feed);
      return feed;
    },
    stop() {
      for (const feed of feeds) feed.stop();
      feeds.clear();
      keeper.stop();
    },
  };
}
