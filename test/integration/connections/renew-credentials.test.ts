import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Principal } from '../../../src/access/principal.js';
import { createOpenAccount, createOperator, createSeal } from '../../../src/connections/index.js';
import type { Account } from '../../../src/connectors/connector.js';
import { createRegistry } from '../../../src/connectors/registry.js';
import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';
import { newId } from '../../../src/domain/ids.js';
import { createConnectionStore } from '../../../src/store/connection-store.js';
import { createNudges } from '../../../src/store/nudges.js';
import { WorkspaceScope } from '../../../src/store/scope.js';
import { type FakeZendesk, openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import { onEachDatabase, openTestDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { done, firstKey } from './house.js';

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

/** The connections room as one process has it: nothing is shared with another but the database. */
function openProcess({ database }: TestDatabase) {
  const nudges = createNudges();
  const store = createConnectionStore(database, nudges);
  const seal = createSeal([firstKey]);
  const accounts = createOpenAccount({ store, seal, nudges });
  const connector = createZendeskConnector({ allowPrivate: true });
  const operator = createOperator({
    store,
    connectors: createRegistry([connector]),
    seal,
    openAccount: accounts.open,
    listDeskAgents: async () => [],
    publicUrl: 'https://bridge.example',
    probe: async () => ({ outcome: 'no_answer', code: 'connection_failed' }),
    observe: { connectionChanged: () => {}, connectionPaused: () => {}, connectionResumed: () => {} },
  });
  const stop = (): void => {
    accounts.stop();
    connector.stop();
  };
  return { store, accounts, connector, operator, stop };
}

onEachDatabase((kind) => {
  let database: TestDatabase;
  let fake: FakeZendesk;
  let one: ReturnType<typeof openProcess>;
  let other: ReturnType<typeof openProcess>;
  let scope: WorkspaceScope;
  let admin: Principal;

  beforeAll(async () => {
    database = await openTestDatabase(kind);
    fake = await openFakeZendesk();
    one = openProcess(database);
    other = openProcess(database);
    const id = newId('workspace');
    await database.database.prisma.workspace.create({ data: { id, name: id } });
    scope = WorkspaceScope.open(id);
    admin = { type: 'program', scope, keyId: newId('apiKey'), name: 'test', permissions: ['admin'] };
  });
  afterAll(async () => {
    one.stop();
    other.stop();
    await fake.close();
    await database.close();
  });

  async function create(): Promise<string> {
    const made = done(
      await one.operator.createConnection(admin, {
        connector: 'zendesk',
        name: newId('connection'),
        settings: fake.settings,
        credentials: {
          grant: 'authorization_code',
          clientId: fake.oauth.client.id,
          clientSecret: fake.oauth.client.secret,
        },
      }),
    );
    expect(made.registered).toMatchObject({ outcome: 'not_registered', code: 'not_authorised' });
    return made.connection.id;
  }

  async function authorised(): Promise<string> {
    const id = await create();
    const { url, state, verifier } = done(await one.operator.beginAuthorisation(admin, id));
    const back = new URL(fake.oauth.approve(url)).searchParams;
    expect(back.get('state')).toBe(state);
    const finished = done(
      await one.operator.finishAuthorisation(admin, id, { code: back.get('code') ?? '', verifier }),
    );
    expect(finished.registered).toEqual({ outcome: 'registered' });
    return id;
  }

  async function accountOf(process: typeof one, id: string): Promise<Account> {
    const opened = await process.accounts.open(scope, id);
    if (opened === undefined) throw new Error('there is no such connection');
    return opened.account;
  }

  const isWell = async (process: typeof one, id: string): Promise<boolean> => {
    const listed = await process.connector.listAgents?.(await accountOf(process, id));
    return listed?.outcome === 'listed';
  };
  const refreshes = (): number => fake.oauth.requests.filter((grant) => grant === 'refresh_token').length;

  it('a person authorises the bridge, and everything is set up', async () => {
    const id = await authorised();
    expect(await isWell(one, id)).toBe(true);
    expect(await isWell(other, id)).toBe(true);
    const opened = await one.accounts.open(scope, id);
    expect(opened?.webhookSecrets[0]).toBe([...fake.world.webhooks.values()].at(-1)?.secret);
    expect(opened?.account.settings['webhookId']).toBeTruthy();
  });

  it('a code is worth nothing without the verifier, and nothing the second time', async () => {
    const id = await create();
    const { url, verifier } = done(await one.operator.beginAuthorisation(admin, id));
    const code = new URL(fake.oauth.approve(url)).searchParams.get('code') ?? '';
    const stolen = await one.operator.finishAuthorisation(admin, id, { code, verifier: 'x'.repeat(60) });
    expect(stolen).toMatchObject({ outcome: 'refused', code: 'account_refused' });
    const late = await one.operator.finishAuthorisation(admin, id, { code, verifier });
    expect(late).toMatchObject({ outcome: 'refused' });
  });

  it('whoever may not act as an admin authorises nothing', async () => {
    const id = await create();
    const desk: Principal = { ...admin, permissions: ['desk'] } as Principal;
    expect(await one.operator.beginAuthorisation(desk, id)).toMatchObject({ code: 'forbidden' });
  });

  it('many calls of two processes at once renew an ended access exactly once', async () => {
    const id = await authorised();
    await accountOf(one, id);
    await accountOf(other, id);
    fake.oauth.endAccess();
    const before = refreshes();
    const calls = Array.from({ length: 20 }, (_, at) => isWell(at % 2 === 0 ? one : other, id));
    expect(await Promise.all(calls)).toEqual(calls.map(() => true));
    expect(refreshes() - before).toBe(1);
  });

  it('keeps both tokens and the webhook’s secret together through many renewals', async () => {
    const id = await authorised();
    const secrets = (await one.accounts.open(scope, id))?.webhookSecrets;
    for (let round = 0; round < 5; round += 1) {
      fake.oauth.endAccess();
      expect(await isWell(round % 2 === 0 ? one : other, id)).toBe(true);
    }
    const fresh = openProcess(database);
    expect(await isWell(fresh, id)).toBe(true);
    expect((await fresh.accounts.open(scope, id))?.webhookSecrets).toEqual(secrets);
    fresh.stop();
  });

  it('a process that died while it renewed holds up nobody for longer than its lease', async () => {
    const id = await authorised();
    await one.store.leaseCredentials(scope, id, { owner: 'dead', seconds: 1 });
    fake.oauth.endAccess();
    expect(await isWell(other, id)).toBe(true);
  });

  it('what an operator has given meanwhile is not overwritten by a renewal', async () => {
    const id = await authorised();
    const account = await accountOf(one, id);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let begun = false;
    const renewal = account.renewCredentials?.(async (current) => {
      begun = true;
      await held;
      return { ...current, accessToken: 'from the renewal' };
    });
    await waitFor('the renewal', () => begun);
    const given = { grant: 'api_token', email: 'a@desk.example', apiToken: 'given by the operator' };
    done(await other.operator.replaceCredentials(admin, id, given));
    release();
    expect(await renewal).toEqual(given);
    expect((await accountOf(openProcess(database), id)).credentials).toEqual(given);
  });

  it('after a failure the store is read again: what another has renewed is good for all', async () => {
    const id = await authorised();
    const account = await accountOf(one, id);
    const answer = await account.renewCredentials?.(async (current) => {
      // The lease of the first ended; the second was faster.
      const stored = await one.store.find(scope, id);
      const seal = createSeal([firstKey]);
      const place = { workspaceId: scope.workspaceId, connectionId: id, field: 'credentials' };
      const sealed = seal.seal(JSON.stringify({ ...current, accessToken: 'of the other' }), place);
      await one.store.replaceCredentials(scope, id, { sealed, version: stored?.credentialsVersion ?? -1 });
      throw new Error('invalid_grant');
    });
    expect(answer).toMatchObject({ accessToken: 'of the other' });
  });

  it('a refresh token that is refused asks for a person, and tells no secret', async () => {
    const id = await authorised();
    fake.oauth.endAccess();
    fake.oauth.endRefresh();
    const account = await accountOf(one, id);
    const listed = await one.connector.listAgents?.(account);
    expect(listed).toMatchObject({ outcome: 'credential', code: 'token_refused' });
    for (const secret of Object.values(account.credentials)
      .map(String)
      .filter((text) => text.length > 20))
      expect(JSON.stringify(listed)).not.toContain(secret);
  });
});
