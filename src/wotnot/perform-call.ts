import { type AttemptDeps, attemptCall, localFailure, nameEnd } from './attempt-call.js';
import { buildRequest } from './build-request.js';
import type { CallOptions, Hooks } from './client-options.js';
import { countUpload } from './count-upload.js';
import { createDeadline, type Deadline } from './deadline.js';
import { type Failure, WotNotError } from './errors.js';
import type { Operation } from './operation.js';
import { type OperationName, operations } from './operations.js';
import type { RateBudget } from './rate-budget.js';

export interface CallDeps extends AttemptDeps {
  budget: RateBudget | null;
  hooks: Hooks;
}

/** One call from the caller's request to the typed answer: check, wait for a place, try, try again where it is safe. */
export async function performCall(
  deps: CallDeps,
  name: OperationName,
  request: unknown,
  { signal, onProgress, onLeaving }: CallOptions,
): Promise<unknown> {
  const { options, hooks } = deps;
  const operation: Operation = operations[name];
  const deadline = createDeadline(options.deadlineMs, signal);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const built = await buildRequest(name, operation, options.paths[name], options.accountId, request);
      await takePlace(deps.budget, name, deadline);
      if (onProgress !== undefined) countUpload(built, (progress) => observe(() => onProgress(progress)));
      const leaving = (): boolean => mayLeave(onLeaving);
      observe(() => hooks.onRequest?.({ operation: name, attempt }));
      const startedAt = performance.now();
      const result = await attemptCall(deps, { operation, request: built, deadline, leaving });
      const durationMs = performance.now() - startedAt;
      const { status } = result;
      const outcome = result.outcome === 'ok' ? 'ok' : result.failure.code;
      observe(() => hooks.onAnswer?.({ operation: name, attempt, durationMs, status, outcome }));
      if (result.outcome === 'ok') return result.answer;
      const delayMs = chooseDelay(result.failure, attempt);
      const mayTryAgain =
        attempt <= options.retries &&
        isUntouched(operation, result) &&
        !result.heldBack &&
        result.failure.whatToDo === 'retry' &&
        delayMs < deadline.remainingMs();
      if (!mayTryAgain) throw new WotNotError(name, result.failure);
      await deadline.wait(delayMs);
    }
  } finally {
    deadline.release();
  }
}

/** Nothing can have been accepted: no connection stood, or WotNot turned the request away unread. */
function isUntouched(operation: Operation, result: { reached: boolean; status: number | null }): boolean {
  // The streams of an upload have been read: it has one try.
  if (operation.carries === 'multipart') return false;
  return !result.reached || result.status === 429 || result.status === 503;
}

/** Waits for a place in the rate budget; ends at once when there can be none in time. */
async function takePlace(budget: RateBudget | null, name: string, deadline: Deadline): Promise<void> {
  const waitMs = budget?.take() ?? 0;
  const isInTime = waitMs < deadline.remainingMs();
  if (waitMs > 0 && isInTime) await deadline.wait(waitMs);
  const endedBy = deadline.endedBy();
  if (endedBy === null && isInTime) return;
  budget?.giveBack();
  const retryAfterSeconds = isInTime ? null : Math.max(1, Math.ceil(waitMs / 1000));
  throw new WotNotError(name, {
    ...localFailure(nameEnd(endedBy ?? 'deadline'), 'retry'),
    retryAfterSeconds,
  });
}

/** What WotNot asked for, else half a second, doubled each time, with jitter. */
function chooseDelay(failure: Failure, attempt: number): number {
  if (failure.retryAfterSeconds !== null) return failure.retryAfterSeconds * 1000;
  return 500 * 2 ** (attempt - 1) * (0.5 + Math.random());
}

/** One that throws has said nothing against it. */
function mayLeave(ask: CallOptions['onLeaving']): boolean {
  try {
    return ask?.() !== false;
  } catch {
    return true;
  }
}

/** An observer that throws must not turn a sent message into a failure. */
function observe(tell: () => void): void {
  try {
    tell();
  } catch {
    // Its error is its own; the call goes on.
  }
}
