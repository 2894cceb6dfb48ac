import { PROBE_HEADER } from '../domain/probe.js';

export type Probe =
  | { outcome: 'ours' }
  /** A bridge, but of another name: it has another SECRET_KEY. */
  | { outcome: 'another_bridge' }
  | { outcome: 'stranger'; status: number }
  | { outcome: 'redirected'; status: number }
  /** `code`: the system's word for it, such as ECONNREFUSED. */
  | { outcome: 'no_answer'; code: string };

const PATIENCE_MILLISECONDS = 5_000;

/** Asks at a webhook's address who is there. Nobody's webhook is counted by it, and no token is told. */
export async function probeWebhook(url: string, bridgeId: string): Promise<Probe> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: { [PROBE_HEADER]: 'probe' },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    });
    await answer.body?.cancel();
  } catch (error) {
    return { outcome: 'no_answer', code: codeOf(error) };
  }
  const { status, headers } = answer;
  if (status >= 300 && status < 400) return { outcome: 'redirected', status };
  const name = headers.get(PROBE_HEADER);
  if (name === null || status !== 204) return { outcome: 'stranger', status };
  return { outcome: name === bridgeId ? 'ours' : 'another_bridge' };
}

/** Of the outermost that has one: `fetch` hides what happened in its cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return 'ETIMEDOUT';
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  if (error.cause !== undefined) return codeOf(error.cause);
  // Several addresses were tried, each in vain.
  const [first] = (error as { errors?: unknown[] }).errors ?? [];
  return first === undefined ? error.name : codeOf(first);
}
