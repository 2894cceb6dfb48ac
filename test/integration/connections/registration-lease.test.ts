import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../src/access/principal.js';
import {
  createOpenAccount,
  createOperator,
  createTendRegistrations,
  type Operator,
} from '../../../src/connections/index.js';
import type { ChatConnector, Connector, RegisterOutcome } from '../../../src/connectors/connector.js';
import { createRegistry } from '../../../src/connectors/registry.js';
import { createWebhookConnector } from '../../../src/connectors/webhook/index.js';
import { createNudges } from '../../../src/store/nudges.js';
import type { WorkspaceScope } from '../../../src/store/scope.js';
import { waitFor } from '../../support/wait-for.js';
import { done, type House, openHouse } from './house.js';

const unheard = { outcome: 'retry', code: 'connection_failed', message: 'Nobody there.' } as const;
const delivered = { outcome: 'delivered' } as const;

let house: House;
let admin: Principal;
let scope: WorkspaceScope;
/** What the outside was told, in the order in which it has answered, and how many told it at once. */
let told: string[];
let atOnce: number;
let most: number;
let answer: () => Promise<RegisterOutcome>;

const register: ChatConnector['register'] = async (_account, _url, token) => {
  atOnce += 1;
  most = Math.max(most, atOnce);
  try {
    const outcome = await answer();
    if (outcome.outcome === 'delivered') told.push(token);
    return outcome;
  } finally {
    atOnce -= 1;
  }
};

type Deps = Parameters<typeof createOperator>[0];

/** What another process has: nothing in common but the database, and no nudge arrives. */
function another(store: Deps['store'] = house.store): Deps {
  const wotnot = house.operating.connectors.find('wotnot') as ChatConnector;
  const webhook: Connector = { ...createWebhookConnector({ allowPrivate: true }), register };
  return {
    ...house.operating,
    store,
    connectors: createRegistry([{ ...wotnot, register }, webhook]),
    openAccount: createOpenAccount({ store: house.store, seal: house.operating.seal, nudges: createNudges() })
      .open,
    probe: async () => ({ outcome: 'ours' }),
  };
}

const create = async (operator: Operator, more: object = {}) =>
  done(
    await operator.createConnection(admin, {
      connector: 'wotnot',
      name: 'Fern & Fable',
      settings: { accountId: '476', baseUrl: 'http://127.0.0.1:1' },
      credentials: { token: 'canary-account-token' },
      ...more,
    }),
  );
const view = async (id: string) => done(await house.operator.readConnection(admin, id));
const hear = async (id: string, token: string): Promise<boolean> => {
  const hash = createHash('sha256').update(token).digest('hex');
  return (await house.store.find(scope, id))?.webhookTokenHashes.includes(hash) === true;
};
/** An outside that answers once it is let. */
function holdBack(outcome: RegisterOutcome): () => void {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  answer = async () => {
    await held;
    return outcome;
  };
  return letGo;
}

beforeAll(async () => {
  house = await openHouse();
});
beforeEach(async () => {
  await house.database.prisma.connection.updateMany({ data: { registrationOwedAt: null } });
  ({ admin, scope } = await house.addWorkspace());
  told = [];
  atOnce = 0;
  most = 0;
  answer = async () => delivered;
});
afterAll(() => house.close());

describe('registering', () => {
  it('is done by one of all that would, and the others leave it to that one', async () => {
    answer = async () => unheard;
    const { connection, webhookToken } = await create(createOperator(another()));
    const letGo = holdBack(delivered);
    const tendings = [another(), another()].map((operator) =>
      createTendRegistrations({
        operator,
        nudges: createNudges(),
        alone: true,
        failed: (error) => {
          throw error;
        },
      }),
    );
    for (const tending of tendings) tending.start();
    await waitFor('one to be at it', () => atOnce === 1);
    await waitFor('the other to leave it', () => tendings.filter((one) => one.isIdle()).length === 1);
    const findings = done(await createOperator(another()).checkConnection(admin, connection.id));
    expect(findings).toContainEqual({
      ok: true,
      what: 'The outside is being told just now where to send its webhooks.',
    });
    letGo();
    await waitFor('it to be told', async () => (await view(connection.id)).registrationOwedAt === undefined);
    for (const tending of tendings) await tending.stop();
    expect(told).toEqual([webhookToken]);
    expect(most).toBe(1);
  });

  it('is done by the next once whoever was at it has gone for good', async () => {
    answer = async () => unheard;
    const { connection } = await create(createOperator(another()));
    const check = () => createOperator(another()).checkConnection(admin, connection.id);
    answer = async () => delivered;
    await house.store.leaseRegistration(scope, connection.id, { owner: 'killed', seconds: 0.3 });
    await check();
    expect(told).toEqual([]);
    await waitFor('the lease to end', async () => {
      await check();
      return told.length === 1;
    });
  });

  it('ends with the process: what is under way is told to end, and is the next one’s', async () => {
    answer = async () => unheard;
    const { connection, webhookToken } = await create(createOperator(another()));
    const deps = another();
    const wotnot = deps.connectors.find('wotnot') as ChatConnector;
    let isAsked = false;
    const heeding: ChatConnector['register'] = (_account, _url, _token, signal) =>
      new Promise((resolve) => {
        isAsked = true;
        signal?.addEventListener('abort', () => resolve(unheard));
      });
    const tending = createTendRegistrations({
      operator: { ...deps, connectors: createRegistry([{ ...wotnot, register: heeding }]) },
      nudges: createNudges(),
      alone: true,
      failed: () => undefined,
    });
    tending.start();
    await waitFor('it to be at it', () => isAsked);
    await tending.stop();
    expect(tending.isIdle()).toBe(true);
    answer = async () => delivered;
    await createOperator(another()).checkConnection(admin, connection.id);
    expect(told).toEqual([webhookToken]);
  });

  it('of two rotations at once the outside knows the token that is good, and is owed nothing', async () => {
    const { connection, webhookToken } = await create(createOperator(another()));
    answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return delivered;
    };
    const rotated = await Promise.all(
      [another(), another()].map(async (deps) =>
        done(await createOperator(deps).rotateWebhookToken(admin, connection.id)),
      ),
    );
    expect(most).toBe(1);
    expect(told[0]).toBe(webhookToken);
    expect(new Set(told.slice(1))).toEqual(new Set(rotated.map((one) => one.webhookToken)));
    expect(await hear(connection.id, told.at(-1)!)).toBe(true);
    expect((await view(connection.id)).registrationOwedAt).toBeUndefined();
  });

  it('a rotation waits for whoever tells the token before, so that the newest is told last', async () => {
    answer = async () => unheard;
    const { connection, webhookToken } = await create(createOperator(another()));
    const letGo = holdBack(delivered);
    const checked = createOperator(another()).checkConnection(admin, connection.id);
    await waitFor('the first to be told', () => atOnce === 1);
    const rotating = createOperator(another()).rotateWebhookToken(admin, connection.id);
    await new Promise((resolve) => setTimeout(resolve, 300));
    letGo();
    await checked;
    expect(told).toEqual([webhookToken, done(await rotating).webhookToken]);
    expect(most).toBe(1);
  });

  it('keeps what a desk signs with beside the secrets that are stored by then', async () => {
    const deps = another();
    answer = async () => {
      const [connection] = await house.store.list(scope);
      // Another process has kept one meanwhile.
      const sealed = deps.seal.seal(
        JSON.stringify({ secret: 'an-example-credential-of-the-desk', webhookSecrets: ['kept-meanwhile'] }),
        { workspaceId: scope.workspaceId, connectionId: connection!.id, field: 'credentials' },
      );
      await house.store.keepCredentials(scope, connection!.id, sealed);
      return { ...delivered, signingSecrets: ['made-by-the-desk'] };
    };
    const { connection } = await create(createOperator(deps), {
      connector: 'webhook',
      settings: { url: 'http://127.0.0.1:1/hook' },
      credentials: { secret: 'an-example-credential-of-the-desk' },
    });
    const opened = await another().openAccount(scope, connection.id);
    expect(opened?.webhookSecrets).toEqual(['made-by-the-desk', 'kept-meanwhile']);
  });
});

describe('what was made outside', () => {
  const made = async () => ({ ...delivered, settings: { receiptEvents: ['message_status'] } });
  /** Somebody changes the settings between a look at them and the change that was decided on it. */
  const disturbed = (times: number): Deps['store'] => {
    let left = times;
    return {
      ...house.store,
      change: async (at, id, change) => {
        if (left > 0) {
          left -= 1;
          const settings = { ...change.settingsBefore, actingAgentEmail: `a${left}@fern.example` };
          await house.store.change(at, id, { ...change, settings });
        }
        return house.store.change(at, id, change);
      },
    };
  };

  it('is kept although somebody else changes the settings meanwhile', async () => {
    answer = made;
    const { connection, registered } = await create(createOperator(another(disturbed(2))));
    expect(registered).toEqual({ outcome: 'registered' });
    expect((await view(connection.id)).settings).toMatchObject({
      receiptEvents: ['message_status'],
      actingAgentEmail: 'a0@fern.example',
    });
  });

  it('leaves the registration owed while it cannot be kept', async () => {
    answer = made;
    const { connection, registered } = await create(createOperator(another(disturbed(1_000))));
    expect(registered).toMatchObject({ outcome: 'not_registered', code: 'settings_kept_changing' });
    expect(connection.registrationOwedAt).toBeInstanceOf(Date);
    await createOperator(another()).checkConnection(admin, connection.id);
    expect(await view(connection.id)).toMatchObject({ settings: { receiptEvents: ['message_status'] } });
    expect((await view(connection.id)).registrationOwedAt).toBeUndefined();
  });
});

describe('a rotation while the outside has not been told of the one before', () => {
  it('keeps the token that the outside knows, for as long as it knows no other', async () => {
    const operator = createOperator(another());
    const { connection, webhookToken: known } = await create(operator);
    const rotate = async () => done(await operator.rotateWebhookToken(admin, connection.id)).webhookToken;
    answer = async () => unheard;
    const untold = [await rotate(), await rotate(), await rotate()];
    expect(await hear(connection.id, known)).toBe(true);
    expect(await hear(connection.id, untold[2]!)).toBe(true);
    answer = async () => delivered;
    await operator.checkConnection(admin, connection.id);
    expect(told).toEqual([known, untold[2]]);
    const hashes = async () => (await house.store.find(scope, connection.id))?.webhookTokenHashes.length;
    expect(await hashes()).toBe(2);
    // What is on its way comes with it.
    expect(await hear(connection.id, known)).toBe(true);
    const last = await rotate();
    expect(await hashes()).toBe(2);
    expect(await hear(connection.id, last)).toBe(true);
    expect(await hear(connection.id, untold[2]!)).toBe(true);
    expect(await hear(connection.id, known)).toBe(false);
  });
});
