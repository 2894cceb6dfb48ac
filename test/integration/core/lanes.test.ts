import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ChatConnector, SendOutcome } from '../../../src/connectors/connector.js';
import { createDelivery, type Delivery, type DeliveryOptions } from '../../../src/delivery/delivery.js';
import { judgeAttempt } from '../../../src/delivery/judge.js';
import { createTicketRecord } from '../../../src/store/ticket-record.js';
import type { DeliveryLane } from '../../../src/store/nudges.js';
import { showPresence } from '../../../src/store/presence.js';
import { onEachDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { openRooms, type Place, type Rooms } from './rooms.js';

const LEASE = { owner: 'one', seconds: 4 };

interface FarSide {
  /** What was received, by conversation. */
  received: Map<string, string[]>;
  /** How many of one conversation are being received at once; more than one would be a race. */
  most: number;
  answer: (text: string) => Promise<SendOutcome> | SendOutcome;
}

function openFarSide(): { farSide: FarSide; connector: ChatConnector } {
  const underWay = new Map<string, number>();
  const farSide: FarSide = { received: new Map(), most: 0, answer: () => ({ outcome: 'delivered' }) };
  const connector = {
    name: 'fake',
    side: 'chat',
    async send(order, target, _account, { leaving }) {
      if (!leaving()) return { outcome: 'retry', code: 'aborted', message: 'aborted' };
      const text =
        order.kind === 'send-message' && order.content.type === 'text' ? order.content.text : order.kind;
      const lane = target.externalConversationId;
      const now = (underWay.get(lane) ?? 0) + 1;
      underWay.set(lane, now);
      farSide.most = Math.max(farSide.most, now);
      const outcome = await farSide.answer(text);
      if (outcome.outcome === 'delivered')
        farSide.received.set(lane, [...(farSide.received.get(lane) ?? []), text]);
      underWay.set(lane, now - 1);
      return outcome;
    },
  } as Partial<ChatConnector> as ChatConnector;
  return { farSide, connector };
}

/** A clock that runs, and may be put on. */
function passingTime(): { now: () => number; pass: (milliseconds: number) => void } {
  let passed = 0;
  return {
    now: () => performance.now() + passed,
    pass: (milliseconds) => {
      passed += milliseconds;
    },
  };
}

/** Nothing here goes to a desk. */
const noDesk = {
  deafUntil: () => 0,
  departures: {
    open: () => undefined,
    note: () => undefined,
    neverLeft: () => false,
    close: () => undefined,
  },
  tickets: createTicketRecord({} as never, { send: () => undefined }),
  keepFile: async () => ({ outcome: 'unavailable' as const, reason: '' }),
  readFile: async () => Buffer.alloc(0),
};

describe('lanes', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    beforeAll(async () => {
      rooms = await openRooms(kind);
      place = await rooms.addPlace();
    });
    afterAll(() => rooms?.close());
    const workers: Delivery[] = [];
    afterEach(async () => {
      for (const worker of workers.splice(0)) await worker.stop();
    });

    /** Of everything that this place owes or has owed. */
    const attemptsOf = async ({ scope }: Place): Promise<number> => {
      const page = await rooms.deliveries.list(scope, { limit: 100 });
      return page?.items.reduce((sum, { attempts }) => sum + attempts, 0) ?? 0;
    };

    const startWorker = (
      connector: ChatConnector,
      owner: string,
      now?: () => number,
      others: Partial<DeliveryOptions> = {},
    ): Delivery => {
      const worker = createDelivery({
        outbox: rooms.outbox,
        earlyLanes: rooms.earlyLanes,
        naming: { name: async () => undefined },
        ...noDesk,
        nudges: rooms.nudges,
        owner,
        leaseSeconds: 4,
        sweepMilliseconds: 50,
        graceSeconds: 0.2,
        maxLanes: 8,
        perSecondPerConnection: 10_000,
        sharers: () => 1,
        deadlineSeconds: 5,
        now,
        open: async () => ({ connector, account: { settings: {}, credentials: {} } }),
        fileUrl: () => '',
        noteBreaker: async () => undefined,
        holdConnection: async () => undefined,
        pauseConnection: async () => undefined,
        observe: {
          settled: () => undefined,
          overtaken: () => undefined,
          breaker: () => undefined,
          failed: (error) => {
            throw error;
          },
          swept: () => undefined,
        },
        ...others,
      });
      worker.start();
      workers.push(worker);
      return worker;
    };
    const atRest = async (lanes: DeliveryLane[]): Promise<boolean> => {
      for (const lane of lanes) {
        const row = await rooms.readLane(lane);
        if (row.nextAt !== null || row.owed !== 0 || row.leaseUntil !== null) return false;
      }
      return true;
    };

    it('two workers never send one conversation’s messages out of order or at once, whatever is accepted meanwhile', {
      timeout: 60_000,
    }, async () => {
      const { farSide, connector } = openFarSide();
      const lanes = await Promise.all(
        Array.from({ length: 4 }, (_none, n) => rooms.addConversation(place, `order ${n}`)),
      );
      const pair = [startWorker(connector, 'one'), startWorker(connector, 'two')];
      await Promise.all(
        lanes.map(async (lane) => {
          for (let n = 0; n < 25; n += 1) await rooms.owe(place, lane.conversationId, `${n}`);
        }),
      );
      // Owed counts survive replies that are accepted while others are settled: nothing is stranded.
      await waitFor('all lanes to be at rest', () => atRest(lanes), 30);
      await Promise.all(pair.map((worker) => worker.stop()));
      for (const [index] of lanes.entries()) {
        expect(farSide.received.get(`order ${index}`)).toEqual(
          Array.from({ length: 25 }, (_none, n) => `${n}`),
        );
      }
      expect(farSide.most).toBe(1);
    });

    it('a reply accepted at the very moment in which the last one is settled is never stranded, even without a nudge', {
      timeout: 60_000,
    }, async () => {
      const lane = await rooms.addConversation(place, 'hammer');
      await rooms.owe(place, lane.conversationId, 'first');
      for (let round = 0; round < 60; round += 1) {
        const taken = await rooms.outbox.take(lane, LEASE);
        if (taken.outcome !== 'send') throw new Error(`round ${round}: ${taken.outcome}`);
        const delivered = {
          as: 'delivered',
          attempt: taken.head.attempt,
          attemptOutcome: 'delivered',
        } as const;
        await Promise.all([
          rooms.owe(place, lane.conversationId, `round ${round}`),
          rooms.outbox.settle(taken.head, taken.fence, delivered),
        ]);
        const row = await rooms.readLane(lane);
        expect({ round, owed: row.owed, isDue: row.nextAt !== null }).toEqual({
          round,
          owed: 1,
          isDue: true,
        });
      }
    });

    it('lanes that are taken in one turn each give their own head, once; a lane that is at rest is empty', async () => {
      const lanes = await Promise.all(
        Array.from({ length: 70 }, (_none, n) => rooms.addConversation(place, `together ${n}`)),
      );
      for (const [n, lane] of lanes.entries()) {
        // Every tenth owes nothing.
        if (n % 10 === 0) continue;
        await rooms.owe(place, lane.conversationId, `first of ${n}`);
        await rooms.owe(place, lane.conversationId, `second of ${n}`);
      }
      const twice = [...lanes, ...lanes];
      const taken = await Promise.all(twice.map((lane) => rooms.outbox.take(lane, LEASE)));
      const heads = taken.map((one) =>
        one.outcome === 'send' && one.head.order.kind === 'send-message'
          ? one.head.order.content
          : one.outcome,
      );
      // Of two who ask for a lane one gets it, whichever statement is the faster.
      const got = lanes.map((_lane, n) => [heads[n], heads[n + 70]].filter((head) => head !== 'not_free'));
      expect(got).toEqual(
        lanes.map((_lane, n) => (n % 10 === 0 ? [] : [{ type: 'text', text: `first of ${n}` }])),
      );
      for (const one of taken) {
        if (one.outcome !== 'send') continue;
        expect(one.head).toMatchObject({ attempt: 1, connectionId: place.connectionId });
        const delivered = { as: 'delivered', attempt: 1, attemptOutcome: 'delivered' } as const;
        expect(await rooms.outbox.settle(one.head, one.fence, delivered)).toMatchObject({
          settled: true,
          more: true,
          told: true,
        });
      }
    });

    it.skipIf(kind === 'embedded')(
      'a head that somebody else holds locked makes no other lane wait, and has its turn later',
      async () => {
        const [held, free] = await Promise.all(
          ['held', 'free'].map((name) => rooms.addConversation(place, `lock ${name}`)),
        );
        if (held === undefined || free === undefined) throw new Error('no lanes');
        for (const { conversationId } of [held, free]) await rooms.owe(place, conversationId, 'locked?');
        const other = new pg.Client({ connectionString: rooms.url });
        await other.connect();
        onTestFinished(() => other.end());
        await other.query('BEGIN');
        await other.query('SELECT 1 FROM deliveries WHERE conversation_id = $1 FOR UPDATE', [
          held.conversationId,
        ]);
        const taken = await Promise.all([held, free].map((lane) => rooms.outbox.take(lane, LEASE)));
        expect(taken.map(({ outcome }) => outcome)).toEqual(['not_free', 'send']);
        await other.query('ROLLBACK');
        expect(await rooms.outbox.take(held, LEASE)).toMatchObject({ outcome: 'send', head: { attempt: 1 } });
      },
    );

    it('a leased lane is nobody else’s until the lease ends; then what was being sent is in doubt, not sent again', async () => {
      const lane = await rooms.addConversation(place, 'leased');
      await rooms.owe(place, lane.conversationId, 'held');
      const taken = await rooms.outbox.take(lane, { owner: 'one', seconds: 0.3 });
      expect(taken.outcome).toBe('send');
      expect((await rooms.outbox.take(lane, { owner: 'two', seconds: 4 })).outcome).toBe('not_free');
      const second = await waitFor('the lease to end', async () => {
        const next = await rooms.outbox.take(lane, { owner: 'two', seconds: 4 });
        return next.outcome === 'not_free' ? undefined : next;
      });
      expect(second).toMatchObject({ outcome: 'doubtful', head: { state: 'sending', attempt: 1 } });
      if (taken.outcome !== 'send' || second.outcome !== 'doubtful') return;
      expect(second.fence).toBeGreaterThan(taken.fence);
      // F05: the second sends it again; what the first then says of its attempt is refused.
      await rooms.outbox.settle(second.head, second.fence, { as: 'resend', attempt: 1, mark: true });
      const third = await rooms.outbox.take(lane, { owner: 'two', seconds: 4 });
      expect(third).toMatchObject({ outcome: 'send', head: { attempt: 2 } });
      const late = await rooms.outbox.settle(taken.head, taken.fence, {
        as: 'dead',
        failure: { code: 'late', message: 'late' },
        attempt: 1,
        attemptOutcome: 'refused',
      });
      expect(late.settled).toBe(false);
      if (third.outcome !== 'send') return;
      const settled = await rooms.outbox.settle(third.head, third.fence, {
        as: 'delivered',
        attempt: 2,
        attemptOutcome: 'delivered',
      });
      expect(settled.settled).toBe(true);
      expect(await atRest([lane])).toBe(true);
    });

    describe('F05: a lease that ended while the connection was being opened', () => {
      /** A worker that sleeps as it opens the connection for the first time, and renews nothing meanwhile. */
      const startSleeper = (connector: ChatConnector, place: Place) => {
        let wake = (): void => undefined;
        let opened = 0;
        const asleep = new Promise<void>((resolve) => {
          wake = resolve;
        });
        startWorker(connector, 'sleeper', undefined, {
          outbox: { ...rooms.outbox, renew: async () => [] },
          leaseSeconds: 1,
          // Only its own first lane is its affair here.
          sweepMilliseconds: 60_000,
          open: async (_scope, connectionId) => {
            // What other stories have left behind is due as well, and is sent on the way.
            if (connectionId === place.connectionId) opened += 1;
            if (connectionId === place.connectionId && opened === 1) await asleep;
            return { connector, account: { settings: {}, credentials: {} } };
          },
        });
        return { wake: () => wake(), isAsleep: () => opened === 1 };
      };
      const untilOver = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_200));

      it('nothing leaves under it: the order is its successor’s', { timeout: 60_000 }, async () => {
        const own = await rooms.addPlace();
        const lane = await rooms.addConversation(own, 'slept through');
        const { farSide, connector } = openFarSide();
        const sleeper = startSleeper(connector, own);
        // Else nobody could end it after a failure.
        onTestFinished(sleeper.wake);
        await rooms.owe(own, lane.conversationId, 'late');

        await waitFor('the sleeper to sleep', sleeper.isAsleep);
        await untilOver();
        // Nothing echoes here: what is in doubt is asked about, and has left its lane.
        startWorker(connector, 'successor');
        const flags = async () => (await rooms.deliveries.list(own.scope, { limit: 1 }))?.items[0]?.flags;
        await waitFor('the agent to be asked', async () => (await flags())?.includes('asked') === true, 10);
        sleeper.wake();
        await new Promise((resolve) => setTimeout(resolve, 300));
        expect(farSide.received.get('slept through')).toBeUndefined();
        const [delivery] = (await rooms.deliveries.list(own.scope, { limit: 1 }))?.items ?? [];
        expect(delivery).toMatchObject({ state: 'uncertain', attempts: 1 });
        expect(await atRest([lane])).toBe(true);
      });

      it('where nobody took it, it has its turn again, without a doubt', { timeout: 60_000 }, async () => {
        const own = await rooms.addPlace();
        const lane = await rooms.addConversation(own, 'nobody else');
        const { farSide, connector } = openFarSide();
        const sleeper = startSleeper(connector, own);
        // Else nobody could end it after a failure.
        onTestFinished(sleeper.wake);
        await rooms.owe(own, lane.conversationId, 'in the end');

        await waitFor('the sleeper to sleep', sleeper.isAsleep);
        await untilOver();
        sleeper.wake();
        await waitFor('it to be sent', () => farSide.received.has('nobody else'), 10);
        expect(farSide.received.get('nobody else')).toEqual(['in the end']);
        await waitFor('the lane to be at rest', () => atRest([lane]));
        const [delivery] = (await rooms.deliveries.list(own.scope, { limit: 1 }))?.items ?? [];
        expect(delivery).toMatchObject({ state: 'delivered', attempts: 1, flags: [] });
      });
    });

    it('renewing keeps a lease, and only one’s own', async () => {
      const lane = await rooms.addConversation(place, 'renewed');
      await rooms.owe(place, lane.conversationId, 'kept');
      await rooms.outbox.take(lane, { owner: 'keeper', seconds: 0.4 });
      expect(await rooms.outbox.renew('stranger', 4, [lane])).toEqual([]);
      expect(await rooms.outbox.renew('keeper', 4, [lane])).toEqual([lane]);
      expect(
        (await rooms.outbox.findDue(100, [], LEASE.seconds)).some(
          (due) => due.conversationId === lane.conversationId,
        ),
      ).toBe(false);
      await rooms.outbox.release('keeper');
      expect(
        (await rooms.outbox.findDue(100, [], LEASE.seconds)).some(
          (due) => due.conversationId === lane.conversationId,
        ),
      ).toBe(true);
    });

    it('a lane that a process has left by dying is another’s before its lease has ended; of one that lives, or renewed it lately, it is not', async () => {
      const leave = async (name: string, owner: string, secondsLeft: number) => {
        const lane = await rooms.addConversation(place, name);
        await rooms.owe(place, lane.conversationId, name);
        expect((await rooms.outbox.take(lane, { owner, seconds: 4 })).outcome).toBe('send');
        await rooms.outbox.renew(owner, secondsLeft, [lane]);
        return lane;
      };
      await showPresence(rooms.database, 'desk-bridge:lives');
      const left = await leave('left', 'desk-bridge:killed', 2);
      const renewed = await leave('renewed lately', 'desk-bridge:cut-off', 4);
      const held = await leave('held', 'desk-bridge:lives', 2);
      const due = await rooms.outbox.findDue(100, [], 4);
      const found = (lane: DeliveryLane) => due.find((one) => one.conversationId === lane.conversationId);
      expect(found(left)).toEqual({ ...left, leftBy: 'desk-bridge:killed' });
      expect([found(renewed), found(held)]).toEqual([undefined, undefined]);
      for (const lane of [
        left,
        { ...held, leftBy: 'desk-bridge:killed' },
        { ...renewed, leftBy: 'desk-bridge:cut-off' },
      ])
        expect((await rooms.outbox.take(lane, { owner: 'two', seconds: 4 })).outcome).toBe('not_free');
      const taken = await rooms.outbox.take(
        { ...left, leftBy: 'desk-bridge:killed' },
        { owner: 'two', seconds: 4 },
      );
      expect(taken).toMatchObject({ outcome: 'doubtful', head: { state: 'sending', attempt: 1 } });
      await rooms.outbox.release('two');
    });

    it('a lane of a paused connection is neither found nor given out', async () => {
      const paused = await rooms.addPlace();
      const lane = await rooms.addConversation(paused, 'paused');
      await rooms.owe(paused, lane.conversationId, 'waiting');
      const where = { workspaceId: paused.scope.workspaceId };
      await rooms.database.prisma.connection.updateMany({ where, data: { status: 'paused' } });
      expect((await rooms.outbox.take(lane, LEASE)).outcome).toBe('not_free');
      expect(
        (await rooms.outbox.findDue(100, [], LEASE.seconds)).some(
          ({ workspaceId }) => workspaceId === lane.workspaceId,
        ),
      ).toBe(false);
      await rooms.database.prisma.connection.updateMany({ where, data: { status: 'active' } });
      expect((await rooms.outbox.take(lane, LEASE)).outcome).toBe('send');
    });

    it('F40: after an outage no lane waits for its own patience; one that was asked to wait, or is in doubt, does', async () => {
      const own = await rooms.addPlace();
      const { connectionId } = own;
      const trouble = { failure: { code: 'down', message: 'down' }, tellDelay: false, isTroubled: true };
      const fail = async (name: string, httpStatus: number, as: 'retry' | 'uncertain' = 'retry') => {
        const lane = await rooms.addConversation(own, name);
        await rooms.owe(own, lane.conversationId, name);
        const taken = await rooms.outbox.take(lane, LEASE);
        if (taken.outcome !== 'send') throw new Error(taken.outcome);
        const { attempt } = taken.head;
        await rooms.outbox.settle(
          taken.head,
          taken.fence,
          as === 'retry'
            ? { as, ...trouble, httpStatus, delaySeconds: 3_600, usesAttempt: true, attempt }
            : { as, failure: trouble.failure, httpStatus, graceSeconds: 3_600, attempt },
        );
        return lane;
      };
      const failed = await fail('failed', 503);
      const asked = await fail('asked to wait', 429);
      const doubtful = await fail('in doubt', 500, 'uncertain');
      // One of them may be tried early, once; that it failed again costs it neither an attempt nor time.
      expect((await rooms.outbox.take(failed, LEASE)).outcome).toBe('not_free');
      expect(await rooms.earlyLanes.listConnections()).toContain(connectionId);
      const page = await rooms.earlyLanes.find(connectionId, 10);
      const [early, ...others] = page.lanes;
      expect([early, others]).toEqual([{ ...failed, isEarly: true }, []]);
      expect((await rooms.earlyLanes.find(connectionId, 10, page.last)).lanes).toEqual([]);
      if (early === undefined) return;
      const probe = await rooms.outbox.take(early, LEASE);
      if (probe.outcome !== 'send') throw new Error(probe.outcome);
      expect(probe.head).toMatchObject({ attempt: 2, earlySeconds: expect.closeTo(3_600, -2) });
      const { settlement } = judgeAttempt(probe.head, { outcome: 'retry', ...trouble.failure }, 10, 0.5);
      await rooms.outbox.settle(probe.head, probe.fence, settlement);
      const inAnHour = expect.closeTo(Date.now() + 3_600_000, -5) as number;
      const nextOf = async (lane: DeliveryLane) => (await rooms.readLane(lane)).nextAt?.getTime() ?? 0;
      expect(await nextOf(failed)).toEqual(inAnHour);
      const [tried] = await rooms.database.prisma.delivery.findMany({
        where: { workspaceId: failed.workspaceId, conversationId: failed.conversationId },
      });
      expect(tried).toMatchObject({ state: 'waiting', attempts: 1 });
      expect([await nextOf(asked), await nextOf(doubtful)]).toEqual([inAnHour, inAnHour]);
    });

    it('F40: pages of those who wait leave none out and name none twice, though many have the same time', async () => {
      const own = await rooms.addPlace();
      const names = Array.from({ length: 7 }, (_none, n) => `page ${n}`);
      for (const name of names) {
        const lane = await rooms.addConversation(own, name);
        await rooms.owe(own, lane.conversationId, name);
      }
      await rooms.database.prisma.lane.updateMany({
        where: { workspaceId: own.scope.workspaceId },
        data: { nextAt: new Date(Date.now() + 60_000), troubledSince: new Date() },
      });
      const found: string[] = [];
      let page = await rooms.earlyLanes.find(own.connectionId, 3);
      for (; page.lanes.length > 0; page = await rooms.earlyLanes.find(own.connectionId, 3, page.last))
        found.push(...page.lanes.map(({ conversationId }) => conversationId));
      expect([found.length, new Set(found).size]).toEqual([7, 7]);
    });

    it('F40: a quiet chat whose far side was away for a minute does not wait for its own patience', {
      timeout: 60_000,
    }, async () => {
      const own = await rooms.addPlace();
      const lane = await rooms.addConversation(own, 'quiet');
      const { farSide, connector } = openFarSide();
      const down: SendOutcome = { outcome: 'retry', code: 'down', message: 'down' };
      let isDown = true;
      farSide.answer = () => (isDown ? down : { outcome: 'delivered' });
      const time = passingTime();
      const worker = startWorker(connector, 'one', time.now);
      await rooms.owe(own, lane.conversationId, 'quiet');
      // It has failed so often that its own time is two minutes away.
      for (let failures = 1; failures <= 3; failures += 1) {
        await waitFor('a failure', async () => (await attemptsOf(own)) === failures);
        await rooms.database.prisma.$executeRaw`
          UPDATE lanes SET next_at = CASE WHEN ${failures} < 3 THEN now() ELSE now() + interval '2 minutes' END
          WHERE conversation_id = ${lane.conversationId} AND lease_owner IS NULL`;
      }
      isDown = false;
      expect(farSide.received.get('quiet')).toBeUndefined();
      time.pass(61_000);
      await waitFor('the chat to be heard', () => farSide.received.get('quiet')?.length === 1, 10);
      await worker.stop();
      expect(await atRest([lane])).toBe(true);
    });

    it('F40: where some conversations fail for ever and others do not, the circuit’s ups and downs use up no attempts', {
      timeout: 60_000,
    }, async () => {
      const own = await rooms.addPlace();
      const { farSide, connector } = openFarSide();
      const bad = await Promise.all(
        Array.from({ length: 8 }, (_none, n) => rooms.addConversation(own, `bad ${n}`)),
      );
      const well = await rooms.addConversation(own, 'well among bad');
      let tries = 0;
      farSide.answer = (text) => {
        if (!text.startsWith('bad')) return { outcome: 'delivered' };
        tries += 1;
        return { outcome: 'retry', code: 'down', message: 'down' };
      };
      for (const [n, { conversationId }] of bad.entries()) await rooms.owe(own, conversationId, `bad ${n}`);
      const time = passingTime();
      const worker = startWorker(connector, 'one', time.now);
      await waitFor('the first failures', () => tries >= 5);
      // Out of everybody's sight their own times are an hour away.
      await waitFor('all of them to wait', async () => {
        await rooms.database.prisma.$executeRaw`
          UPDATE lanes SET next_at = now() + interval '1 hour', troubled_since = coalesce(troubled_since, now())
          WHERE connection_id = ${own.connectionId} AND conversation_id <> ${well.conversationId} AND lease_owner IS NULL`;
        return worker.isIdle();
      });
      const used = await attemptsOf(own);
      for (let round = 1; round <= 12; round += 1) {
        const before = tries;
        // Owed before the circuit is ripe: a due lane goes and looks before any that is early.
        await rooms.owe(own, well.conversationId, `${round}`);
        time.pass(61_000);
        await waitFor('the well one', () => {
          // A bad one may have looked first: then it is another minute.
          time.pass(1_000);
          return farSide.received.get('well among bad')?.length === round;
        });
        await waitFor('bad ones to be tried', () => tries > before && worker.isIdle(), 10);
      }
      await worker.stop();
      expect(tries).toBeGreaterThan(24);
      expect(await attemptsOf(own)).toBe(used + 12);
      const page = await rooms.deliveries.list(own.scope, { states: ['dead'], limit: 10 });
      expect(page?.items).toEqual([]);
    });

    it('F40: who starts anew knows no circuit, and tries once what has failed before', async () => {
      const own = await rooms.addPlace();
      const { farSide, connector } = openFarSide();
      const lane = await rooms.addConversation(own, 'from before');
      await rooms.owe(own, lane.conversationId, 'from before');
      await rooms.database.prisma.lane.updateMany({
        where: { workspaceId: own.scope.workspaceId },
        data: { nextAt: new Date(Date.now() + 3_600_000), troubledSince: new Date() },
      });
      const worker = startWorker(connector, 'one');
      await waitFor('it to be heard', () => farSide.received.get('from before')?.length === 1, 10);
      await worker.stop();
    });

    it('F04: a worker that dies again and again on one message asks about it instead of sending it for ever', async () => {
      const own = await rooms.addPlace();
      const lane = await rooms.addConversation(own, 'deadly');
      await rooms.owe(own, lane.conversationId, 'deadly');
      await rooms.owe(own, lane.conversationId, 'behind');
      const first = await rooms.outbox.take(lane, { owner: 'dies', seconds: 0.05 });
      expect(first.outcome).toBe('send');
      const { farSide, connector } = openFarSide();
      const worker = startWorker(connector, 'lives');
      await waitFor('the lane to be at rest', () => atRest([lane]), 10);
      await worker.stop();
      // No echo is known of this connection: a person decides, and the lane has gone on.
      expect(farSide.received.get('deadly')).toEqual(['behind']);
      const { items } = await rooms.deliveries
        .list(own.scope, { states: ['uncertain'], limit: 10 })
        .then((page) => page ?? { items: [] });
      expect(items).toMatchObject([{ flags: ['asked'] }]);
    });

    it('F46: one account that is down uses up no attempts once its breaker is open, and another one does not wait', {
      timeout: 30_000,
    }, async () => {
      const sick = await rooms.addPlace();
      const well = await rooms.addPlace();
      const sickLanes = await Promise.all(
        Array.from({ length: 12 }, (_none, n) => rooms.addConversation(sick, `sick ${n}`)),
      );
      const wellLane = await rooms.addConversation(well, 'well');
      const down = openFarSide();
      const up = openFarSide();
      let attempts = 0;
      down.farSide.answer = () => {
        attempts += 1;
        return { outcome: 'retry', code: 'unavailable', message: 'down' };
      };
      const both = {
        ...down.connector,
        send: (...given: Parameters<ChatConnector['send']>) =>
          (given[1].externalConversationId.startsWith('sick') ? down : up).connector.send(...given),
      };
      for (const lane of sickLanes) await rooms.owe(sick, lane.conversationId, 'x');
      const worker = startWorker(both, 'one');
      await waitFor('the breaker to open', () => attempts >= 5);
      for (let n = 0; n < 10; n += 1) await rooms.owe(well, wellLane.conversationId, `${n}`);
      await waitFor('the other account’s lane', () => atRest([wellLane]));
      await worker.stop();
      expect(up.farSide.received.get('well')).toHaveLength(10);
      // Those under way when it opened count too; nothing went out after that.
      expect(attempts).toBeLessThanOrEqual(5 + 8);
      const page = await rooms.deliveries.list(sick.scope, { limit: 100 });
      expect(page?.items.reduce((sum, delivery) => sum + delivery.attempts, 0)).toBe(attempts);
    });
  });
});
