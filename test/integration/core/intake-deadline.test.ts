import { describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.js';
import { createGroupCommit } from '../../../src/intake/group-commit.js';
import { createIntake, type Door } from '../../../src/intake/intake.js';
import type { NewInboundEvent } from '../../../src/store/inbox.js';
import { WorkspaceScope } from '../../../src/store/scope.js';
import { waitFor } from '../../support/wait-for.js';

const never = (): Promise<never> => new Promise(() => undefined);
const door: Door = {
  workspaceId: 'wsp_1',
  connectionId: 'con_1',
  connector: 'wotnot',
  tokenHashes: [],
  status: 'active',
};
const connector = {
  side: 'chat',
  name: 'wotnot',
  receive: () => ({
    outcome: 'events',
    events: [{ laneKey: 'a', kind: 'message', identity: '1', identityBy: 'id', payload: {}, flags: [] }],
    answer: { status: 200, body: {} },
  }),
} as unknown as Connector;
const event = (key: string): NewInboundEvent => ({
  scope: WorkspaceScope.open('wsp_1'),
  connectionId: 'con_1',
  laneKey: 'a',
  kind: 'message',
  key,
  repeatSeconds: 0,
  payload: {},
  flags: [],
});

describe('a webhook while the database says nothing', () => {
  const open = (deps: { findDoor: () => Promise<Door | undefined>; record: () => Promise<boolean[]> }) =>
    createIntake({
      inbox: { record: deps.record, parkContradictions: async () => [] },
      findDoor: deps.findDoor,
      findConnector: () => connector,
      openDesk: async () => undefined,
      hint: async () => undefined,
      noteInbound: () => undefined,
      nudges: { send: () => undefined },
      hashKey: Buffer.alloc(32),
      maxWaiting: 10,
      observe: {
        refused: () => undefined,
        recorded: () => undefined,
        contradicted: () => undefined,
        failed: () => undefined,
      },
    });
  const arrival = {
    headers: {},
    body: Buffer.from('{}'),
    remoteAddress: '127.0.0.1',
    requestId: 'request-1',
  };
  const unavailable = { outcome: 'refused', code: 'database_unavailable', retryAfterSeconds: 1 };

  it('is told to come again within two seconds, wherever the silence meets it', async () => {
    const slowDoor = (): Promise<Door> => new Promise((resolve) => setTimeout(resolve, 1_000, door));
    const from = performance.now();
    const answers = await Promise.all([
      open({ findDoor: never, record: never }).receive('key', arrival),
      open({ findDoor: async () => door, record: never }).receive('key', arrival),
      open({ findDoor: slowDoor, record: never }).receive('key', arrival),
    ]);
    expect(performance.now() - from).toBeLessThan(2_700);
    for (const answer of answers) expect(answer).toMatchObject(unavailable);
  });
});

describe('the group commit under more than it can write', () => {
  it('writes nothing for a sender that was told to come again, and keeps no place for it', async () => {
    const written: string[][] = [];
    let finish = (): void => undefined;
    const group = createGroupCommit({
      inbox: {
        record: async (events) => {
          written.push(events.map(({ key }) => key));
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          return events.map(() => true);
        },
        parkContradictions: async () => [],
      },
      maxWaiting: 2,
      deadlineMilliseconds: 400,
      failed: () => undefined,
    });
    const first = group.commit([event('first')]);
    await waitFor('the first statement', () => written.length === 1);
    const late = await Promise.all([group.commit([event('late 1')]), group.commit([event('late 2')])]);
    expect(late).toEqual([{ outcome: 'unavailable' }, { outcome: 'unavailable' }]);
    // Their places are free again.
    const next = group.commit([event('late 1')]);
    finish();
    await waitFor('the second statement', () => written.length === 2);
    finish();
    expect(await next).toEqual({ outcome: 'recorded', events: ['recorded'] });
    expect(await first).toEqual({ outcome: 'unavailable' });
    expect(written).toEqual([['first'], ['late 1']]);
  });

  it('takes what the database can write, when ten times that comes, and tells the others before they give up', async () => {
    const MILLISECONDS_EACH = 2;
    const written = new Set<string>();
    const group = createGroupCommit({
      inbox: {
        record: async (events) => {
          await new Promise((resolve) => setTimeout(resolve, MILLISECONDS_EACH * events.length));
          for (const { key } of events) written.add(key);
          return events.map(() => true);
        },
        parkContradictions: async () => [],
      },
      maxWaiting: 5_000,
      deadlineMilliseconds: 300,
      failed: () => undefined,
    });
    const told = new Map<string, string>();
    const under: Promise<void>[] = [];
    // Five a millisecond, for a second and a half.
    for (let tick = 0; tick < 150; tick += 1) {
      for (let n = 0; n < 50; n += 1) {
        const key = `${tick}-${n}`;
        under.push(group.commit([event(key)]).then(({ outcome }) => void told.set(key, outcome)));
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all(under);
    await group.drain();
    const accepted = [...told].filter(([, outcome]) => outcome === 'recorded').map(([key]) => key);
    for (const key of accepted) expect(written).toContain(key);
    // What is written for a sender that has gone is work for nothing, and comes once more.
    expect(accepted.length).toBeGreaterThan(written.size / 2);
    expect([...told.values()].filter((outcome) => outcome === 'overloaded').length).toBeGreaterThan(
      accepted.length,
    );
  });
});
