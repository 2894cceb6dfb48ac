import path from 'node:path';
import { type BridgeClient, BridgeError, createBridgeClient } from '../../src/client/index.js';
import { type Direction, type History, openHistory, type Saying, steadyNow } from './history.js';
import { wordsOf } from './sayings.js';
import { openScreens, type Screens } from './screens.js';
import { createSeeded, type Seeded } from './seeded.js';
import type { Stage } from './stage/stage.js';
import type { StageConversation } from './stage/furnish.js';

export interface DriverOptions {
  /** Sayings begun in a second, both directions together. */
  perSecond?: number;
  /** How many may be under way. */
  atOnce?: number;
  directions?: readonly Direction[];
  /** Where the load flows, when not everywhere; other lanes speak only when they are told to. */
  flowsIn?: (conversation: StageConversation) => boolean;
  /** Where each agent's screen connects to; the stage's front door when it is not said. */
  screenUrls?: readonly string[];
}

/**
 * A seeded load from both sides: visitors' words by webhook, repeated as WotNot would until they are answered
 * 200, and agents' replies over REST, repeated under their key. Each lane says 1, 2, 3 … one after another.
 */
export interface Driver {
  history: History;
  screens: Screens;
  /** Lets it flow until `rest`. */
  flow(): void;
  /** Nothing new is said; what is under way is brought to an answer. */
  rest(): Promise<void>;
  /** Says one thing more in a lane and brings it to an answer. */
  say(direction: Direction, conversation: StageConversation): Promise<Saying>;
  /** Marks a fault in the history. */
  fault(what: string, until?: number): void;
  /** How many sayings were taken so far. */
  taken(): number;
  close(): Promise<void>;
}

/** Of the webhooks, so many in a hundred come again after they were answered, and so many twice at once. */
const REPEATED_PERCENT = 4;
const TWICE_PERCENT = 3;
/** WotNot promises no repeat: now and then it gives up after a connection that was lost. */
const GIVEN_UP_PERCENT = 3;
const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 800;
/** A bridge that is left alone and takes nothing for so long is a failed run, not a slow one. */
const PATIENCE_SECONDS = 180;

interface Lane {
  direction: Direction;
  conversation: StageConversation;
  n: number;
  busy: boolean;
}

export function openDriver(stage: Stage, seed: number, options: DriverOptions = {}): Driver {
  const { perSecond = 80, atOnce = 100, directions = ['in', 'out'], flowsIn = () => true } = options;
  const chance = createSeeded(seed).branch('driver');
  const history = openHistory(
    path.join(stage.context.directory, `history-${seed}-${process.hrtime.bigint()}.jsonl`),
  );
  const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey, timeoutSeconds: 15 });
  const screens = openScreens(stage, history, options.screenUrls ?? [stage.url]);
  const lanes: Lane[] = stage.conversations.flatMap((conversation) =>
    directions.map((direction) => ({ direction, conversation, n: 0, busy: false })),
  );
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let taken = 0;
  let failure: Error | undefined;
  let closed = false;
  let restingSince = Number.POSITIVE_INFINITY;

  const speak = async (lane: Lane): Promise<Saying> => {
    lane.busy = true;
    lane.n += 1;
    const saying = { direction: lane.direction, conversation: lane.conversation.externalId, n: lane.n };
    try {
      const say =
        lane.direction === 'in' ? writeAsVisitor : stage.desk === undefined ? replyAsAgent : answerInDesk;
      await say(
        {
          stage,
          history,
          program,
          chance,
          isClosed: () => closed,
          isHopeless: () => steadyNow() > restingSince + PATIENCE_SECONDS * 1_000,
        },
        lane.conversation,
        saying,
        () => {
          taken += 1;
        },
      );
    } finally {
      lane.busy = false;
    }
    return saying;
  };

  const tick = (): void => {
    if (underWay.size >= atOnce) return;
    const free = lanes.filter((lane) => !lane.busy && flowsIn(lane.conversation));
    if (free.length === 0) return;
    const run = speak(chance.pick(free))
      .then(() => undefined)
      .catch((error: unknown) => {
        failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => underWay.delete(run));
    underWay.add(run);
  };

  return {
    history,
    screens,
    flow() {
      restingSince = Number.POSITIVE_INFINITY;
      timer ??= setInterval(tick, 1_000 / perSecond);
    },
    async rest() {
      clearInterval(timer);
      timer = undefined;
      restingSince = steadyNow();
      await Promise.all(underWay);
      if (failure !== undefined) throw failure;
    },
    say(direction, conversation) {
      const lane = lanes.find((one) => one.direction === direction && one.conversation === conversation);
      if (lane === undefined || lane.busy) throw new Error('that lane is not free');
      return speak(lane);
    },
    fault(what, until) {
      history.write({ type: 'fault', at: steadyNow(), what, ...(until === undefined ? {} : { until }) });
    },
    taken: () => taken,
    async close() {
      closed = true;
      clearInterval(timer);
      await Promise.allSettled(underWay);
      screens.close();
      program.stop();
      history.close();
    },
  };
}

interface Speaker {
  stage: Stage;
  history: History;
  program: BridgeClient;
  chance: Seeded;
  isClosed: () => boolean;
  isHopeless: () => boolean;
}

async function writeAsVisitor(
  speaker: Speaker,
  conversation: StageConversation,
  saying: Saying,
  taken: () => void,
): Promise<void> {
  const { history, chance, stage } = speaker;
  // Decided beforehand, so that the run of decisions does not hang on what the bridge answers.
  const comesAgain = chance.below(100) < REPEATED_PERCENT;
  const comesTwice = chance.below(100) < TWICE_PERCENT;
  const givesUp = chance.below(100) < GIVEN_UP_PERCENT && stage.bridges.length === 1;
  const body = JSON.stringify(webhookOf(stage, conversation, saying));
  for (let tries = 0; ; tries += 1) {
    history.write({ type: 'invoke', at: steadyNow(), ...saying }, tries === 0);
    const copies = comesTwice ? [post(stage, body), post(stage, body)] : [post(stage, body)];
    const statuses = await Promise.all(copies);
    const detail = statuses.join(' ');
    if (statuses.includes(200)) {
      history.write({ type: 'ok', at: steadyNow(), ...saying });
      taken();
      if (comesAgain) await post(stage, body);
      return;
    }
    const isRefused = statuses.every((status) => status >= 400 && status < 500 && status !== 429);
    history.write(
      { type: isRefused ? 'fail' : 'info', at: steadyNow(), ...saying, detail },
      isRefused || tries === 0,
    );
    if (isRefused) throw new Error(`the webhook of ${wordsOf(saying)} was answered ${detail}`);
    if (speaker.isClosed() || (givesUp && statuses.every((status) => status === 0))) return;
    if (speaker.isHopeless()) throw new Error(`nobody took ${wordsOf(saying)}: ${detail}`);
    await pause(tries);
  }
}

async function replyAsAgent(
  speaker: Speaker,
  conversation: StageConversation,
  saying: Saying,
  taken: () => void,
): Promise<void> {
  const { history, program, chance, stage } = speaker;
  const by = chance.pick(stage.agents.slice(0, 2)).email;
  const message = { type: 'text', text: wordsOf(saying), by } as const;
  const idempotencyKey = wordsOf(saying).replaceAll(' ', '.');
  for (let tries = 0; ; tries += 1) {
    history.write({ type: 'invoke', at: steadyNow(), ...saying }, tries === 0);
    try {
      await program.conversations.sendMessage(conversation.conversationId, message, { idempotencyKey });
      history.write({ type: 'ok', at: steadyNow(), ...saying });
      taken();
      return;
    } catch (error) {
      const refusal = error instanceof BridgeError ? error : undefined;
      const detail = refusal === undefined ? String(error) : `${refusal.code} ${refusal.status ?? ''}`;
      const status = refusal?.status ?? 0;
      const isRefused = status >= 400 && status < 500 && status !== 429 && status !== 409;
      history.write(
        { type: isRefused ? 'fail' : 'info', at: steadyNow(), ...saying, detail },
        isRefused || tries === 0,
      );
      if (isRefused) throw new Error(`${wordsOf(saying)} was refused: ${detail}`);
      if (speaker.isClosed()) return;
      if (speaker.isHopeless()) throw new Error(`nobody took ${wordsOf(saying)}: ${detail}`);
    }
    await pause(tries);
  }
}

/** An agent answers in the desk, which has it then: whether the bridge listens is the bridge's affair. */
async function answerInDesk(
  { stage, history }: Speaker,
  { ticketId }: StageConversation,
  saying: Saying,
  taken: () => void,
): Promise<void> {
  const { desk } = stage;
  const [agent] = desk?.agents ?? [];
  if (desk === undefined || agent === undefined || ticketId === undefined)
    throw new Error('there is no desk to answer in');
  history.write({ type: 'invoke', at: steadyNow(), ...saying });
  await desk.agentReplies(ticketId, { email: agent.email, text: wordsOf(saying) });
  history.write({ type: 'ok', at: steadyNow(), ...saying });
  taken();
}

/** As WotNot sends it, with the same id whenever it is sent. */
export function webhookOf(
  stage: Pick<Stage, 'webhookToken'>,
  conversation: StageConversation,
  saying: Saying,
): object {
  const message = { id: wordsOf(saying).replaceAll(' ', '-'), type: 'text', text: wordsOf(saying) };
  return {
    events: [
      {
        event: { type: 'message', payload: { message, message_by: { type: 'visitor' } } },
        conversation: { key: conversation.externalId },
        visitor: { key: conversation.visitorKey },
      },
    ],
    token: stage.webhookToken,
  };
}

/** @returns the status, or 0 when no answer came */
async function post(stage: Stage, body: string): Promise<number> {
  try {
    const answer = await fetch(`${stage.url}${stage.webhookPath}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

const pause = (tries: number): Promise<void> =>
  new Promise((resolve) =>
    setTimeout(resolve, Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** tries, LONGEST_PAUSE_MILLISECONDS)),
  );
