import { io, type Socket } from 'socket.io-client';
import type { ErrorCode } from '../contract/errors.js';
import type { Fact } from '../contract/facts.js';
import type {
  ClientToServerEvents,
  CommandAnswers,
  CommandInput,
  CommandName,
  ServerToClientEvents,
} from '../contract/socket.js';
import type { SessionKeeper } from './keep-session.js';
import { rememberRecent } from './remember-recent.js';
import { type CommandOptions, createSendCommand } from './send-command.js';

export type { CommandOptions } from './send-command.js';

/** live: all that happened has been told · signed-out: waits for a new session · stopped: for good. */
export type FeedState = 'connecting' | 'catching-up' | 'live' | 'reconnecting' | 'signed-out' | 'stopped';

export interface FeedOptions {
  /** The last fact already known; without it the feed starts from now. */
  cursor?: string | undefined;
  /** Each fact once, in the feed's order. */
  onFact(fact: Fact): void;
  /** Everything up to `cursor` has been told; what follows is live. */
  onCaughtUp?(state: { cursor: string }): void;
  /** The feed could not go on from the cursor: fetch afresh what is shown. It goes on from the new cursor. */
  onStartAfresh?(state: { cursor: string }): void;
  onTyping?(state: { conversationId: string; agent: { email: string; name: string } }): void;
  onState?(state: FeedState): void;
  onSignedOut?(state: { code: ErrorCode }): void;
  /** WebSocket first and long polling behind it, where the caller does not say otherwise. */
  transports?: ('websocket' | 'polling')[];
}

export interface BridgeFeed {
  /** Of the last fact told: keep it to go on from there another time. */
  readonly cursor: string | undefined;
  readonly state: FeedState;
  /**
   * Carries out a command. Throws a BridgeError: a code of the contract when it is refused, `unreachable`
   * when it could not be sent, `unconfirmed` when it may have been carried out.
   */
  command<N extends CommandName>(
    name: N,
    input: CommandInput<N>,
    options?: CommandOptions,
  ): Promise<CommandAnswers[N]>;
  /** Tries at once instead of at the next turn: the page came back, the network is there again. */
  reconnect(): void;
  stop(): void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Connects to the gateway and stays connected: every fact once, over any number of lost connections. */
export function connectFeed(
  to: { baseUrl: string; session: SessionKeeper },
  options: FeedOptions,
): BridgeFeed {
  const { session } = to;
  const recent = rememberRecent(2_000);
  let cursor = options.cursor;
  let state: FeedState = 'connecting';
  let attempts = 0;
  let opening = false;
  /** A token that was refused and replaced since the last connection stood. */
  let replacedToken = false;
  /** Being signed out is told just before the connection closes; the answer to it is under way then. */
  let leaving = false;
  let tokenInUse: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(to.baseUrl, {
    autoConnect: false,
    forceNew: true,
    reconnection: false,
    timeout: 10_000,
    transports: options.transports ?? ['websocket', 'polling'],
    tryAllTransports: true,
  });
  const commands = createSendCommand(socket);

  const become = (next: FeedState): void => {
    if (state === next || state === 'stopped') return;
    state = next;
    options.onState?.(next);
  };

  const open = async (): Promise<void> => {
    if (opening || socket.connected || isEnded()) return;
    opening = true;
    leaving = false;
    clearTimeout(timer);
    try {
      tokenInUse = await session.token();
    } catch {
      opening = false;
      tryLater();
      return;
    }
    if (isEnded()) return;
    if (tokenInUse === undefined) {
      signedOut('token_missing');
      return;
    }
    socket.auth = { token: tokenInUse, ...(cursor !== undefined && { cursor }) };
    socket.connect();
  };

  const isEnded = (): boolean => state === 'stopped' || state === 'signed-out';

  /** Half of the pause is chance, so that a thousand screens do not come back in the same moment. */
  const tryLater = (): void => {
    if (isEnded()) return;
    become('reconnecting');
    clearTimeout(timer);
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
    attempts += 1;
    timer = setTimeout(() => void open(), pause / 2 + (Math.random() * pause) / 2);
  };

  const signedOut = (code: ErrorCode): void => {
    opening = false;
    clearTimeout(timer);
    become('signed-out');
    socket.disconnect();
    commands.abandon(code);
    options.onSignedOut?.({ code });
  };

  /** The token was refused: a fresh one is tried once, then it is over. */
  const refused = async (code: ErrorCode): Promise<void> => {
    const token = tokenInUse;
    if (replacedToken || token === undefined) {
      signedOut(code);
      return;
    }
    become('reconnecting');
    try {
      const fresh = await session.replace(token);
      if (isEnded()) return;
      if (fresh === undefined) {
        signedOut(code);
        return;
      }
    } catch {
      tryLater();
      return;
    }
    replacedToken = true;
    await open();
  };

  const closed = (): void => {
    opening = false;
    if (!leaving) tryLater();
  };

  socket.on('connect', () => {
    opening = false;
    become('catching-up');
    commands.connected();
  });
  socket.on('connect_error', (error) => {
    opening = false;
    const code = codeOf(error);
    if (code === 'token_invalid' || code === 'token_expired') void refused(code);
    else tryLater();
  });
  socket.on('disconnect', closed);
  socket.on('signed-out', ({ code }) => {
    leaving = true;
    socket.disconnect();
    void refused(code);
  });
  socket.on('fact', (fact) => {
    if (!recent.isNew(fact.cursor)) return;
    options.onFact(fact);
    cursor = fact.cursor;
  });
  socket.on('caught-up', (reached) => {
    cursor = reached.cursor;
    attempts = 0;
    replacedToken = false;
    become('live');
    options.onCaughtUp?.(reached);
  });
  socket.on('start-afresh', (reached) => {
    cursor = reached.cursor;
    recent.forget();
    options.onStartAfresh?.(reached);
  });
  socket.on('typing', (typing) => options.onTyping?.(typing));

  const unsubscribe = session.onHeld(({ token }) => {
    if (state === 'signed-out') {
      state = 'connecting';
      replacedToken = false;
      options.onState?.(state);
      void open();
    } else if (socket.connected && token !== tokenInUse) {
      tokenInUse = token;
      commands.send('session:renew', { token }).catch(() => {
        // The connection keeps its old token; when that ends it is told so, and comes back with this one.
      });
    }
  });

  void open();

  return {
    get cursor() {
      return cursor;
    },
    get state() {
      return state;
    },
    command: (name, input, commandOptions) => commands.send(name, input, commandOptions),
    reconnect() {
      attempts = 0;
      void open();
    },
    stop() {
      if (state === 'stopped') return;
      clearTimeout(timer);
      unsubscribe();
      become('stopped');
      socket.disconnect();
      commands.abandon('stopped');
    },
  };
}

function codeOf(error: Error & { data?: unknown }): string | undefined {
  const { data } = error;
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string'
    ? data.code
    : undefined;
}
