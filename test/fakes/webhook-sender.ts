import type { WebhookRequest } from '../../src/connectors/connector.js';
import type { WebhookHabits } from './fake-desk.js';

export interface WebhookTarget {
  url: string;
  secret: string;
}

/** Sends webhooks as their desk does, late, twice or in another order when it is told to. */
export function createWebhookSender(timeoutSeconds = 5) {
  let habits: WebhookHabits = {};
  let held: (() => void)[] = [];
  const sending = new Set<Promise<void>>();

  async function post({ url }: WebhookTarget, { headers, body }: WebhookRequest): Promise<void> {
    const given = Object.entries(headers).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    try {
      const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
      const init = { method: 'POST', headers: Object.fromEntries(given), body: new Uint8Array(body), signal };
      await (await fetch(url, init)).arrayBuffer();
    } catch {
      // Nobody is there: the desk does not mind.
    }
  }

  function go(target: WebhookTarget, request: WebhookRequest): void {
    for (let times = habits.repeat ?? 1; times > 0; times -= 1) {
      const sent = post(target, request).finally(() => sending.delete(sent));
      sending.add(sent);
    }
  }

  return {
    send(target: WebhookTarget, request: WebhookRequest): void {
      if (habits.hold === true) held.push(() => go(target, request));
      else go(target, request);
    },
    habits(given: WebhookHabits): void {
      habits = given;
      if (given.hold === true) return;
      const waiting = given.reorder === true ? held.reverse() : held;
      held = [];
      for (const release of waiting) release();
    },
    async stop(): Promise<void> {
      held = [];
      await Promise.all(sending);
    },
  };
}
