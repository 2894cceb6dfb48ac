import { randomBytes } from 'node:crypto';
import type { Tenancy } from '../../support/tenancy.js';
import type { BrokenPromise } from '../campaign.js';
import { pause } from './figures.js';
import { post } from './traffic.js';

const EVERY_MILLISECONDS = 120;
const RETRY_MILLISECONDS = 100;
const PATIENCE_MILLISECONDS = 20_000;
/** As the sandbox's account has it. */
const SMS_FROM = '11231231230';

/** Conversations that agents start: what is written in a transaction of several statements, with a commit of its own. */
interface Starts {
  /** Phones of those that were answered 202. */
  started: readonly string[];
  statuses: readonly number[];
  /** Ends with the one that is being started. */
  stop(): Promise<void>;
  /** What was started is here once, and at the far side once; or the agent was asked. */
  judge(): Promise<Omit<BrokenPromise, 'class'>[]>;
}

export function startConversations(tenancy: Tenancy): Starts {
  const url = new URL('/v1/conversations', tenancy.webhookUrl).href;
  const run = randomBytes(3).toString('hex');
  const started: string[] = [];
  const statuses: number[] = [];
  let isOver = false;
  const start = async (n: number): Promise<void> => {
    const phone = `+1555${String(2_000_000 + n)}`;
    const headers = { authorization: `Bearer ${tenancy.apiKey}`, 'idempotency-key': `${run}.start.${n}` };
    const message = { type: 'text', text: textFor(phone) };
    const body = JSON.stringify({
      ...{ channel: 'SMS', from: SMS_FROM, to: { phone, name: 'Rosa' }, message },
      by: 'ada@fern.example',
    });
    for (;;) {
      const { status } = await post(url, headers, body, PATIENCE_MILLISECONDS);
      statuses.push(status);
      if (status === 202) break;
      if (status >= 400 && status < 500 && status !== 409 && status !== 429)
        throw new Error(`a start was answered ${status}`);
      await pause(RETRY_MILLISECONDS);
    }
    started.push(phone);
  };
  const running = (async () => {
    for (let n = 0; !isOver; n += 1) {
      await start(n);
      await pause(EVERY_MILLISECONDS);
    }
  })();
  // Told at the stop.
  running.catch(() => undefined);
  return {
    started,
    statuses,
    async stop() {
      isOver = true;
      await running;
    },
    async judge() {
      const broken: Omit<BrokenPromise, 'class'>[] = [];
      const [here, there] = [await countHere(tenancy), await countThere(tenancy)];
      const asked = new Set(
        (await tenancy.deliveries('uncertain')).map(({ conversationId }) => conversationId),
      );
      for (const phone of started) {
        const ids = here.get(phone) ?? [];
        if (ids.length !== 1)
          broken.push({ about: 'a conversation is started once', detail: `${ids.length} here` });
        const heard = there.get(textFor(phone)) ?? 0;
        const isAsked = ids.some((id) => asked.has(id));
        if (heard > 1 || (heard === 0 && !isAsked))
          broken.push({ about: 'a conversation is started once', detail: `${heard} times at the far side` });
      }
      return broken;
    },
  };
}

const textFor = (phone: string): string => `started ${phone}`;

/** Ids of the conversations with each phone. */
async function countHere({ program }: Tenancy): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>();
  let cursor: string | undefined;
  do {
    const page = await program.conversations.list({
      limit: 200,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { id, contact } of page.data) {
      if (contact.phone === undefined) continue;
      ids.set(contact.phone, [...(ids.get(contact.phone) ?? []), id]);
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

/** How often each thing was said to anybody. */
async function countThere({ sandboxUrl }: Tenancy): Promise<Map<string, number>> {
  const read = async <T>(path: string): Promise<T> =>
    (await fetch(`${sandboxUrl}${path}`)).json() as Promise<T>;
  const counts = new Map<string, number>();
  for (const { id } of await read<{ id: string }[]>('/sandbox/conversations')) {
    const { messages } = await read<{ messages: { from: string; text?: string }[] }>(
      `/sandbox/conversations/${id}`,
    );
    for (const { from, text = '' } of messages)
      if (from === 'agent') counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}
