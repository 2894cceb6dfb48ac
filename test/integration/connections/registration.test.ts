import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Principal } from '../../../src/access/principal.js';
import {
  createSeal,
  createTendRegistrations,
  type TendRegistrations,
} from '../../../src/connections/index.js';
import type { WorkspaceScope } from '../../../src/store/scope.js';
import { waitFor } from '../../support/wait-for.js';
import { done, firstKey, type House, openHouse } from './house.js';

let house: House;
let admin: Principal;
let scope: WorkspaceScope;
const tendings: TendRegistrations[] = [];
const stopAll = () => Promise.all(tendings.splice(0).map((one) => one.stop()));

const unheard = { outcome: 'retry', code: 'connection_failed', message: 'Nobody there.' } as const;
const create = async (more: object = {}) =>
  done(
    await house.operator.createConnection(admin, {
      connector: 'wotnot',
      name: 'Fern & Fable',
      settings: { accountId: '476', baseUrl: 'http://127.0.0.1:1' },
      credentials: { token: 'canary-account-token' },
      ...more,
    }),
  );
const owedSince = async (id: string) =>
  done(await house.operator.readConnection(admin, id)).registrationOwedAt;
const sealedTokens = async (id: string) => (await house.accounts.open(scope, id))?.webhookSecrets;
const hearFrom = (id: string) =>
  house.database.prisma.connection.updateMany({ where: { id }, data: { lastInboundAt: new Date() } });

/** The bridge has started. */
function tend(options: Partial<Parameters<typeof createTendRegistrations>[0]> = {}): TendRegistrations {
  const tending = createTendRegistrations({
    operator: house.operating,
    nudges: house.nudges,
    alone: true,
    graceSeconds: 0,
    firstPauseMilliseconds: 20,
    failed: (error) => {
      throw error;
    },
    ...options,
  });
  tendings.push(tending);
  tending.start();
  return tending;
}
const look = async (options: { alone?: boolean; graceSeconds?: number } = {}): Promise<void> => {
  const once = tend(options);
  await waitFor('one look', () => once.isIdle());
  await once.stop();
};

beforeAll(async () => {
  house = await openHouse();
});
beforeEach(async () => {
  await stopAll();
  // Whatever an earlier story has left owed is none of the next one's.
  await house.database.prisma.connection.updateMany({ data: { registrationOwedAt: null } });
  ({ admin, scope } = await house.addWorkspace());
  house.outside.registering = unheard;
  house.registrations.length = 0;
  house.told.length = 0;
});
afterAll(async () => {
  await stopAll();
  await house.close();
});

describe('a registration that is owed', () => {
  it('is told by itself once the outside can be: with the token that was shown, and then it is forgotten', async () => {
    const { connection, webhookToken } = await create();
    expect(connection.registrationOwedAt).toBeInstanceOf(Date);
    expect(await sealedTokens(connection.id)).toEqual([webhookToken]);
    tend();
    await waitFor('it to be tried in vain', () => house.registrations.length > 2);
    expect(await owedSince(connection.id)).toEqual(connection.registrationOwedAt);
    expect(house.told).toContain('not_registered by bridge');
    house.outside.registering = { outcome: 'delivered' };
    await waitFor('it to be told', async () => (await owedSince(connection.id)) === undefined);
    await waitFor('it to be on record', () => house.told.includes('registered by bridge'));
    expect(new Set(house.registrations.map(({ token }) => token))).toEqual(new Set([webhookToken]));
    expect(house.registrations.every(({ doorWasOpen }) => doorWasOpen)).toBe(true);
    expect(await sealedTokens(connection.id)).toEqual([]);
    expect((await house.accounts.open(scope, connection.id))?.account.credentials).toEqual({
      token: 'canary-account-token',
    });
    await stopAll();
    const tries = house.registrations.length;
    await look();
    expect(house.registrations).toHaveLength(tries);
  });

  it('lies sealed in the database like every secret', async () => {
    const { webhookToken } = await create();
    const rows = await house.database.prisma.$queryRaw<
      { row: string }[]
    >`SELECT to_jsonb(c)::text AS row FROM connections c`;
    expect(rows.map(({ row }) => row).join()).not.toContain(webhookToken);
  });

  it('is nobody’s business any more once an event has come in: somebody has entered the token by hand', async () => {
    const { connection } = await create();
    await hearFrom(connection.id);
    await look();
    expect(house.registrations).toHaveLength(1);
    expect(await owedSince(connection.id)).toBeUndefined();
    expect(await sealedTokens(connection.id)).toEqual([]);
  });

  it('of a rotation is owed although events come in: they come with the old token', async () => {
    house.outside.registering = { outcome: 'delivered' };
    const { connection, webhookToken: first } = await create();
    expect(connection.registrationOwedAt).toBeUndefined();
    await hearFrom(connection.id);
    house.outside.registering = unheard;
    const rotated = done(await house.operator.rotateWebhookToken(admin, connection.id));
    expect(rotated.registered.outcome).toBe('not_registered');
    house.outside.registering = { outcome: 'delivered' };
    await look();
    expect(house.registrations.map(({ token }) => token)).toEqual([
      first,
      rotated.webhookToken,
      rotated.webhookToken,
    ]);
    expect(await owedSince(connection.id)).toBeUndefined();
  });

  it('makes another token where only a hash is left, and the one before it stays good', async () => {
    const { connection, webhookToken, webhookUrl } = await create();
    const sealed = createSeal([firstKey]).seal(JSON.stringify({ token: 'canary-account-token' }), {
      workspaceId: scope.workspaceId,
      connectionId: connection.id,
      field: 'credentials',
    });
    await house.store.keepCredentials(scope, connection.id, sealed);
    house.outside.registering = { outcome: 'delivered' };
    await look();
    expect(house.registrations.at(-1)?.token).not.toBe(webhookToken);
    expect(await owedSince(connection.id)).toBeUndefined();
    const key = webhookUrl.slice(webhookUrl.lastIndexOf('/') + 1);
    expect((await house.door.find(key))?.tokenHashes).toHaveLength(2);
  });

  it('waits while the connection is paused, and ends with it', async () => {
    const { connection } = await create();
    await house.operator.pauseConnection(admin, connection.id, 'maintenance');
    house.outside.registering = { outcome: 'delivered' };
    await look();
    expect(await owedSince(connection.id)).toBeInstanceOf(Date);
    await house.operator.disconnect(admin, connection.id);
    expect(await owedSince(connection.id)).toBeUndefined();
  });

  it('is left to whoever is at it just now, where other processes work on the database too', async () => {
    const { connection } = await create();
    await look({ alone: false, graceSeconds: 60 });
    expect(house.registrations).toHaveLength(1);
    expect(await owedSince(connection.id)).toBeInstanceOf(Date);
  });

  it('of one account that throws keeps none of the others from being told', async () => {
    const first = await create();
    const second = await create({ name: 'second' });
    const sealed = (await house.store.find(scope, first.connection.id))?.credentials ?? '';
    await house.store.keepCredentials(scope, first.connection.id, `${sealed.slice(0, -4)}AAAA`);
    house.outside.registering = { outcome: 'delivered' };
    const failures: unknown[] = [];
    tend({ failed: (_error, at) => failures.push(at) });
    await waitFor('the second to be told', async () => (await owedSince(second.connection.id)) === undefined);
    expect(failures[0]).toEqual({ workspaceId: scope.workspaceId, connectionId: first.connection.id });
    expect(await owedSince(first.connection.id)).toBeInstanceOf(Date);
  });

  it('is told in time although nudges keep coming', async () => {
    const { connection } = await create();
    const tending = tend({ firstPauseMilliseconds: 200 });
    await waitFor('it to be told in vain', () => house.registrations.length === 2 && tending.isIdle());
    house.outside.registering = { outcome: 'delivered' };
    const nudging = setInterval(() => house.nudges.send('connections', [scope.workspaceId, 'wsp_other']), 20);
    onTestFinished(() => clearInterval(nudging));
    await waitFor('it to be told', async () => (await owedSince(connection.id)) === undefined, 3);
  });

  it('is told again after pauses that double, whatever other workspaces are told, and sooner once its own is', async () => {
    await create();
    const tending = tend({ firstPauseMilliseconds: 200 });
    await waitFor('it to be told in vain', () => house.registrations.length === 2 && tending.isIdle());
    const nudging = setInterval(() => house.nudges.send('connections', ['wsp_other']), 300);
    onTestFinished(() => clearInterval(nudging));
    // After 200, 600, 1,400 and 3,000 ms.
    await new Promise((resolve) => setTimeout(resolve, 2_600));
    expect(house.registrations.length).toBeGreaterThanOrEqual(4);
    expect(house.registrations.length).toBeLessThanOrEqual(5);
    const tries = house.registrations.length;
    house.nudges.send('connections', [scope.workspaceId]);
    await waitFor('it to be told twice', () => house.registrations.length >= tries + 2, 1);
  });
});
