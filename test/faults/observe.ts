import { type BridgeClient, createBridgeClient } from '../../src/client/index.js';
import type { Fact } from '../../src/contract/facts.js';
import { waitFor } from '../support/wait-for.js';
import type { Account, Observed, Receipt } from './checker.js';
import { type Driver, sayingOf } from './driver.js';
import { type Saying, steadyNow } from './history.js';
import type { StageConversation } from './stage/furnish.js';
import type { Stage } from './stage/stage.js';

/** After so long it is said that the house has not drained; a quiet one needs a second or two. */
const DRAIN_SECONDS = 300;
const STUCK_BEYOND_LEASE_SECONDS = 10;

/** Waits until nothing is owed any more, then writes down everything that the checker has to know. */
export async function observe(
  stage: Stage,
  driver: Driver,
  options: { drainSeconds?: number; held?: readonly StageConversation[] } = {},
): Promise<Observed> {
  const { drainSeconds = DRAIN_SECONDS, held = [] } = options;
  const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey, timeoutSeconds: 60 });
  try {
    const owed = await drain(
      stage,
      program,
      drainSeconds,
      new Set(held.map(({ externalId }) => `out ${externalId}`)),
    );
    const told = await Promise.all(
      chunksOf(stage.conversations, 8).map(async (some) => {
        const facts: [string, Fact[]][] = [];
        for (const { externalId, conversationId } of some)
          facts.push([externalId, await fetchFacts(program, conversationId)]);
        return facts;
      }),
    );
    const facts = new Map(told.flat());
    await awaitScreens(stage, driver, facts);
    const receipts = [...facts].flatMap(([externalId, list]) => receivedIn(externalId, list));
    return {
      history: driver.history.lines,
      receipts: [...receipts, ...farReceipts(stage)],
      accounts: [...facts.values()].flatMap(accountsOf),
      fetched: new Map([...facts].map(([id, list]) => [id, { seqs: list.map(({ seq }) => seq) }])),
      views: driver.screens.all.flatMap((screen) => screen.views()),
      drained: owed.every((lane) => lane.held),
      owed,
      farSide: stage.echo ? 'echo' : 'silent',
      stuckSeconds: stage.leaseSeconds + STUCK_BEYOND_LEASE_SECONDS,
    };
  } finally {
    program.stop();
  }
}

/** @returns lanes that still have work when the patience is over, each with how long it has not moved */
async function drain(
  stage: Stage,
  program: BridgeClient,
  seconds: number,
  held: ReadonlySet<string>,
): Promise<Observed['owed']> {
  const moved = new Map<string, { what: string; at: number }>();
  let owed: { lane: string; what: string }[] = [];
  let quiet = 0;
  const look = async (): Promise<boolean> => {
    owed = await whatIsOwed(stage, program);
    const now = steadyNow();
    const lanes = new Set(owed.map(({ lane }) => lane));
    for (const lane of moved.keys()) if (!lanes.has(lane)) moved.delete(lane);
    for (const { lane, what } of owed) if (moved.get(lane)?.what !== what) moved.set(lane, { what, at: now });
    // Twice: what was on its way from one place to the next during the first look is there by the second.
    quiet = owed.every(({ lane }) => held.has(lane)) && stage.farSide.log.queued() === 0 ? quiet + 1 : 0;
    return quiet === 2;
  };
  await waitFor('nothing to be owed', look, seconds).catch(() => undefined);
  const now = steadyNow();
  return owed.map(({ lane }) => {
    const direction = lane.startsWith('in ') ? 'in' : 'out';
    const stillSeconds = (now - (moved.get(lane)?.at ?? now)) / 1_000;
    return { direction, conversation: lane.slice(direction.length + 1), stillSeconds, held: held.has(lane) };
  });
}

async function whatIsOwed(stage: Stage, program: BridgeClient): Promise<{ lane: string; what: string }[]> {
  const names = new Map(stage.conversations.map((one) => [one.conversationId, one.externalId]));
  const states = await Promise.all(
    (['pending', 'uncertain'] as const).map(
      async (state) => (await program.deliveries.list({ state, limit: 200 })).data,
    ),
  );
  const deliveries = states.flat().filter(({ flags }) => !flags.includes('asked'));
  const events = (await program.inboundEvents.list({ state: 'recorded', limit: 200 })).data;
  return [
    ...deliveries.map(({ conversationId, id, state, attempts }) => ({
      lane: `out ${names.get(conversationId) ?? conversationId}`,
      what: `${id} ${state} ${attempts}`,
    })),
    ...events.map((event) => ({ lane: `in ${event.externalConversationId ?? ''}`, what: event.id })),
  ];
}

export async function fetchFacts(program: BridgeClient, conversationId: string): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (;;) {
    const after = facts.at(-1)?.seq ?? 0;
    const { data } = await program.conversations.events(conversationId, { after, limit: 200 });
    if (data.length === 0) return facts;
    facts.push(...data);
  }
}

/** Screens get the time to catch up; what is missing then is missing. */
async function awaitScreens(stage: Stage, driver: Driver, facts: ReadonlyMap<string, Fact[]>): Promise<void> {
  driver.screens.reconnect();
  const isThere = (): boolean =>
    driver.screens.all.every((screen) =>
      stage.conversations.every(({ conversationId, externalId }) => {
        const reached = screen.reached(conversationId);
        return reached === 0 || reached >= (facts.get(externalId)?.at(-1)?.seq ?? 0);
      }),
    );
  await waitFor('the screens to have caught up', isThere, 60).catch(() => undefined);
}

/** Visitors' words as the bridge's own record has them; the seq is the order in which they count as received. */
function receivedIn(externalId: string, facts: readonly Fact[]): Receipt[] {
  return facts.flatMap((fact) => {
    if (fact.type !== 'message.received' || fact.data.message.text === 'start') return [];
    return [receiptOf('in', externalId, fact.data.message.text, fact.seq)];
  });
}

function farReceipts(stage: Stage): Receipt[] {
  return stage.farSide.log
    .receipts()
    .map(({ conversationId, text, at }) => receiptOf('out', conversationId, text, at));
}

/** Words that the driver never says, or that came the wrong way, are nobody's. */
function receiptOf(direction: Saying['direction'], arrivedIn: string, words: string, at: number): Receipt {
  const saying = sayingOf(words);
  if (saying?.direction === direction) return { ...saying, arrivedIn, at };
  return { direction, conversation: `“${words.slice(0, 40)}”`, n: 0, arrivedIn, at };
}

function accountsOf(facts: readonly Fact[]): Account[] {
  const accounts = new Map<string, Account>();
  for (const fact of facts) {
    if (!('message' in fact.data)) continue;
    const { message } = fact.data;
    const saying = sayingOf(message.text);
    if (saying?.direction !== 'out') continue;
    const known = accounts.get(message.id);
    const blank = { sentSeq: 0, failedSeq: 0, uncertainSeq: 0 };
    const account: Account = { ...blank, ...known, ...saying, state: message.state, flags: message.flags };
    if (fact.type === 'message.sent') account.sentSeq ||= fact.seq;
    if (fact.type === 'message.failed') account.failedSeq ||= fact.seq;
    if (fact.type === 'message.uncertain') account.uncertainSeq ||= fact.seq;
    accounts.set(message.id, account);
  }
  return [...accounts.values()];
}

function chunksOf<T>(list: readonly T[], count: number): T[][] {
  const size = Math.max(1, Math.ceil(list.length / count));
  return Array.from({ length: Math.ceil(list.length / size) }, (_none, n) =>
    list.slice(n * size, (n + 1) * size),
  );
}
