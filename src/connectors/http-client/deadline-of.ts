/** A chain of calls ends after so long, and when whoever asked for it ends it. */
export function deadlineOf(milliseconds: number, signal?: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(milliseconds);
  return signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
}
