import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGroupCommit } from '../../../src/intake/group-commit.js';
import type { NewInboundEvent } from '../../../src/store/inbox.js';
import { onEachDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { newEvent, openRooms, type Place, type Rooms } from './rooms.js';

describe('the inbox', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    beforeAll(async () => {
      rooms = await openRooms(kind);
    });
    afterAll(() => rooms?.close());
    const fresh = async (): Promise<void> => {
      place = await rooms.addPlace();
    };
    const rows = () =>
      rooms.database.prisma.inboundEvent.findMany({
        where: { workspaceId: place.scope.workspaceId },
        orderBy: { position: 'asc' },
      });
    /** Moves the memory of what came into the past, as time would. */
    const age = (seconds: number) =>
      rooms.database.prisma
        .$executeRaw`UPDATE inbound_keys SET accepted_at = accepted_at - make_interval(secs => ${seconds}::float8)
        WHERE workspace_id = ${place.scope.workspaceId}`;

    it('F52: an event with an identity is recorded once, at once, an hour, a day and 29 days later', async () => {
      await fresh();
      const event = newEvent(place, { key: 'same' });
      expect(await rooms.inbox.record([event])).toEqual([true]);
      for (const seconds of [0, 3_600, 86_400, 29 * 86_400]) {
        await age(seconds);
        expect(await rooms.inbox.record([event])).toEqual([false]);
      }
      expect(await rows()).toHaveLength(1);
    });

    it('with neither id nor time an equal event is a repeat for three seconds, then kept and flagged, then simply kept', async () => {
      await fresh();
      const event = newEvent(place, { key: 'ok', repeatSeconds: 3 });
      expect(await rooms.inbox.record([event])).toEqual([true]);
      expect(await rooms.inbox.record([event])).toEqual([false]);
      await age(4);
      expect(await rooms.inbox.record([event])).toEqual([true]);
      expect(await rooms.inbox.record([event])).toEqual([false]);
      await age(11 * 60);
      expect(await rooms.inbox.record([event])).toEqual([true]);
      expect((await rows()).map(({ flags }) => flags)).toEqual([[], ['possibleRepeat'], []]);
    });

    it('two connections and two workspaces with the same key do not know each other', async () => {
      await fresh();
      const other = await rooms.addPlace();
      expect(
        await rooms.inbox.record([newEvent(place, { key: 'same' }), newEvent(other, { key: 'same' })]),
      ).toEqual([true, true]);
    });

    it('what is recorded in one statement keeps its order, also when statements race', async () => {
      await fresh();
      const batches = Array.from({ length: 6 }, (_none, batch) =>
        Array.from({ length: 40 }, (_nothing, n) =>
          newEvent(place, { laneKey: `lane ${batch}`, payload: { n } }),
        ),
      );
      await Promise.all(batches.map((batch) => rooms.inbox.record(batch)));
      const lanes = batches.map((_batch, index) => ({
        workspaceId: place.scope.workspaceId,
        connectionId: place.connectionId,
        laneKey: `lane ${index}`,
      }));
      const waiting = await rooms.inbox.readWaiting(lanes, 100);
      for (const lane of lanes) {
        const numbers = waiting
          .filter(({ laneKey }) => laneKey === lane.laneKey)
          .map(({ payload }) => payload['n']);
        expect(numbers).toEqual(Array.from({ length: 40 }, (_none, n) => n));
      }
      const found = await rooms.inbox.findWaitingLanes(500, 'chat');
      expect(found.filter(({ workspaceId }) => workspaceId === place.scope.workspaceId)).toHaveLength(6);
    });

    it('F54: repeats that race in different statements and in opposite orders give one row each and no deadlock', async () => {
      await fresh();
      const events = Array.from({ length: 30 }, (_none, n) => newEvent(place, { key: `k${n}` }));
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_none, n) =>
          rooms.inbox.record(n % 2 === 0 ? events : [...events].reverse()),
        ),
      );
      expect(answers.flat().filter(Boolean)).toHaveLength(30);
      expect(await rows()).toHaveLength(30);
    });

    it('P3: whatever text can be stored comes back as it was', async () => {
      await fresh();
      const payload = {
        text: '\u{1F468}\u200D\u{1F469} \u202E \uFFFF \\u0000 "\'; DROP TABLE x;--',
        __proto__x: { toString: 1 },
      };
      await rooms.inbox.record([newEvent(place, { payload })]);
      expect((await rows())[0]?.payload).toEqual(payload);
    });

    it('B21: what says something else under a known identity is parked once; the same, and what does not say, is a repeat', async () => {
      await fresh();
      const said = (says?: string, n = 0) =>
        newEvent(place, { key: 'same', payload: { n }, ...(says === undefined ? {} : { says }) });
      expect(await rooms.inbox.record([said('a')])).toEqual([true]);
      expect(await rooms.inbox.parkContradictions([said('a'), said()])).toEqual([undefined, undefined]);
      const first = await rooms.inbox.parkContradictions([
        said('b', 1),
        said('a'),
        said('c', 2),
        said('b', 3),
      ]);
      expect(first).toEqual([expect.any(String), undefined, expect.any(String), undefined]);
      expect(await rooms.inbox.parkContradictions([said('c'), said('b')])).toEqual([undefined, undefined]);
      const stranger = await rooms.addPlace();
      expect(await rooms.inbox.parkContradictions([{ ...said('b'), scope: stranger.scope }])).toEqual([
        undefined,
      ]);
      const listed = await rooms.inbox.list(place.scope, { state: 'unrecognised', limit: 10 });
      expect(listed?.items.reverse()).toMatchObject([
        { id: first[0], payload: { n: 1 }, detail: 'same_id_other_content', flags: ['contradiction'] },
        { id: first[2], payload: { n: 2 } },
      ]);
    });

    it('B21: of processes that record contradicting events at once one wins, and the others’ are parked', async () => {
      await fresh();
      const told = await Promise.all(
        ['a', 'b', 'c', 'd'].map(async (says) => {
          const event = newEvent(place, { key: 'race', says });
          const [isFresh] = await rooms.inbox.record([event]);
          return isFresh ? undefined : (await rooms.inbox.parkContradictions([event]))[0];
        }),
      );
      expect(told.filter((id) => id !== undefined)).toHaveLength(3);
      expect((await rows()).map(({ state }) => state).sort()).toEqual([
        'recorded',
        ...Array.from({ length: 3 }, () => 'unrecognised'),
      ]);
    });

    it('a parked event is listed, replayed once, and only in its own workspace', async () => {
      await fresh();
      await rooms.inbox.record([newEvent(place, { unrecognised: 'unknown_type' })]);
      const parked = await rooms.inbox.list(place.scope, { state: 'unrecognised', limit: 10 });
      const id = parked?.items[0]?.id ?? '';
      expect(parked?.items).toMatchObject([{ detail: 'unknown_type', state: 'unrecognised' }]);
      const stranger = await rooms.addPlace();
      expect((await rooms.inbox.replay(stranger.scope, id)).outcome).toBe('not_found');
      expect((await rooms.inbox.replay(place.scope, id)).outcome).toBe('waiting');
      expect((await rooms.inbox.replay(place.scope, id)).outcome).toBe('not_parked');
      expect((await rooms.inbox.replay(place.scope, 'inb_x')).outcome).toBe('not_found');
    });
  });
});

/** Lets the statement of that number end, once it is under way. */
async function opens(gates: (() => void)[], number: number): Promise<void> {
  const open = await waitFor(`statement ${number}`, () => gates[number]);
  open();
}

describe('group commit', () => {
  const place = { scope: { workspaceId: 'w' }, connectionId: 'c' } as unknown as Place;
  const open = (
    record: (events: NewInboundEvent[]) => Promise<boolean[]>,
    deadlineMilliseconds = 1_000,
    parkContradictions: (events: NewInboundEvent[]) => Promise<(string | undefined)[]> = async () => [],
  ) => {
    const failures: unknown[] = [];
    const group = createGroupCommit({
      inbox: { record, parkContradictions },
      maxWaiting: 10,
      deadlineMilliseconds,
      failed: (error) => failures.push(error),
    });
    return { group, failures };
  };

  it('what arrives while a commit is under way shares the next one, and each hears of its own events', async () => {
    const statements: number[] = [];
    const gates: (() => void)[] = [];
    const { group } = open(async (events) => {
      statements.push(events.length);
      await new Promise<void>((resolve) => gates.push(resolve));
      return events.map(() => true);
    });
    const first = group.commit([newEvent(place, { key: 'a' })]);
    await waitFor('the first statement', () => gates[0]);
    const others = ['b', 'c', 'a'].map((key) => group.commit([newEvent(place, { key }), newEvent(place)]));
    await opens(gates, 0);
    expect(await first).toEqual({ outcome: 'recorded', events: ['recorded'] });
    await opens(gates, 1);
    expect(await Promise.all(others)).toHaveLength(3);
    expect(statements).toEqual([1, 6]);
  });

  it('a repeat within one group is one', async () => {
    const gates: (() => void)[] = [];
    const { group } = open(async (events) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return events.map(() => true);
    });
    const first = group.commit([newEvent(place)]);
    await waitFor('the first statement', () => gates[0]);
    const twins = [
      group.commit([newEvent(place, { key: 'twin' })]),
      group.commit([newEvent(place, { key: 'twin' })]),
    ];
    await opens(gates, 0);
    await first;
    await opens(gates, 1);
    expect(await Promise.all(twins)).toEqual([
      { outcome: 'recorded', events: ['recorded'] },
      { outcome: 'recorded', events: ['repeat'] },
    ]);
  });

  it('what says something else under the same identity is handed on to be parked, and each hears of its own', async () => {
    const asked: unknown[] = [];
    const { group } = open(
      async (events) => events.map(({ key }) => key !== 'known'),
      1_000,
      async (events) => {
        asked.push(...events.map(({ key, says }) => [key, says]));
        return events.map(({ says }) => (says === 'b' ? 'inb_7' : undefined));
      },
    );
    const outcomes = await Promise.all([
      group.commit([newEvent(place, { key: 'x', says: 'a' }), newEvent(place, { key: 'x', says: 'b' })]),
      group.commit([newEvent(place, { key: 'known', says: 'a' }), newEvent(place, { key: 'known' })]),
    ]);
    expect(outcomes).toEqual([
      { outcome: 'recorded', events: ['recorded', { parkedAs: 'inb_7' }] },
      { outcome: 'recorded', events: ['repeat', 'repeat'] },
    ]);
    expect(asked).toEqual([
      ['x', 'b'],
      ['known', 'a'],
    ]);
  });

  it('F55: beyond what may wait it refuses at once, and takes again when there is room', async () => {
    const gates: (() => void)[] = [];
    const { group } = open(async (events) => {
      await new Promise<void>((resolve) => gates.push(resolve));
      return events.map(() => true);
    });
    const many = (count: number) => Array.from({ length: count }, () => newEvent(place));
    const first = group.commit(many(1));
    await waitFor('the first statement', () => gates[0]);
    const full = group.commit(many(10));
    expect(await group.commit(many(1))).toEqual({ outcome: 'overloaded' });
    await opens(gates, 0);
    await first;
    await opens(gates, 1);
    await full;
    const later = group.commit(many(1));
    await opens(gates, 2);
    expect((await later).outcome).toBe('recorded');
  });

  it('F22: a commit that hangs or fails is answered in time as unavailable, never as recorded', async () => {
    const hanging = open(() => new Promise(() => undefined), 50);
    expect(await hanging.group.commit([newEvent(place)])).toEqual({ outcome: 'unavailable' });
    const failing = open(() => Promise.reject(new Error('no database')));
    expect(await failing.group.commit([newEvent(place)])).toEqual({ outcome: 'unavailable' });
    expect(failing.failures).toHaveLength(1);
  });
});
