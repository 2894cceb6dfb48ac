import { createAgents } from './agents.js';
import { attemptCall, localFailure, nameEnd } from './attempt-call.js';
import { buildRequest } from './build-request.js';
import { checkClientOptions, type WotNotClientOptions } from './client-options.js';
import { createDeadline, type Deadline } from './deadline.js';
import { type Failure, WotNotError, WotNotInputError } from './errors.js';
import type { Operation } from './operation.js';
import {
  type OperationName,
  operationNames,
  operations,
  type WotNotAnswer,
  type WotNotRequest,
} from './operations.js';
import { createRateBudget } from './rate-budget.js';
import { createRedact } from './redact.js';
import { createSendRequest } from './send-request.js';

export interface CallOptions {
  signal?: AbortSignal;
}

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** An operation that needs nothing may be called with nothing. */
type CallArguments<Request> =
  Record<never, never> extends Request
    ? [request?: Request, options?: CallOptions]
    : [request: Request, options?: CallOptions];

export type WotNotClient = {
  readonly [Name in OperationName as CamelCase<Name>]: (
    ...given: CallArguments<WotNotRequest<Name>>
  ) => Promise<WotNotAnswer<Name>>;
} & {
  /**
   * Calls an operation by its name.
   * @throws WotNotInputError when the request is refused here, before anything is sent
   * @throws WotNotError when the call failed; `whatToDo` says what follows from it
   */
  call<Name extends OperationName>(
    name: Name,
    request: WotNotRequest<Name>,
    options?: CallOptions,
  ): Promise<WotNotAnswer<Name>>;
  /** Closes the connections that wait for the next call. */
  stop(): void;
};

/** A client of WotNot's public API, for one account. */
export function createWotNotClient(given: WotNotClientOptions): WotNotClient {
  const options = checkClientOptions(given);
  const agents = createAgents();
  const { token, hooks } = given;
  const deps = {
    options,
    token,
    transport: given.transport ?? createSendRequest(agents),
    redact: createRedact(token),
  };
  const budget = given.rate === undefined ? null : createRateBudget(given.rate);

  async function call(
    name: OperationName,
    request: unknown,
    callOptions: CallOptions = {},
  ): Promise<unknown> {
    if (!Object.hasOwn(operations, name)) {
      throw new WotNotInputError('call', [{ message: 'is not an operation', path: ['name'] }]);
    }
    const operation: Operation = operations[name];
    const build = () =>
      buildRequest(
        name,
        operation,
        options.paths[name],
        options.accountId,
        request === undefined ? {} : request,
      );
    const deadline = createDeadline(options.deadlineMs, callOptions.signal);
    try {
      for (let attempt = 1; ; attempt += 1) {
        const built = await build();
        await takePlace(name, deadline);
        observe(() => hooks?.onRequest?.({ operation: name, attempt }));
        const startedAt = performance.now();
        const result = await attemptCall(deps, { operation, request: built, deadline });
        const durationMs = performance.now() - startedAt;
        const outcome = result.outcome === 'ok' ? 'ok' : result.failure.code;
        observe(() =>
          hooks?.onAnswer?.({ operation: name, attempt, durationMs, status: result.status, outcome }),
        );
        if (result.outcome === 'ok') return result.answer;
        // A stream has been read, so an upload has one try.
        const mayGoOn = attempt <= options.retries && operation.carries !== 'multipart';
        const isUntouched = !result.reached || result.status === 429 || result.status === 503;
        const delayMs = chooseDelay(result.failure, attempt);
        if (
          !mayGoOn ||
          !isUntouched ||
          result.failure.whatToDo !== 'retry' ||
          delayMs >= deadline.remainingMs()
        ) {
          throw new WotNotError(name, result.failure);
        }
        await deadline.wait(delayMs);
      }
    } finally {
      deadline.release();
    }
  }

  /** Waits for a place in the rate budget; ends at once when there can be none in time. */
  async function takePlace(name: OperationName, deadline: Deadline): Promise<void> {
    const waitMs = budget?.take() ?? 0;
    const isInTime = waitMs < deadline.remainingMs();
    if (waitMs > 0 && isInTime) await deadline.wait(waitMs);
    const endedBy = deadline.endedBy();
    if (endedBy === null && isInTime) return;
    budget?.giveBack();
    const code = nameEnd(endedBy ?? 'deadline');
    const retryAfterSeconds = isInTime ? null : Math.max(1, Math.ceil(waitMs / 1000));
    throw new WotNotError(name, { ...localFailure(code, 'retry'), retryAfterSeconds });
  }

  const client: Record<string, unknown> = { call, stop: () => agents.stop() };
  for (const name of operationNames) {
    client[toCamelCase(name)] = (request?: unknown, callOptions?: CallOptions) =>
      call(name, request, callOptions);
  }
  // The table and the type are both made from `operations`; the loop above is their one meeting point.
  return client as unknown as WotNotClient;
}

/** What WotNot asked for, else half a second, doubled each time, with jitter. */
function chooseDelay(failure: Failure, attempt: number): number {
  if (failure.retryAfterSeconds !== null) return failure.retryAfterSeconds * 1000;
  return 500 * 2 ** (attempt - 1) * (0.5 + Math.random());
}

/** An observer that throws must not turn a sent message into a failure. */
function observe(tell: () => void): void {
  try {
    tell();
  } catch {
    // Its error is its own; the call goes on.
  }
}

function toCamelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
