import type { ErrorCode } from '../contract/errors.js';
import type { Session } from '../contract/commands.js';
import { BridgeError } from './bridge-error.js';
import type { BridgeAnswer, SendRequest, TokenSource } from './send-request.js';

/** A token and, for sessions, when it ends. */
export interface HeldToken {
  token: string;
  /** ISO 8601; without it the token is not renewed before its time. */
  expiresAt?: string | undefined;
}

export interface SessionOptions {
  token?: string | HeldToken | undefined;
  /** Where a fresh token comes from; without it a session renews itself over the API. */
  fetchToken?: (() => Promise<string | HeldToken>) | undefined;
  /** A fresh token is in hand: keep it where you keep such things. */
  onToken?: ((held: HeldToken) => void) | undefined;
  /** The session is over and cannot be renewed. */
  onSignedOut?: ((state: { code: ErrorCode }) => void) | undefined;
}

export interface SessionKeeper extends TokenSource {
  readonly held: HeldToken | undefined;
  hold(next: HeldToken, serverTime?: Date): void;
  exchangeCode(code: string): Promise<Session>;
  /** A fresh token now; calls at the same time share one renewal. */
  renew(): Promise<HeldToken>;
  signOut(): Promise<void>;
  /** Tells of every token that is taken up. */
  onHeld(listener: (held: HeldToken) => void): () => void;
  stop(): void;
}

/** Renews at four fifths of a token's life; an agent's clock may be wrong, so the server's is asked for. */
const RENEW_AT = 0.8;
const SHORTEST_MS = 5_000;
const RETRY_MS = 10_000;
/** Timers hold 31 bits. */
const LONGEST_MS = 2_147_000_000;

/** Keeps one token fresh for REST and sockets alike. */
export function keepSession(options: SessionOptions, send: () => SendRequest): SessionKeeper {
  const listeners = new Set<(held: HeldToken) => void>();
  let held: HeldToken | undefined;
  let renewal: Promise<HeldToken> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const schedule = (afterMs: number): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(
      () => {
        keeper.renew().catch((error: unknown) => {
          // Refused for good tells itself by onSignedOut; anything else is worth another try.
          if (!isRefused(error)) schedule(RETRY_MS);
        });
      },
      Math.min(Math.max(afterMs, SHORTEST_MS), LONGEST_MS),
    );
  };

  const hold = (next: HeldToken, serverTime?: Date): void => {
    held = next;
    clearTimeout(timer);
    if (next.expiresAt !== undefined) {
      const lifeMs = Date.parse(next.expiresAt) - (serverTime?.getTime() ?? Date.now());
      if (!Number.isNaN(lifeMs)) schedule(lifeMs * RENEW_AT);
    }
    for (const listener of listeners) listener(next);
  };

  const obtain = async (): Promise<HeldToken> => {
    try {
      if (options.fetchToken) {
        const fetched = await options.fetchToken();
        const next = typeof fetched === 'string' ? { token: fetched } : fetched;
        hold(next);
        return next;
      }
      if (held === undefined) throw new BridgeError('token_missing', 'There is no session.');
      const { value, serverTime } = await send()<Session>({
        method: 'POST',
        path: '/v1/session/renew',
        token: held.token,
      });
      return adopt(value, serverTime);
    } catch (error) {
      if (isRefused(error)) {
        clearTimeout(timer);
        options.onSignedOut?.({ code: error.code as ErrorCode });
      }
      throw error;
    }
  };

  const adopt = (session: Session, serverTime: Date | undefined): HeldToken => {
    const next = { token: session.token, expiresAt: session.expiresAt };
    hold(next, serverTime);
    options.onToken?.(next);
    return next;
  };

  const keeper: SessionKeeper = {
    get held() {
      return held;
    },
    hold,
    async token() {
      if (held !== undefined) return held.token;
      return options.fetchToken ? (await keeper.renew()).token : undefined;
    },
    async replace(refused) {
      if (held !== undefined && held.token !== refused) return held.token;
      // An API key has no end: when it is refused there is nothing to renew.
      if (!options.fetchToken && held?.expiresAt === undefined) return undefined;
      try {
        return (await keeper.renew()).token;
      } catch (error) {
        if (isRefused(error)) return undefined;
        throw error;
      }
    },
    async exchangeCode(code) {
      const answer: BridgeAnswer<Session> = await send()<Session>({
        method: 'POST',
        path: '/v1/session',
        body: { code },
        anonymous: true,
      });
      adopt(answer.value, answer.serverTime);
      return answer.value;
    },
    renew() {
      renewal ??= obtain().finally(() => {
        renewal = undefined;
      });
      return renewal;
    },
    async signOut() {
      const token = held?.token;
      held = undefined;
      clearTimeout(timer);
      if (token !== undefined) await send()({ method: 'DELETE', path: '/v1/session', token });
    },
    onHeld(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      listeners.clear();
    },
  };
  if (options.token !== undefined)
    hold(typeof options.token === 'string' ? { token: options.token } : options.token);
  return keeper;
}

/** The bridge said no to who we are; asking again would not help. */
function isRefused(error: unknown): error is BridgeError {
  return (
    error instanceof BridgeError &&
    ['token_missing', 'token_invalid', 'token_expired', 'forbidden', 'sign_in_code_invalid'].includes(
      error.code,
    )
  );
}
