import { type BridgeClient, createBridgeClient } from '../../src/client/index.js';
import { waitFor } from '../support/wait-for.js';
import type { Observed, Receipt } from './checker.js';
import type { Driver } from './driver.js';
import { steadyNow } from './history.js';
import { createRecords, type Recorded } from './recorded.js';
import { receiptOf } from './sayings.js';
import { intoTickets, ticketReceipts } from './tickets.js';
import type { StageConversation } from './stage/furnish.js';
import type { Stage } from './stage/stage.js';

/** After so long it is said that the house has not drained; a quiet one needs a second or two. */
const DRAIN_SECONDS = 300;
const STUCK_BEYOND_LEASE_SECONDS = 10;

export interface ObserveOptions {
  drainSeconds?: number;
  held?: readonly StageConversation[];
}

/** Waits until nothing is owed any more, then answers everything that the checker has to know of the run so far. */
export type Observe = (options?: ObserveOptions) => Promise<Observed>;

/** What one look has learnt is not asked for again by the next: a long run is looked at now and then. */
export function createObserver(stage: Stage, driver: Driver): Observe {
  const records = createRecords(stage.conversations);
  return async ({ drainSeconds = DRAIN_SECONDS, held = [] } = {}) => {
    const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey, timeoutSeconds: 60 });
    try {
      const heldLanes = new Set(held.map(({ externalId }) => `out ${externalId}`));
      const owed = await drain(stage, program, drainSeconds, heldLanes);
      const recorded = await records.readOn(program);
      await awaitScreens(stage, driver, recorded);
      return {
        history: stage.desk === undefined ? driver.history.lines : intoTickets(driver.history.lines),
        receipts: [
          ...[...recorded.values()].flatMap(({ receipts }) => receipts),
          ...farReceipts(stage),
          ...(await ticketReceipts(stage)),
        ],
        accounts: [...recorded.values()].flatMap(({ accounts }) => [...accounts.values()]),
        fetched: recorded,
        views: driver.screens.all.flatMap((screen) => screen.views()),
        drained: owed.every((lane) => lane.held),
        owed,
        farSide: stage.echo ? 'echo' : 'silent',
        desk: stage.desk?.repeats,
        stuckSeconds: stage.leaseSeconds + STUCK_BEYOND_LEASE_SECONDS,
      };
    } finally {
      program.stop();
    }
  };
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
    const isTold = stage.farSide.log.queued() === 0 && ((await stage.desk?.untold()) ?? 0) === 0;
    quiet = owed.every(({ lane }) => held.has(lane)) && isTold ? quiet + 1 : 0;
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

/** Screens get the time to catch up; what is missing then is missing. */
async function awaitScreens(
  stage: Stage,
  driver: Driver,
  recorded: ReadonlyMap<string, Recorded>,
): Promise<void> {
  driver.screens.reconnect();
  // One that was away all the time has reached nothing yet: it must be there before it is asked what it was told.
  const isAway = ({ state }: { state: string }): boolean =>
    !['live', 'signed-out', 'stopped'].includes(state);
  const isThere = (): boolean =>
    !driver.screens.all.some(isAway) &&
    driver.screens.all.every((screen) =>
      stage.conversations.every(({ conversationId, externalId }) => {
        const reached = screen.reached(conversationId);
        return reached === 0 || reached >= (recorded.get(externalId)?.seqs.at(-1) ?? 0);
      }),
    );
  await waitFor('the screens to have caught up', isThere, 60).catch(() => undefined);
}

function farReceipts(stage: Stage): Receipt[] {
  return stage.farSide.log
    .receipts()
    .map(({ conversationId, text, at }) => receiptOf('out', conversationId, text, at));
}
