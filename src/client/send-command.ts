import type { CommandAck, CommandAnswers, CommandInput, CommandName } from '../contract/socket.js';
import { BridgeError, type BridgeErrorCode } from './bridge-error.js';

export interface CommandOptions {
  /** How long one acknowledgement may take; 10 by default. */
  timeoutSeconds?: number;
  /** How long a command that can be repeated is tried over lost connections; 60 by default. */
  retrySeconds?: number;
}

/** What is used of a socket. */
export interface FeedSocket {
  readonly connected: boolean;
  timeout(milliseconds: number): { emitWithAck(name: string, input: unknown): Promise<unknown> };
}

export interface SendCommand {
  send<N extends CommandName>(
    name: N,
    input: CommandInput<N>,
    options?: CommandOptions,
  ): Promise<CommandAnswers[N]>;
  /** The connection stands: what waited for it goes out, in the order in which it came. */
  connected(): void;
  /** Nothing will be sent any more. */
  abandon(code: BridgeErrorCode): void;
}

/** How a command bears being sent twice. keyed: a key makes it one · repeatable: twice is as good as once. */
const REPETITION: Record<CommandName, 'keyed' | 'repeatable' | 'never'> = {
  'conversation:watch': 'repeatable',
  'conversation:unwatch': 'repeatable',
  'message:send': 'keyed',
  'note:add': 'keyed',
  'conversation:assign': 'never',
  'conversation:close': 'never',
  'variables:set': 'never',
  'ticket:link': 'repeatable',
  'delivery:resolve': 'never',
  'typing:start': 'never',
  'session:renew': 'repeatable',
};

/** Refusals that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  'rate_limited',
  'overloaded',
  'database_unavailable',
  'not_ready',
  'idempotency_key_in_use',
]);
const PASSING_PAUSE_MS = 500;

export function createSendCommand(socket: FeedSocket): SendCommand {
  let waiting: { go: () => void; fail: (error: BridgeError) => void }[] = [];

  const untilConnected = (milliseconds: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const waiter = {
        go: () => {
          clearTimeout(timer);
          resolve();
        },
        fail: (error: BridgeError) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        waiting = waiting.filter((other) => other !== waiter);
        reject(new BridgeError('unreachable', 'There is no connection to the bridge.'));
      }, milliseconds);
      waiting.push(waiter);
    });

  return {
    async send<N extends CommandName>(name: N, input: CommandInput<N>, options: CommandOptions = {}) {
      const timeoutMs = (options.timeoutSeconds ?? 10) * 1000;
      const repetition = REPETITION[name];
      const isRepeatable = repetition !== 'never';
      const deadline = Date.now() + (isRepeatable ? (options.retrySeconds ?? 60) * 1000 : timeoutMs);
      const payload =
        repetition === 'keyed' ? { idempotencyKey: crypto.randomUUID(), ...withoutUndefined(input) } : input;
      let mayHaveArrived = false;
      const lost = (cause: BridgeError): BridgeError => (mayHaveArrived ? unconfirmed(payload) : cause);

      for (;;) {
        if (!socket.connected) {
          await untilConnected(deadline - Date.now()).catch((error: unknown) => {
            throw error instanceof BridgeError ? lost(error) : error;
          });
        }
        const answer = await exchange(socket, name, payload, Math.min(timeoutMs, deadline - Date.now()));
        if (answer === 'lost') {
          mayHaveArrived = true;
          if (!isRepeatable || Date.now() >= deadline) throw unconfirmed(payload);
          continue;
        }
        if (answer.ok) return answer.result as CommandAnswers[N];
        const { code, message, details } = answer.error;
        if (!PASSING.has(code) || !isRepeatable || Date.now() + PASSING_PAUSE_MS >= deadline) {
          throw new BridgeError(code, message, { details });
        }
        await new Promise((resolve) => setTimeout(resolve, PASSING_PAUSE_MS));
      }
    },
    connected() {
      const going = waiting;
      waiting = [];
      for (const { go } of going) go();
    },
    abandon(code) {
      const failing = waiting;
      waiting = [];
      for (const { fail } of failing) fail(new BridgeError(code, 'The feed has ended.'));
    },
  };
}

async function exchange(
  socket: FeedSocket,
  name: CommandName,
  input: unknown,
  timeoutMs: number,
): Promise<CommandAck<CommandName> | 'lost'> {
  try {
    return (await socket.timeout(Math.max(1, timeoutMs)).emitWithAck(name, input)) as CommandAck<CommandName>;
  } catch {
    return 'lost';
  }
}

function unconfirmed(payload: object): BridgeError {
  const key = 'idempotencyKey' in payload ? { idempotencyKey: payload.idempotencyKey } : undefined;
  return new BridgeError('unconfirmed', 'It was sent, and no answer came: it may have been carried out.', {
    details: key,
  });
}

/** A key given as undefined must not hide the one made up. */
function withoutUndefined(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}
