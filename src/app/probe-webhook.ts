import type { Probe } from '../connections/index.js';
import { createOutsideCaller, policyFor } from '../connectors/http-client/index.js';
import { PROBE_HEADER } from '../domain/probe.js';

const PATIENCE_SECONDS = 5;

/** Asks at a webhook's address who is there. Nobody's webhook is counted by it, and no token is told. */
export async function probeWebhook(url: string, bridgeId: string): Promise<Probe> {
  const { origin, pathname } = new URL(url);
  // It is our own address: wherever it leads, it was the operator who has said so.
  const caller = createOutsideCaller(policyFor(true));
  try {
    const answer = await caller.call({
      method: 'POST',
      baseUrl: origin,
      path: pathname,
      headers: { [PROBE_HEADER]: 'probe' },
      signal: new AbortController().signal,
      deadlineSeconds: PATIENCE_SECONDS,
    });
    if (answer.outcome === 'unanswered' && answer.code === 'answer_too_large') return { outcome: 'stranger' };
    if (answer.outcome !== 'answered') return { outcome: 'no_answer', code: answer.code };
    const { status, headers } = answer;
    if (status >= 300 && status < 400) return { outcome: 'redirected', status };
    const name = headers[PROBE_HEADER];
    if (name === undefined || status !== 204) return { outcome: 'stranger', status };
    return { outcome: name === bridgeId ? 'ours' : 'another_bridge' };
  } finally {
    caller.stop();
  }
}
