import { createBridgeClient } from '../../src/client/index.js';
import type { CampaignContext, CampaignResult } from './campaign.js';
import { check, type Observed, type Violation } from './checker.js';
import { type Driver, type DriverOptions, openDriver } from './driver.js';
import { steadyNow } from './history.js';
import { createObserver, type Observe } from './observe.js';
import { percentile, recoveriesOf } from './recoveries.js';
import type { StartOptions } from './stage/bridge-process.js';
import type { StageConversation } from './stage/furnish.js';
import { openStage, type Stage, type StageOptions } from './stage/stage.js';

export interface LoadPlan {
  stage: StageOptions;
  driver?: DriverOptions;
  start?: StartOptions;
  /** Agents' screens are on all processes that serve in turn, each on its own; else at the front door. */
  screensEverywhere?: boolean;
  /** What is done while the load flows. @returns independent trials */
  hurt(stage: Stage, driver: Driver, pause: Pause): Promise<number>;
  /** After the load, with everything at rest and before it is judged. */
  mend?(stage: Stage, driver: Driver): Promise<void>;
  /** What the campaign itself has to say about the run. */
  judge?(observed: Observed, stage: Stage): Violation[];
  /** How long nothing may be owed at the end; minutes when it is not said. */
  drainSeconds?: number;
  /** Whose lanes rightly hold something at the end. */
  heldConversations?: (stage: Stage) => readonly StageConversation[];
  /** Lanes in doubt at a fault, by the fault's name. */
  inDoubt?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Lets everything come to rest amid the run, judges it up to here, keeps what was found, and lets the load flow again. */
export type Pause = (trialsSoFar: number) => Promise<CampaignResult>;

/** How long one pause waits for what is owed; what is owed still is judged at the end. */
const PAUSE_SECONDS = 60;

/** Opens a stage, lets the load flow, hurts it, lets everything come to rest, and judges what was left behind. */
export async function underLoad(context: CampaignContext, plan: LoadPlan): Promise<CampaignResult> {
  const stage = await openStage(context, plan.stage);
  let driver: Driver | undefined;
  try {
    await Promise.all(stage.bridges.map((bridge) => bridge.start(plan.start)));
    const screenUrls =
      plan.screensEverywhere === true
        ? stage.bridges.filter(({ serves }) => serves).map(({ url }) => url)
        : undefined;
    driver = openDriver(stage, context.seed, {
      ...plan.driver,
      ...(screenUrls === undefined ? {} : { screenUrls }),
    });
    await driver.screens.live();
    await expectFromNow(stage, driver);
    const run: Run = { stage, driver, plan, observe: createObserver(stage, driver), startedAt: steadyNow() };
    driver.flow();
    const trials = await plan.hurt(stage, driver, async (trialsSoFar) => {
      const result = await restAndJudge(run, trialsSoFar, PAUSE_SECONDS);
      context.keep(result);
      run.driver.flow();
      return result;
    });
    return await restAndJudge(run, trials, plan.drainSeconds);
  } finally {
    await driver?.close();
    await stage.close();
  }
}

interface Run {
  stage: Stage;
  driver: Driver;
  plan: LoadPlan;
  observe: Observe;
  startedAt: number;
}

async function restAndJudge(
  { stage, driver, plan, observe, startedAt }: Run,
  trials: number,
  drainSeconds: number | undefined,
): Promise<CampaignResult> {
  await driver.rest();
  const flowedSeconds = (steadyNow() - startedAt) / 1_000;
  await plan.mend?.(stage, driver);
  const restedAt = steadyNow();
  const observed = await observe({
    held: plan.heldConversations?.(stage) ?? [],
    ...(drainSeconds === undefined ? {} : { drainSeconds }),
  });
  const { outcome, counts, violations } = check(observed);
  const recovered = recoveriesOf(
    observed.history,
    observed.receipts.filter(({ direction }) => direction === 'out'),
    Date.now() - steadyNow(),
    plan.inDoubt,
  );
  const own = plan.judge?.(observed, stage) ?? [];
  const undrained: Violation[] =
    outcome === 'not drained'
      ? [{ class: 'stuck', about: 'the house', detail: `not drained: ${observed.owed.length} lanes owe` }]
      : [];
  return {
    trials,
    counts,
    violations: [...violations, ...own, ...undrained],
    recoveries: recovered.calm,
    figures: {
      seconds: Math.round(flowedSeconds),
      drainSeconds: Math.round((steadyNow() - restedAt) / 1_000),
      ...figuresOf('inDoubtMs', recovered.inDoubt),
      ...figuresOf('aloneMs', recovered.alone),
    },
  };
}

function figuresOf(name: string, values: readonly number[]): Record<string, number> {
  if (values.length === 0) return {};
  return Object.fromEntries([
    ...([0.5, 0.99] as const).map((part) => [`${name}P${part * 100}`, Math.round(percentile(values, part))]),
    [`${name}Max`, Math.round(percentile(values, 1))],
    [`${name}Count`, values.length],
  ]) as Record<string, number>;
}

/** Before the load everything is at rest: what the screens have to show begins here. */
async function expectFromNow(stage: Stage, driver: Driver): Promise<void> {
  const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey, timeoutSeconds: 60 });
  const seqs = new Map<string, number>();
  try {
    let cursor: string | undefined;
    do {
      const page = await program.conversations.list({
        limit: 200,
        ...(cursor === undefined ? {} : { cursor }),
      });
      for (const one of page.data) seqs.set(one.id, one.lastSeq);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  } finally {
    program.stop();
  }
  driver.screens.expectFrom(seqs);
}
