import { Agent } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import type { BridgeFacts } from '../support/bridge.js';
import { call, pause } from '../support/call.js';
import { webhookBody } from '../support/load.js';

const CONVERSATIONS = 200;
const SOCKETS = 40;
/** One webhook in so many comes a second time. */
const REPEATED = 10;
/** One reply for so many webhooks. */
const ANSWERED = 4;
/** So often somebody answers what the bridge asks about messages that it is not sure of. */
const RESOLVE_MILLISECONDS = 5_000;

export interface SoakLoad {
  /** Texts that were acknowledged, by direction. */
  readonly acknowledged: { in: Set<string>; out: Set<string> };
  readonly refused: number;
  stop(): Promise<void>;
}

/**
 * Visitors write, some of it twice; agents answer, also what the bridge asks them, by looking at what was `taken`; sockets
 * come and go. What is refused is sent again.
 */
export function startLoad(
  bridge: BridgeFacts,
  perSecond: number,
  taken: ReadonlyMap<string, number>,
): SoakLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const acknowledged = { in: new Set<string>(), out: new Set<string>() };
  const under = new Set<Promise<void>>();
  const key = { authorization: `Bearer ${bridge.apiKey}` };
  const sockets: Socket[] = [];
  const ids = new Map<number, string>();
  const textOf = new Map<string, string>();
  let count = 0;
  let refused = 0;
  let isOver = false;

  const post = async (
    url: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<string | undefined> => {
    // WotNot tries again for a while, and so does an agent's screen.
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const answered = await call(agent, 'POST', url, headers, body).catch(() => undefined);
      if (answered !== undefined) return answered;
      refused += 1;
      await pause(500);
    }
    return undefined;
  };

  const write = async (n: number): Promise<void> => {
    const text = `in ${n}`;
    const body = webhookBody(bridge.webhookToken, `conversation-${n % CONVERSATIONS}`, text);
    const posts = n % REPEATED === 0 ? [body, body] : [body];
    const answers = await Promise.all(posts.map((each) => post(bridge.url + bridge.webhookPath, {}, each)));
    if (answers.some((each) => each !== undefined)) acknowledged.in.add(text);
  };

  const answer = async (n: number): Promise<void> => {
    const id = ids.get(n % CONVERSATIONS);
    if (id === undefined) return;
    const text = `out ${n}`;
    const url = `${bridge.url}/v1/conversations/${id}/messages`;
    const body = JSON.stringify({ type: 'text', text, by: 'ada@bench.example' });
    const answered = await post(url, { ...key, 'idempotency-key': text.replace(' ', '-') }, body);
    if (answered === undefined) return;
    acknowledged.out.add(text);
    textOf.set((JSON.parse(answered) as { id: string }).id, text);
  };

  const resolve = async (): Promise<void> => {
    const read = await call(agent, 'GET', `${bridge.url}/v1/deliveries?state=uncertain&limit=100`, key).catch(
      () => '{"data":[]}',
    );
    const page = JSON.parse(read) as { data: { id: string; messageId?: string; flags: string[] }[] };
    for (const { id, messageId = '', flags } of page.data) {
      const text = textOf.get(messageId);
      if (text === undefined || !flags.includes('asked')) continue;
      const as = taken.has(text) ? 'delivered' : 'resend';
      // Whom the database is cut off meanwhile finds the question still there the next time.
      await call(
        agent,
        'POST',
        `${bridge.url}/v1/deliveries/${id}/resolve`,
        key,
        JSON.stringify({ as }),
      ).catch(() => undefined);
    }
  };

  const learn = async (): Promise<void> => {
    const read = await call(agent, 'GET', `${bridge.url}/v1/conversations?limit=200`, key).catch(
      () => '{"data":[]}',
    );
    const page = JSON.parse(read) as { data: { id: string; externalConversationId: string }[] };
    for (const { id, externalConversationId } of page.data)
      ids.set(Number(externalConversationId.split('-')[1]), id);
  };

  const follow = (promise: Promise<void>): void => {
    under.add(promise);
    void promise.finally(() => under.delete(promise));
  };

  const connect = (): void => {
    const socket = io(bridge.url, {
      auth: { token: bridge.apiKey },
      transports: ['websocket'],
      forceNew: true,
    });
    sockets.push(socket);
  };

  const timers = [
    setInterval(() => {
      count += 1;
      follow(write(count));
      if (count % ANSWERED === 0) follow(answer(count));
    }, 1_000 / perSecond),
    setInterval(() => follow(learn()), 5_000),
    setInterval(() => follow(resolve()), RESOLVE_MILLISECONDS),
    // The oldest leaves, another one comes.
    setInterval(() => {
      sockets.shift()?.disconnect();
      connect();
    }, 1_000),
  ];
  for (let n = 0; n < SOCKETS; n += 1) connect();
  return {
    acknowledged,
    get refused() {
      return refused;
    },
    async stop() {
      if (isOver) return;
      isOver = true;
      for (const timer of timers) clearInterval(timer);
      await Promise.all(under);
      for (const socket of sockets) socket.disconnect();
      agent.destroy();
    },
  };
}
