import { createBridgeClient } from '../../../src/client/index.js';
import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { webhookOf } from '../driver.js';
import { steadyNow } from '../history.js';
import { fetchFacts } from '../recorded.js';
import { sayingOf } from '../sayings.js';
import type { StageConversation } from '../stage/furnish.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';

const COPIES = 100;
/** How long ago an event was first seen when it comes again; its key is kept for thirty days at least. */
const AGES = ['1 hour', '1 day', '29 days'];
const TOO_OLD = 'a key of forty days ago';
const SETTLE_SECONDS = 120;
const MOST_TRIES = 60;

/** A story of five events about one conversation, which may come in any order. */
const STORY = ['conversation_create', 'message', 'assignee_change', 'conversation_labels', 'status'] as const;
type Part = (typeof STORY)[number];

/** The same webhook a hundred times at once, again after hours and weeks, and every order of a small story. */
export const campaign: Campaign = {
  name: 'webhooks',
  ids: ['F52', 'F53', 'F54'],
  databases: ['embedded', 'server'],
  async run(context) {
    const broken: BrokenPromise[] = [];
    let trials = 0;
    const result = await underLoad(context, {
      stage: {
        name: `webhooks-${context.database}`,
        ...{ conversations: 4, agents: 1, env: { UPKEEP_SECONDS: '1' } },
      },
      driver: { perSecond: 5, flowsIn: () => false },
      async hurt(stage, driver) {
        const [first, second] = stage.conversations;
        if (first === undefined || second === undefined) throw new Error('there are too few conversations');
        await storm(stage, driver.history.write, first);
        trials += COPIES;
        trials += await comeAgainLater(stage, second, (conversation) => driver.say('in', conversation));
        const orders = permutationsOf(STORY);
        broken.push(...(await tellInEveryOrder(stage, orders)));
        trials += orders.length;
        return trials;
      },
    });
    return { ...result, violations: [...result.violations, ...broken] };
  },
};

/** One event, a hundred requests at the same moment: all are answered 200, and it is shown once. */
async function storm(
  stage: Stage,
  write: (line: {
    type: 'invoke' | 'ok';
    at: number;
    direction: 'in';
    conversation: string;
    n: number;
  }) => void,
  conversation: StageConversation,
): Promise<void> {
  // A number that the driver itself does not come to.
  const saying = { direction: 'in', conversation: conversation.externalId, n: 1_000 } as const;
  const body = webhookOf(stage, conversation, saying);
  write({ type: 'invoke', at: steadyNow(), ...saying });
  const statuses = await Promise.all(Array.from({ length: COPIES }, () => send(stage, body)));
  if (statuses.some((status) => status !== 200))
    throw new Error(`answered ${[...new Set(statuses)].join(' ')}`);
  write({ type: 'ok', at: steadyNow(), ...saying });
}

/**
 * Everything that is known of the event is made to have come long ago, and what is too old has gone since; only a
 * server can be asked to.
 */
async function comeAgainLater(
  stage: Stage,
  conversation: StageConversation,
  say: (conversation: StageConversation) => Promise<{ n: number }>,
): Promise<number> {
  if (stage.database.kind === 'embedded') return 0;
  for (const age of AGES) {
    const { n } = await say(conversation);
    await stage.database.ask(`UPDATE inbound_keys SET accepted_at = now() - interval '${age}'`);
    await stage.database.ask(
      `UPDATE inbound_events SET received_at = now() - interval '${age}', projected_at = now() - interval '${age}'`,
    );
    await untilCleared(stage);
    const saying = sayingOf(`in ${conversation.externalId} ${n}`);
    if (saying === undefined) throw new Error('the words do not say what was said');
    const status = await send(stage, webhookOf(stage, conversation, saying));
    if (status !== 200) throw new Error(`a repeat after ${age} was answered ${status}`);
  }
  return AGES.length;
}

/** The upkeep has been through the ledger of keys since now: one that is too old is gone. */
async function untilCleared({ database, workspaceId, connectionId }: Stage): Promise<void> {
  await database.ask(
    `INSERT INTO inbound_keys (workspace_id, connection_id, key, accepted_at)
     VALUES ('${workspaceId}', '${connectionId}', '${TOO_OLD}', now() - interval '40 days')`,
  );
  await waitFor(
    'what is too old to go',
    async () => (await database.ask(`SELECT 1 FROM inbound_keys WHERE key = '${TOO_OLD}'`)).length === 0,
    SETTLE_SECONDS,
  );
}

/** Whatever the order, the conversation ends as the story does: nothing is lost or shown twice. */
async function tellInEveryOrder(stage: Stage, orders: readonly Part[][]): Promise<BrokenPromise[]> {
  const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey, timeoutSeconds: 60 });
  try {
    const told = new Map<string, string>();
    await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7].map(async (worker) => {
        for (let index = worker; index < orders.length; index += 8) {
          const key = `story-${index}`;
          const order = orders[index] ?? [];
          told.set(key, order.join(' → '));
          for (const part of order) {
            const status = await send(stage, { events: [eventOf(key, part)], token: stage.webhookToken });
            if (status !== 200) throw new Error(`${part} was answered ${status}`);
          }
        }
      }),
    );
    await waitFor(
      'every story to be projected',
      async () => (await program.inboundEvents.list({ state: 'recorded', limit: 10 })).data.length === 0,
      SETTLE_SECONDS,
    );
    const conversations = await program.conversations.list({ limit: 200 });
    const found = new Map(conversations.data.map((one) => [one.externalConversationId, one]));
    const broken: BrokenPromise[] = [];
    for (const [key, order] of told) {
      const one = found.get(key);
      const facts = one === undefined ? [] : await fetchFacts(program, one.id);
      const said = facts.filter(({ type }) => type === 'message.received').length;
      const opened = facts.filter(({ type }) => type === 'conversation.opened').length;
      const ends = [one?.status, one?.assignee.type, one?.labels.join(), one?.contact.name, said, opened];
      const wanted = ['closed', 'agent', 'VIP', 'Story', 1, 1];
      if (ends.join(' ') !== wanted.join(' '))
        broken.push({ class: 'promise', about: order, detail: `it ends as ${ends.join(' ')}` });
    }
    return broken;
  } finally {
    program.stop();
  }
}

function eventOf(key: string, part: Part): object {
  const at = (second: number): string => `2026-01-02 03:04:0${second}.000000`;
  const payloads: Record<Part, object> = {
    conversation_create: {
      assigned_to_user: { email: 'seq_user@wotnot-seq.com', id: '8181', type: 'bot' },
      ...{ created_at: at(1), title: 'Story', is_closed: 0, external_key: key },
      variables: [{ type: 'text', name: 'visitor_name', value: 'Story' }],
    },
    message: {
      message: { id: `${key}-message`, type: 'text', text: 'once upon a time' },
      ...{ message_by: { type: 'visitor' }, created_at: at(2) },
    },
    assignee_change: {
      assigned_to_user: { email: 'ada@fern.example', id: 1, name: 'Ada', type: 'agent' },
      created_at: at(3),
    },
    conversation_labels: { labels: [{ id: 1, name: 'VIP' }], created_at: at(4) },
    status: { status: 'CLOSE', is_closed: 1, by: { email: 'ada@fern.example' }, created_at: at(5) },
  };
  return {
    event: { type: part, payload: payloads[part] },
    conversation: { key },
    visitor: { key: `v-${key}` },
  };
}

/** Again after a 503 or 429, as it asks for; a loud machine says so now and then. */
async function send(stage: Stage, body: object): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`${stage.url}${stage.webhookPath}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    await answer.arrayBuffer();
    const isLater = answer.status === 503 || answer.status === 429;
    if (!isLater || tries === MOST_TRIES) return answer.status;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function permutationsOf<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((one, index) =>
    permutationsOf([...list.slice(0, index), ...list.slice(index + 1)]).map((rest) => [one, ...rest]),
  );
}
