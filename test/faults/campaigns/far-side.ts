import { type BridgeClient, createBridgeClient } from '../../../src/client/index.js';
import type { Fault, FaultAction } from '../../../src/sandbox/index.js';
import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import type { Driver } from '../driver.js';
import type { StageConversation } from '../stage/furnish.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';

/** What the far side does to the first of a conversation's messages, and what that may cost. */
interface Trouble {
  name: string;
  /** Made when it is planted, where it speaks of a time. */
  fault: FaultAction | (() => FaultAction);
  /** For how long the second attempt waits at least: the far side has asked for it, or it is the bridge's own pause. */
  waits?: 'as asked' | 'by itself';
  /** Attempts that the first message needs. */
  attempts: number;
  ends?: 'dead' | 'tomorrow';
  /** Whether the far side has it although it did not say so, or said it wrong. */
  flagged?: boolean;
}

const answer = (status: number, headers: Record<string, string> = {}, code?: string): FaultAction => ({
  do: 'answer',
  status,
  headers,
  ...(code === undefined ? {} : { code }),
});
const throttled = (retryAfter: string): FaultAction => answer(429, { 'retry-after': retryAfter });
/** Longer than the bridge would wait by itself, so that one that does not listen comes too early. */
const ASKED_SECONDS = 12;
const inAWhile = (): string => new Date(Date.now() + ASKED_SECONDS * 1_000).toUTCString();
const yesterday = (): string => new Date(Date.now() - DAY_SECONDS * 1_000).toUTCString();
/** Five seconds after the first attempt, a tenth less at the least. */
const OWN_MILLISECONDS = 4_500;

const TROUBLES: readonly Trouble[] = [
  { name: 'away: the line is cut before it has heard', fault: { do: 'refuse' }, attempts: 2, flagged: true },
  { name: 'slow, within its time', fault: { do: 'delay', ms: 3_000 }, attempts: 1 },
  { name: 'too slow with its answer', fault: { do: 'delay', ms: 12_000, after: true }, attempts: 1 },
  { name: 'drips its answer', fault: { do: 'drip', ms: 300 }, attempts: 1 },
  { name: 'resets after the request', fault: { do: 'accept-then-drop' }, attempts: 1 },
  { name: 'accepts and says 500', fault: { do: 'accept-then-500' }, attempts: 1 },
  { name: '500 without having accepted', fault: answer(500), attempts: 2, flagged: true },
  { name: '502', fault: answer(502), attempts: 2, flagged: true },
  { name: '503', fault: answer(503), attempts: 2 },
  { name: '504', fault: answer(504), attempts: 2, flagged: true },
  {
    name: '429, Retry-After in seconds',
    fault: throttled(String(ASKED_SECONDS)),
    attempts: 2,
    waits: 'as asked',
  },
  {
    name: '429, Retry-After as a date',
    fault: () => throttled(inAWhile()),
    attempts: 2,
    waits: 'as asked',
  },
  { name: '429, Retry-After as a date that is past', fault: () => throttled(yesterday()), attempts: 2 },
  { name: '429, Retry-After negative', fault: throttled('-5'), attempts: 2, waits: 'by itself' },
  { name: '429, Retry-After 1e12', fault: throttled('1e12'), attempts: 2, waits: 'by itself' },
  { name: '429, Retry-After garbage', fault: throttled('soon, perhaps'), attempts: 2, waits: 'by itself' },
  { name: '429 without a word', fault: answer(429), attempts: 2, waits: 'by itself' },
  {
    name: '429, Retry-After of thirty thousand years',
    fault: throttled('1000000000000'),
    attempts: 1,
    ends: 'tomorrow',
  },
  { name: 'refuses it for good', fault: answer(422, {}, 'MESSAGE_NOT_SENT'), attempts: 1, ends: 'dead' },
  { name: '404', fault: answer(404), attempts: 1, ends: 'dead' },
  {
    name: '200 with a web page',
    fault: { ...answer(200), body: { html: true } } as FaultAction,
    attempts: 2,
    flagged: true,
  },
];

const MESSAGES = 3;
const CONVERSATIONS = TROUBLES.length + MESSAGES + 7;
const APART_MILLISECONDS = 400;
const DAY_SECONDS = 86_400;
/** Nothing of it takes longer than a minute of waiting; a loud machine gets three. */
const OUTCOME_SECONDS = 180;

/** WotNot in every mood: each conversation meets another one, all of them side by side. */
export const campaign: Campaign = {
  name: 'far-side',
  ids: ['F40', 'F41', 'F42', 'F43', 'F44', 'F45', 'F47'],
  databases: ['embedded', 'server'],
  async run(context) {
    const broken: BrokenPromise[] = [];
    const healthy = new Set<string>();
    const result = await underLoad(context, {
      stage: { name: `far-side-${context.database}`, conversations: CONVERSATIONS, agents: 2 },
      // Between two failures something goes well, as it does where only some conversations are in trouble.
      driver: { perSecond: 15, directions: ['out'], flowsIn: (one) => healthy.has(one.externalId) },
      // What waits until tomorrow is not waited for.
      drainSeconds: 15,
      heldConversations: (stage) =>
        TROUBLES.flatMap(({ ends }, index) => (ends === 'tomorrow' ? [conversationAt(stage, index)] : [])),
      async hurt(stage, driver) {
        const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey, timeoutSeconds: 60 });
        try {
          const [first, ...others] = stage.conversations.slice(TROUBLES.length + MESSAGES);
          if (first === undefined) throw new Error('there are too few conversations');
          // A connection that has never echoed is another story: its agents are asked.
          await driver.say('out', first);
          await waitFor(
            'the first echo',
            () => stage.farSide.log.receipts().length > 0 && stage.farSide.log.queued() === 0,
            OUTCOME_SECONDS,
          );
          for (const { externalId } of others) healthy.add(externalId);
          driver.fault('moods of the far side', Number.POSITIVE_INFINITY);
          await Promise.all(
            TROUBLES.map(async (trouble, index) => {
              await new Promise((resolve) => setTimeout(resolve, index * APART_MILLISECONDS));
              const conversation = conversationAt(stage, index);
              const planted = typeof trouble.fault === 'function' ? trouble.fault() : trouble.fault;
              const fault: Fault = {
                ...planted,
                ...{ operation: 'send-message', conversationId: conversation.externalId, times: 1 },
              };
              await stage.farSide.plant(fault);
              for (let n = 0; n < MESSAGES; n += 1) await driver.say('out', conversation);
              broken.push(...(await judgeTrouble(program, conversation, trouble)));
              if (trouble.waits !== undefined)
                broken.push(...(await judgeWait(stage, conversation, trouble, planted)));
            }),
          );
          broken.push(...(await refuseCredential(stage, driver, program)));
          return TROUBLES.length + 1;
        } finally {
          program.stop();
        }
      },
    });
    return { ...result, violations: [...result.violations, ...broken] };
  },
};

function conversationAt(stage: Stage, index: number): StageConversation {
  const conversation = stage.conversations[index];
  if (conversation === undefined) throw new Error('there are too few conversations');
  return conversation;
}

async function judgeTrouble(
  program: BridgeClient,
  conversation: StageConversation,
  trouble: Trouble,
): Promise<BrokenPromise[]> {
  const isOver = (state: string): boolean => state === 'delivered' || state === 'dead';
  const deliveries = await waitFor(
    `what becomes of “${trouble.name}”`,
    async () => {
      const { conversationId } = conversation;
      const { data } = await program.deliveries.list({ conversationId, limit: 50 });
      const sent = data.filter(({ kind }) => kind === 'send-message').toReversed();
      const [first] = sent;
      if (trouble.ends === 'tomorrow') return first?.attempts === 1 && first.state === 'waiting' && sent;
      return sent.length === MESSAGES && sent.every(({ state }) => isOver(state)) && sent;
    },
    OUTCOME_SECONDS,
  );
  const [first] = deliveries;
  const found: string[] = [];
  if (first?.attempts !== trouble.attempts)
    found.push(`${first?.attempts ?? 0} attempts instead of ${trouble.attempts}`);
  if (first?.flags.includes('possibleDuplicate') !== (trouble.flagged === true))
    found.push(`flags: ${first?.flags.join(' ') ?? ''}`);
  const ends = trouble.ends === 'dead' ? 'dead' : trouble.ends === 'tomorrow' ? 'waiting' : 'delivered';
  if (first?.state !== ends) found.push(`it is ${first?.state ?? 'gone'}, not ${ends}`);
  if (trouble.ends === 'tomorrow') {
    const seconds = (Date.parse(first?.nextAttemptAt ?? '') - Date.parse(first?.createdAt ?? '')) / 1_000;
    if (!(seconds >= DAY_SECONDS && seconds <= DAY_SECONDS * 1.06)) found.push(`again in ${seconds} s`);
  }
  return found.map((detail) => ({ class: 'promise', about: trouble.name, detail }));
}

/** How long the second attempt waited, as the far side saw it. */
async function judgeWait(
  stage: Stage,
  { externalId }: StageConversation,
  { name, waits }: Trouble,
  planted: FaultAction,
): Promise<BrokenPromise[]> {
  const requests = await stage.farSide.requests('send-message');
  const [first, second] = requests
    .filter(({ conversationId }) => conversationId === externalId)
    .map(({ at }) => Date.parse(at));
  if (first === undefined || second === undefined)
    return [{ class: 'promise', about: name, detail: 'the far side has not seen two attempts' }];
  const headers = 'headers' in planted ? planted.headers : undefined;
  const asked = headers?.['retry-after'] ?? '';
  const due =
    waits === 'by itself'
      ? first + OWN_MILLISECONDS
      : /^\d+$/u.test(asked)
        ? first + Number(asked) * 1_000
        : Date.parse(asked);
  if (second >= due) return [];
  const detail = `again after ${second - first} ms, ${due - second} ms too early`;
  return [{ class: 'promise', about: name, detail }];
}

/** Refused until it is mended: nothing is used up, nobody is overtaken, and then all of it flows. */
async function refuseCredential(
  stage: Stage,
  driver: Driver,
  program: BridgeClient,
): Promise<BrokenPromise[]> {
  const conversations = Array.from({ length: MESSAGES }, (_none, n) =>
    conversationAt(stage, TROUBLES.length + n),
  );
  const about = '401 until it is mended';
  const { connectionId } = stage;
  await stage.farSide.plant({ ...answer(401, {}, 'UNAUTHORIZED'), operation: 'send-message' });
  for (const conversation of conversations)
    for (let n = 0; n < MESSAGES; n += 1) await driver.say('out', conversation);
  await waitFor(
    'the connection to be paused',
    async () => (await program.connections.read(connectionId)).status === 'paused',
    OUTCOME_SECONDS,
  );
  const found: BrokenPromise[] = [];
  const waiting = await waitFor('every message to wait', async () => {
    const lists = await Promise.all(
      conversations.map(({ conversationId }) => program.deliveries.list({ conversationId, limit: 50 })),
    );
    const sent = lists.flatMap(({ data }) => data).filter(({ kind }) => kind === 'send-message');
    return sent.every(({ state }) => state === 'waiting') && sent;
  });
  const used = waiting.filter(({ attempts }) => attempts > 0);
  if (used.length > 0)
    found.push({ class: 'promise', about, detail: `${used.length} deliveries have used an attempt up` });
  if (waiting.length !== MESSAGES * conversations.length)
    found.push({ class: 'promise', about, detail: `${waiting.length} messages wait` });
  await stage.farSide.clearFaults();
  await program.connections.replaceCredentials(connectionId, { token: stage.farSide.token });
  await waitFor(
    'everything to have flown',
    async () => {
      const { data } = await program.deliveries.list({ state: 'pending', limit: 50 });
      const ids = new Set(conversations.map(({ conversationId }) => conversationId));
      return data.every(({ conversationId }) => !ids.has(conversationId));
    },
    OUTCOME_SECONDS,
  );
  return found;
}
