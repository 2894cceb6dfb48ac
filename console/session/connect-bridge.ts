import { BridgeError, createBridgeClient, type FeedState } from '../../src/client/index.js';
import type { Session } from '../../src/contract/index.js';
import {
  type Bridge,
  BridgeRefusal,
  type Connectedness,
  type Feed,
  type FeedHandlers,
  type RefusalCode,
} from '../desk/bridge.js';

/** A sign-in code for a session, once. */
export async function exchangeCode(code: string): Promise<Session> {
  const client = createBridgeClient({ baseUrl: location.origin });
  try {
    return await asked(client.session.exchangeCode(code));
  } finally {
    client.stop();
  }
}

/** The bridge that served this page, in the words of the desk. The session is renewed as long as it is in use. */
export function connectBridge(session: Session, onRenewed: (session: Session) => void): Bridge {
  let onOver: () => void = () => undefined;
  const client = createBridgeClient({
    baseUrl: location.origin,
    token: { token: session.token, expiresAt: session.expiresAt },
    onToken: ({ token, expiresAt }) =>
      onRenewed({ ...session, token, expiresAt: expiresAt ?? session.expiresAt }),
    onSignedOut: () => onOver(),
  });
  const { conversations, ticketLinks, deliveries } = client;

  function follow(cursor: string | undefined, handlers: FeedHandlers): Feed {
    onOver = () => handlers.onState('signed-out');
    const feed = client.connectFeed({
      cursor,
      onFact: (fact) => {
        handlers.onFact(fact);
        handlers.onCursor(fact.cursor);
      },
      onCaughtUp: (reached) => handlers.onCursor(reached.cursor),
      onStartAfresh: (reached) => {
        handlers.onCursor(reached.cursor);
        handlers.onStartAfresh();
      },
      onTyping: handlers.onTyping,
      onState: (state) => {
        const told = connectedness(state);
        if (told !== undefined) handlers.onState(told);
      },
    });
    // A laptop that was opened again should not wait for the next try.
    const wake = (): void => {
      if (!document.hidden && feed.state === 'reconnecting') feed.reconnect();
    };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    return {
      typing: (conversationId) => {
        feed.command('typing:start', { conversationId }).catch(() => undefined);
      },
      reconnect: () => feed.reconnect(),
      stop: () => {
        document.removeEventListener('visibilitychange', wake);
        window.removeEventListener('online', wake);
        client.stop();
      },
      watch: (conversationId) => {
        feed.command('conversation:watch', { conversationId, after: 2_147_483_647 }).catch(() => undefined);
      },
      unwatch: (conversationId) => {
        feed.command('conversation:unwatch', { conversationId }).catch(() => undefined);
      },
    };
  }

  return {
    follow,
    hints: async () => (await asked(client.me())).hints ?? {},
    listConversations: async (query) => {
      const { data, nextCursor } = await asked(conversations.list(query));
      return { data, nextCursor: nextCursor ?? undefined };
    },
    readConversation: (id) => asked(conversations.read(id)),
    listEvents: async (id, range) => (await asked(conversations.events(id, range))).data,
    send: (id, message, key) => asked(conversations.sendMessage(id, message, { idempotencyKey: key })),
    addNote: (id, text, key) => asked(conversations.addNote(id, { text }, { idempotencyKey: key })),
    assign: (id, to) => settled(conversations.assign(id, to)),
    close: (id) => settled(conversations.close(id)),
    linkTicket: ({ connectionId, externalTicketId, ...link }) =>
      asked(ticketLinks.link(connectionId, externalTicketId, link)),
    findTicketLink: (connectionId, externalTicketId) =>
      asked(ticketLinks.find(connectionId, externalTicketId)),
    unlinkTicket: (connectionId, externalTicketId) =>
      settled(ticketLinks.unlink(connectionId, externalTicketId)),
    uploadFile: (file, name) =>
      asked(client.files.upload({ name, bytes: file, contentType: file.type || 'application/octet-stream' })),
    resolveDelivery: (id, as) => settled(deliveries.resolve(id, as)),
    redriveDelivery: (id) => settled(deliveries.redrive(id)),
    listAgents: async () => (await asked(client.agents.list())).data,
    listConnections: async () => (await asked(client.connections.list())).data,
    signOut: () => asked(client.session.signOut()),
  };
}

function connectedness(state: FeedState): Connectedness | undefined {
  switch (state) {
    case 'connecting':
    case 'catching-up':
    case 'live':
    case 'reconnecting':
    case 'signed-out':
      return state;
    case 'stopped':
      return undefined;
  }
}

/** The contract answers with what is owed now; the desk hears of it as facts. */
async function settled(answer: Promise<unknown>): Promise<void> {
  await asked(answer);
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    throw new BridgeRefusal(refusalCode(error.code), error.message, error.details);
  }
}

function refusalCode(code: BridgeError['code']): RefusalCode {
  switch (code) {
    case 'unreachable':
    case 'timeout':
    case 'unconfirmed':
    case 'unexpected_answer':
    case 'stopped':
      return 'network';
    default:
      return code;
  }
}
