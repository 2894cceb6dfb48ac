import type { WebhookTry } from './rows.js';

const WAIT_MS = 10_000;

export interface WebhookAnswer extends WebhookTry {
  outcome: 'accepted' | 'refused' | 'unreachable';
}

/** One POST to the bridge. `unreachable` means that no answer came at all: the bridge is down, not unwilling. */
export async function postWebhook(url: string, body: unknown, at: Date): Promise<WebhookAnswer> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'wotnot-sandbox' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(WAIT_MS),
    });
    const text = (await answer.text()).slice(0, 2_000);
    const facts = { at: at.toISOString(), status: answer.status, answer: text };
    return { outcome: answer.ok ? 'accepted' : 'refused', ...facts };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const problem = cause instanceof Error ? cause.message || cause.name : String(cause);
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return { outcome: timedOut ? 'refused' : 'unreachable', at: at.toISOString(), problem };
  }
}
