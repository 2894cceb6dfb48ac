import { may } from '../access/principal.js';
import type { ErrorCode, ErrorDetail } from '../contract/errors.js';
import type { Issue } from '../contract/json-schema.js';
import { COMMANDS, type CommandAck, type CommandName } from '../contract/socket.js';
import type { Carried, CarryOut } from './carry-out.js';
import type { FilledLimits } from './fill-limits.js';
import { cut, type Listener, signOut, workspaceOf } from './listener.js';
import type { GatewayDeps } from './ports.js';
import { spendRate } from './spend-rate.js';

/** Commands of one socket that wait for the one before: an agent's two messages stay in order. */
const MOST_WAITING = 100;
/** Refused for their rate in a row: no agent and no program of good faith goes on so long. */
const MOST_REFUSED = 200;

type Ack = (answer: CommandAck<CommandName>) => void;

/**
 * Answers what a socket says, whatever it says: known commands in their order, everything else with a
 * refusal, and nothing at all where nobody waits for an answer.
 */
export function answerCommands(
  deps: Pick<GatewayDeps, 'access' | 'telemetry' | 'isDatabaseUnavailable'>,
  limits: FilledLimits,
  carryOut: CarryOut,
  listener: Listener,
): void {
  const mayPass = spendRate(limits.commandsPerSecond, limits.commandBurst);
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  let refusedInARow = 0;

  const answer = async (name: CommandName, input: unknown, ack: Ack): Promise<void> => {
    const begun = performance.now();
    const carried = await carry(name, input);
    const outcome = carried.outcome === 'done' ? 'done' : carried.code;
    const milliseconds = performance.now() - begun;
    deps.telemetry.commandAnswered({ workspaceId: workspaceOf(listener), name, outcome, milliseconds });
    ack(asAck(carried));
  };

  const carry = async (name: CommandName, input: unknown): Promise<Carried<unknown>> => {
    try {
      const rights = await stillMay();
      if (rights !== undefined) return rights;
      const parsed = COMMANDS[name].safeParse(input);
      if (!parsed.success) return invalid(parsed.error.issues);
      const verb = carryOut[name] as (listener: Listener, input: unknown) => Promise<Carried<unknown>>;
      return await verb(listener, parsed.data);
    } catch (error) {
      deps.telemetry.failed({ during: name, workspaceId: workspaceOf(listener), error });
      return deps.isDatabaseUnavailable?.(error) === true
        ? {
            outcome: 'refused',
            code: 'database_unavailable',
            message: 'The database cannot be reached just now.',
          }
        : { outcome: 'refused', code: 'internal', message: 'Something went wrong on our side.' };
    }
  };

  /** Rights are asked for with each command; the answer is remembered for two seconds at the most. */
  const stillMay = async (): Promise<Carried<never> | undefined> => {
    const { token } = listener;
    const rights = await deps.access.authenticate(token);
    const code: ErrorCode | undefined =
      rights.outcome === 'refused' ? rights.code : may(rights.principal, 'desk') ? undefined : 'forbidden';
    if (code === undefined) return undefined;
    if (listener.token === token) setImmediate(() => signOut(listener, code));
    return { outcome: 'refused', code, message: 'You are signed out.' };
  };

  listener.socket.onAny((name: unknown, ...args: unknown[]) => {
    const ack = args.at(-1);
    if (!isAck(ack)) return;
    if (!mayPass() || waiting >= MOST_WAITING) {
      refusedInARow += 1;
      ack(refusal('rate_limited', 'Too many commands; wait a moment.'));
      if (refusedInARow > MOST_REFUSED) cut(listener, 'rate_limited');
      return;
    }
    refusedInARow = 0;
    if (typeof name !== 'string' || !isCommand(name)) {
      ack(refusal('invalid_request', 'There is no such command.'));
      return;
    }
    if (args.length !== 2) {
      ack(refusal('invalid_request', 'A command takes one object and an acknowledgement.'));
      return;
    }
    waiting += 1;
    last = last
      .then(() => answer(name, args[0], ack))
      .catch((error: unknown) =>
        deps.telemetry.failed({ during: name, workspaceId: workspaceOf(listener), error }),
      )
      .finally(() => {
        waiting -= 1;
      });
  });
  // A client may emit an event of this name; without a listener it would be thrown.
  (listener.socket as unknown as NodeJS.EventEmitter).on('error', () => {});
}

const isCommand = (name: string): name is CommandName => Object.hasOwn(COMMANDS, name);
const isAck = (value: unknown): value is Ack => typeof value === 'function';

const refusal = (code: ErrorCode, message: string): CommandAck<CommandName> => ({
  ok: false,
  error: { code, message },
});

function asAck(carried: Carried<unknown>): CommandAck<CommandName> {
  if (carried.outcome === 'done') return { ok: true, result: carried.value } as CommandAck<CommandName>;
  const { code, message, details } = carried;
  return { ok: false, error: { code, message, ...(details && { details }) } };
}

function invalid(issues: Issue[]): Carried<never> {
  const details: ErrorDetail[] = issues.slice(0, 20).map((issue) => ({
    ...(issue.path.length > 0 && { path: issue.path.map(String).join('.') }),
    message: issue.message,
  }));
  const code = issues.some((issue) => issue.code === 'unrecognized_keys')
    ? 'unknown_field'
    : 'invalid_request';
  return { outcome: 'refused', code, message: 'The command cannot be read.', details };
}
