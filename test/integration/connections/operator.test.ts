import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../src/access/principal.js';
import { createOpenAccount, createSeal, pauseForCredentials } from '../../../src/connections/index.js';
import { newId } from '../../../src/domain/ids.js';
import type { WorkspaceScope } from '../../../src/store/scope.js';
import { done, firstKey, type House, openHouse, secondKey } from './house.js';

let house: House;
let admin: Principal;
let desk: Principal;
let scope: WorkspaceScope;
const given = {
  connector: 'wotnot',
  name: 'Fern & Fable',
  settings: { accountId: '476', baseUrl: 'http://127.0.0.1:1' },
  credentials: { token: 'canary-account-token' },
};
const create = async (more: object = {}) =>
  done(await house.operator.createConnection(admin, { ...given, ...more }));
const keyOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);

beforeAll(async () => {
  house = await openHouse();
});
beforeEach(async () => {
  ({ admin, desk, scope } = await house.addWorkspace());
  house.outside.registering = { outcome: 'delivered' };
  house.registrations.length = 0;
});
afterAll(() => house.close());

describe('creating a connection', () => {
  it('makes key and token, and the webhook is live before the outside hears of it', async () => {
    const { connection, webhookToken, webhookUrl, registered } = await create();
    expect(registered).toEqual({ outcome: 'registered' });
    expect(webhookUrl).toBe(`https://bridge.example/webhooks/${connection.webhookKey}`);
    expect(connection).toMatchObject({
      connector: 'wotnot',
      side: 'chat',
      status: 'active',
      name: 'Fern & Fable',
    });
    expect(house.registrations).toEqual([{ url: webhookUrl, token: webhookToken, doorWasOpen: true }]);
  });

  it('S-WH-2: the key names the workspace and holds 128 bits of chance; a token chooses nothing', async () => {
    const { connection, webhookUrl } = await create();
    const workspacePart = scope.workspaceId.slice(4);
    expect(connection.webhookKey).toMatch(new RegExp(`^${workspacePart}-[0-9a-z]{26}$`));
    expect(await house.door.find(keyOf(webhookUrl))).toMatchObject({
      workspaceId: scope.workspaceId,
      connectionId: connection.id,
    });
    const other = await house.addWorkspace();
    const elsewhere = connection.webhookKey.replace(workspacePart, other.scope.workspaceId.slice(4));
    expect(await house.door.find(elsewhere)).toBeUndefined();
    for (const odd of [
      '',
      '-',
      `${workspacePart}-`,
      "' or 1=1",
      'x'.repeat(9_000),
      `${workspacePart}-${'a'.repeat(26)}`,
    ]) {
      expect(await house.door.find(odd)).toBeUndefined();
    }
  });

  it('B52, S-WH-3: refuses a short webhook token and makes long ones', async () => {
    const short = await house.operator.createConnection(admin, { ...given, webhookToken: 'x'.repeat(23) });
    expect(short).toMatchObject({
      outcome: 'refused',
      code: 'invalid_request',
      details: [{ path: 'webhookToken' }],
    });
    expect((await create()).webhookToken.length).toBeGreaterThanOrEqual(32);
    expect((await create({ name: 'own', webhookToken: 'x'.repeat(24) })).webhookToken).toBe('x'.repeat(24));
  });

  it('B52, S-WH-2: the same token in two workspaces opens each one’s own door, and neither learns of the other', async () => {
    const webhookToken = 'the-same-token-of-24-chars';
    const other = await house.addWorkspace();
    const ours = await create({ webhookToken });
    const theirs = done(await house.operator.createConnection(other.admin, { ...given, webhookToken }));
    for (const [made, { workspaceId }] of [
      [ours, scope],
      [theirs, other.scope],
    ] as const) {
      expect(made.registered).toEqual({ outcome: 'registered' });
      expect(await house.door.find(keyOf(made.webhookUrl))).toMatchObject({
        workspaceId,
        connectionId: made.connection.id,
      });
    }
    expect(house.registrations.every(({ doorWasOpen }) => doorWasOpen)).toBe(true);
    // One gone, the other's is as good as before.
    await house.operator.disconnect(admin, ours.connection.id);
    expect(await house.door.find(keyOf(theirs.webhookUrl))).toMatchObject({
      tokenHashes: [expect.any(String)],
    });
  });

  it('B52: says which field cannot be used', async () => {
    const wrong = async (more: object) => house.operator.createConnection(admin, { ...given, ...more });
    expect(await wrong({ connector: 'nosuch' })).toMatchObject({
      code: 'invalid_request',
      details: [{ path: 'connector' }],
    });
    expect(await wrong({ settings: {} })).toMatchObject({ details: [{ path: 'settings.accountId' }] });
    expect(await wrong({ credentials: { token: 5 } })).toMatchObject({
      details: [{ path: 'credentials.token' }],
    });
    expect(await wrong({ name: ' ' })).toMatchObject({ details: [{ path: 'name' }] });
    expect(done(await house.operator.listConnections(admin))).toEqual([]);
  });

  it('refuses a name twice, until the first is disconnected', async () => {
    const { connection } = await create();
    expect(await house.operator.createConnection(admin, { ...given, name: 'fern & FABLE' })).toMatchObject({
      code: 'already_exists',
    });
    await house.operator.disconnect(admin, connection.id);
    await create();
  });

  it('stays when the outside could not be told, and says so', async () => {
    house.outside.registering = { outcome: 'credential', code: 'UNAUTHORIZED', message: 'No.' };
    const { connection, registered } = await create();
    expect(registered).toMatchObject({ outcome: 'not_registered', code: 'UNAUTHORIZED' });
    expect(done(await house.operator.readConnection(admin, connection.id)).status).toBe('active');
  });
});

describe('secrets', () => {
  it('S-KEY-1, S-KEY-2, S-WH-6: a dump of the database shows none of them', async () => {
    const { webhookToken } = await create();
    const rows = await house.database.prisma.$queryRaw<
      { row: string }[]
    >`SELECT to_jsonb(c)::text AS row FROM connections c`;
    const dump = rows.map(({ row }) => row).join();
    expect(dump).toContain('Fern & Fable');
    expect(dump).not.toContain('canary-account-token');
    expect(dump).not.toContain(webhookToken);
  });

  it('S-KEY-1: a sealed secret does not open in another row, nor after tampering', async () => {
    const first = await create();
    const second = await create({ name: 'second' });
    const other = await house.addWorkspace();
    const third = done(await house.operator.createConnection(other.admin, given));
    const sealedOf = async (id: string) => (await house.store.find(scope, id))?.credentials ?? '';
    expect((await house.accounts.open(scope, first.connection.id))?.account.credentials).toEqual(
      given.credentials,
    );
    await house.store.keepCredentials(scope, second.connection.id, await sealedOf(first.connection.id));
    await expect(house.accounts.open(scope, second.connection.id)).rejects.toThrow('not_for_this_place');
    await house.store.keepCredentials(other.scope, third.connection.id, await sealedOf(first.connection.id));
    await expect(house.accounts.open(other.scope, third.connection.id)).rejects.toThrow('not_for_this_place');
    expect(done(await house.operator.checkConnection(admin, second.connection.id))).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('SECRET_KEY') }),
    );
  });

  it('S-KEY-2: what the previous key sealed opens, and is sealed anew by being used', async () => {
    const { connection } = await create();
    const seal = createSeal([secondKey, firstKey]);
    const rotated = createOpenAccount({ store: house.store, seal, nudges: house.nudges });
    expect((await rotated.open(scope, connection.id))?.account.credentials).toEqual(given.credentials);
    rotated.stop();
    const stored = await house.store.find(scope, connection.id);
    expect(stored?.credentials).toMatch(/^v1\.bbbbbbbb\./);
    expect(stored?.credentials).not.toContain('canary');
  });

  it('S-KEY-3: no view holds one', async () => {
    const { connection } = await create();
    const views = [
      connection,
      done(await house.operator.listConnections(admin)),
      done(await house.operator.readConnection(admin, connection.id)),
    ];
    expect(JSON.stringify(views)).not.toMatch(/canary|v1\.aaaaaaaa|okenHash/);
  });

  it('rotates the webhook token: new and old are good, the one before is not', async () => {
    const { connection, webhookToken: first, webhookUrl } = await create();
    const hashes = async () => (await house.door.find(keyOf(webhookUrl)))?.tokenHashes.length;
    const second = done(await house.operator.rotateWebhookToken(admin, connection.id)).webhookToken;
    expect(await hashes()).toBe(2);
    const third = done(await house.operator.rotateWebhookToken(admin, connection.id)).webhookToken;
    expect(await hashes()).toBe(2);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(house.registrations.map(({ token, doorWasOpen }) => [token, doorWasOpen])).toEqual([
      [first, true],
      [second, true],
      [third, true],
    ]);
    await house.operator.endOldToken(admin, connection.id);
    expect(await hashes()).toBe(1);
  });
});

describe('changing a connection', () => {
  const change = (id: string, given: { name?: string; settings?: Record<string, unknown> }) =>
    house.operator.changeConnection(admin, id, given);
  const settingsOf = async (id: string) => done(await house.operator.readConnection(admin, id)).settings;
  const happen = (connectionId: string) =>
    house.database.prisma.conversation.create({
      data: {
        workspaceId: scope.workspaceId,
        id: newId('conversation'),
        connectionId,
        externalConversationId: newId('conversation'),
        contactId: newId('contact'),
      },
    });

  it('merges settings key by key, null takes one away, and the rest stays', async () => {
    const { connection } = await create();
    const told: string[] = [];
    const off = house.nudges.on('connections', (workspaces) => told.push(...workspaces));
    const one = done(
      await change(connection.id, {
        settings: { actingAgentEmail: 'Bridge@Fern.example', ticketVariables: { id: 'case' } },
      }),
    );
    expect(one.settings).toEqual({
      ...given.settings,
      actingAgentEmail: 'bridge@fern.example',
      ticketVariables: { id: 'case' },
    });
    expect(done(await change(connection.id, { settings: { ticketVariables: null } })).settings).toEqual({
      ...given.settings,
      actingAgentEmail: 'bridge@fern.example',
    });
    expect(done(await change(connection.id, { name: ' Fern ' }))).toMatchObject({ name: 'Fern' });
    off();
    expect(told).toEqual([scope.workspaceId, scope.workspaceId, scope.workspaceId]);
    expect((await house.accounts.open(scope, connection.id))?.account.settings).toEqual(
      await settingsOf(connection.id),
    );
    expect(house.told.filter((line) => line.startsWith('settings_changed'))).toHaveLength(3);
  });

  it('is heard of at once by whoever had the account open', async () => {
    const { connection } = await create();
    await house.accounts.open(scope, connection.id);
    await change(connection.id, { settings: { actingAgentEmail: 'new@fern.example' } });
    expect((await house.accounts.open(scope, connection.id))?.account.settings).toMatchObject({
      actingAgentEmail: 'new@fern.example',
    });
  });

  it('says nothing and notes nothing when nothing changes', async () => {
    const { connection } = await create();
    const before = house.told.length;
    expect(
      done(await change(connection.id, { name: connection.name, settings: given.settings })),
    ).toMatchObject({ name: connection.name });
    expect(house.told).toHaveLength(before);
  });

  it.each([
    [{ settings: { ticketVariables: 5 } }, 'invalid_request', 'settings.ticketVariables'],
    [{ settings: { accountId: null } }, 'invalid_request', 'settings.accountId'],
    [{ settings: { colour: 'green' } }, 'invalid_request', 'settings'],
    [{ name: '  ' }, 'invalid_request', 'name'],
  ])('refuses %j and changes nothing', async (wrong, code, path) => {
    const { connection } = await create();
    expect(await change(connection.id, wrong)).toMatchObject({ code, details: [{ path }] });
    expect(await settingsOf(connection.id)).toEqual(connection.settings);
  });

  it('refuses the name of another, unless that one is disconnected', async () => {
    const { connection } = await create();
    const other = await create({ name: 'Other' });
    expect(await change(connection.id, { name: 'oTHER' })).toMatchObject({ code: 'already_exists' });
    await house.operator.disconnect(admin, other.connection.id);
    expect(done(await change(connection.id, { name: 'Other' })).name).toBe('Other');
  });

  it('leads to another account only while nothing has happened over it', async () => {
    const { connection } = await create();
    expect(done(await change(connection.id, { settings: { accountId: '477' } })).settings).toMatchObject({
      accountId: '477',
    });
    await happen(connection.id);
    for (const [key, value] of [
      ['accountId', '478'],
      ['baseUrl', 'http://127.0.0.1:2'],
    ] as const) {
      expect(await change(connection.id, { settings: { [key]: value } })).toMatchObject({
        code: 'connection_in_use',
        details: [{ path: `settings.${key}` }],
      });
    }
    expect(await settingsOf(connection.id)).toMatchObject({
      accountId: '477',
      ...{ baseUrl: given.settings.baseUrl },
    });
    // The same account in other words, and what leads nowhere else.
    expect(
      await change(connection.id, { settings: { accountId: 477, actingAgentEmail: 'b@fern.example' } }),
    ).toMatchObject({ outcome: 'done' });
  });

  it('a ticket’s link is a history too', async () => {
    const { connection } = await create();
    const elsewhere = await create({ name: 'elsewhere' });
    const conversation = await happen(elsewhere.connection.id);
    await house.database.prisma.ticketLink.create({
      data: {
        workspaceId: scope.workspaceId,
        id: newId('ticketLink'),
        conversationId: conversation.id,
        connectionId: connection.id,
        externalTicketId: 'T-1',
      },
    });
    expect(await change(connection.id, { settings: { accountId: '9' } })).toMatchObject({
      code: 'connection_in_use',
    });
  });

  it('of two at once neither is lost', async () => {
    const { connection } = await create();
    await Promise.all([
      change(connection.id, { settings: { actingAgentEmail: 'a@fern.example' } }),
      change(connection.id, { settings: { ticketVariables: false } }),
      change(connection.id, { name: 'Renamed' }),
    ]);
    expect(done(await house.operator.readConnection(admin, connection.id))).toMatchObject({
      name: 'Renamed',
      settings: { actingAgentEmail: 'a@fern.example', ticketVariables: false },
    });
  });
});

describe('pausing', () => {
  const facts = () =>
    house.database.prisma.conversationEvent.findMany({
      where: { workspaceId: scope.workspaceId },
      orderBy: { seq: 'asc' },
    });

  it('is told as a numbered fact, once, and resumed likewise', async () => {
    const { connection } = await create();
    const told: string[] = [];
    const off = house.nudges.on('facts', (workspaces) => told.push(...workspaces));
    const paused = done(await house.operator.pauseConnection(admin, connection.id, 'maintenance'));
    expect(paused).toMatchObject({
      status: 'paused',
      pausedReason: 'maintenance',
      pausedAt: expect.any(Date),
    });
    await house.operator.pauseConnection(admin, connection.id, 'again');
    expect(done(await house.operator.resumeConnection(admin, connection.id))).not.toHaveProperty(
      'pausedReason',
    );
    await house.operator.resumeConnection(admin, connection.id);
    off();
    expect((await facts()).map(({ seq, type, data }) => [seq, type, data])).toEqual([
      [1, 'connection.paused', { connectionId: connection.id, name: 'Fern & Fable', reason: 'maintenance' }],
      [2, 'connection.resumed', { connectionId: connection.id, name: 'Fern & Fable' }],
    ]);
    expect(told).toEqual([scope.workspaceId, scope.workspaceId]);
  });

  it('for refused credentials is not for what was asked before it was resumed', async () => {
    const { connection } = await create();
    const refused = (askedSecondsAgo: number): Promise<boolean> =>
      pauseForCredentials(house.store, scope, connection.id, 'The token is refused.', askedSecondsAgo);
    expect(await refused(30)).toBe(true);
    await house.operator.resumeConnection(admin, connection.id);
    expect(await refused(30)).toBe(false);
    expect((await facts()).map(({ type }) => type)).toEqual(['connection.paused', 'connection.resumed']);
    expect(await refused(0)).toBe(true);
  });

  it('for refused credentials ends with new ones; an operator’s pause does not', async () => {
    const { connection } = await create();
    const { workspaceId } = scope;
    const nextAt = new Date(Date.now() + 3_600_000);
    await house.database.prisma.lane.create({
      data: { workspaceId, connectionId: connection.id, conversationId: 'cnv_1', nextAt },
    });
    await pauseForCredentials(house.store, scope, connection.id, 'WotNot does not accept the token.', 0);
    const replaced = done(
      await house.operator.replaceCredentials(admin, connection.id, { token: 'new-token' }),
    );
    expect(replaced.status).toBe('active');
    expect((await house.accounts.open(scope, connection.id))?.account.credentials).toEqual({
      token: 'new-token',
    });
    const lane = await house.database.prisma.lane.findFirst({ where: { workspaceId } });
    expect(lane?.nextAt?.getTime()).toBeLessThan(nextAt.getTime());
    await house.operator.pauseConnection(admin, connection.id, 'maintenance');
    expect(
      done(await house.operator.replaceCredentials(admin, connection.id, { token: 'newer' })).status,
    ).toBe('paused');
    expect(await house.operator.replaceCredentials(admin, connection.id, {})).toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('who may', () => {
  it('only an admin, but every agent may see what there is', async () => {
    const { connection } = await create();
    const { operator } = house;
    const answers = [
      await operator.createConnection(desk, given),
      await operator.readConnection(desk, connection.id),
      await operator.changeConnection(desk, connection.id, { name: 'x' }),
      await operator.checkConnection(desk, connection.id),
      await operator.pauseConnection(desk, connection.id, 'x'),
      await operator.resumeConnection(desk, connection.id),
      await operator.rotateWebhookToken(desk, connection.id),
      await operator.endOldToken(desk, connection.id),
      await operator.replaceCredentials(desk, connection.id, given.credentials),
      await operator.disconnect(desk, connection.id),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ outcome: 'refused', code: 'forbidden' });
    expect(done(await operator.listConnections(desk))).toHaveLength(1);
  });

  it('an agent sees which templates may be picked, as the settings name them', async () => {
    const { connection } = await create();
    const { operator } = house;
    const templatesSeen = async () => done(await operator.listConnections(desk))[0]?.templates;
    expect(await templatesSeen()).toEqual([]);
    const templates = [
      {
        name: 'order_shipped',
        language: 'en',
        words: { body: 'Hello {{1}}, your order is on its way.' },
        parameters: { body: ['First name'], buttons: { url: 'Tracking number' } },
        variables: ['order'],
      },
      { name: 'vuelva', language: 'es' },
    ];
    done(await operator.changeConnection(admin, connection.id, { settings: { templates } }));
    expect(await templatesSeen()).toEqual(templates);
    expect(done(await operator.readConnection(admin, connection.id)).templates).toEqual(templates);
    done(await operator.changeConnection(admin, connection.id, { settings: { templates: null } }));
    expect(await templatesSeen()).toEqual([]);
  });

  it('a list of templates that cannot be is refused with the place in it', async () => {
    const { connection } = await create();
    const change = (templates: unknown) =>
      house.operator.changeConnection(admin, connection.id, { settings: { templates } });
    const wrong: [templates: unknown, path: string][] = [
      [[{ name: '' }], 'settings.templates.0.name'],
      [[{ name: 'a', words: { body: 'x'.repeat(1_025) } }], 'settings.templates.0.words.body'],
      [[{ name: 'a', parameters: { body: [''] } }], 'settings.templates.0.parameters.body.0'],
      [[{ name: 'a' }, { name: 'a', language: 'es' }], 'settings.templates'],
      [Array.from({ length: 201 }, (_, index) => ({ name: `t${index}` })), 'settings.templates'],
    ];
    for (const [templates, path] of wrong) {
      expect(await change(templates), path).toMatchObject({ code: 'invalid_request', details: [{ path }] });
    }
    expect(done(await house.operator.listConnections(admin))[0]?.templates).toEqual([]);
  });

  it('S-TEN-1: another workspace’s connection is not found by any verb', async () => {
    const { connection } = await create();
    const { admin: stranger, scope: strange } = await house.addWorkspace();
    const { operator } = house;
    const answers = [
      await operator.readConnection(stranger, connection.id),
      await operator.changeConnection(stranger, connection.id, { name: 'x' }),
      await operator.checkConnection(stranger, connection.id),
      await operator.pauseConnection(stranger, connection.id, 'x'),
      await operator.resumeConnection(stranger, connection.id),
      await operator.rotateWebhookToken(stranger, connection.id),
      await operator.endOldToken(stranger, connection.id),
      await operator.replaceCredentials(stranger, connection.id, given.credentials),
      await operator.disconnect(stranger, connection.id),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ outcome: 'refused', code: 'not_found' });
    expect(done(await operator.listConnections(stranger))).toEqual([]);
    expect(await house.accounts.open(strange, connection.id)).toBeUndefined();
    expect(done(await operator.readConnection(admin, connection.id)).status).toBe('active');
  });
});

describe('disconnecting', () => {
  it('forgets every secret, closes the door, and is for good', async () => {
    const { connection, webhookUrl } = await create();
    await house.accounts.open(scope, connection.id);
    expect(done(await house.operator.disconnect(admin, connection.id)).status).toBe('disconnected');
    expect(await house.store.find(scope, connection.id)).toMatchObject({
      credentials: null,
      webhookTokenHashes: [],
    });
    expect(await house.accounts.open(scope, connection.id)).toBeUndefined();
    expect(await house.door.find(keyOf(webhookUrl))).toMatchObject({
      status: 'disconnected',
      tokenHashes: [],
    });
    expect(await house.operator.resumeConnection(admin, connection.id)).toMatchObject({
      code: 'connection_disconnected',
    });
    expect(await house.operator.changeConnection(admin, connection.id, { name: 'x' })).toMatchObject({
      code: 'connection_disconnected',
    });
    expect(await house.operator.rotateWebhookToken(admin, connection.id)).toMatchObject({
      code: 'connection_disconnected',
    });
    expect(await house.operator.checkConnection(admin, connection.id)).toMatchObject({
      code: 'connection_disconnected',
    });
    expect(done(await house.operator.disconnect(admin, connection.id)).status).toBe('disconnected');
  });
});
