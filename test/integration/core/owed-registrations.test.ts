import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ChatConnector, RegisterOutcome } from '../../../src/connectors/connector.js';
import { createWotNotConnector } from '../../../src/connectors/wotnot/index.js';
import { freePort } from '../../support/free-port.js';
import { houseEnv, openApp } from '../../support/house.js';
import { createTestDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';

vi.setConfig({ testTimeout: 90_000 });

/** A bridge that owes one account its webhook, before it starts. */
async function openOwing() {
  const database = await createTestDatabase('embedded');
  onTestFinished(() => database.drop());
  const port = String(await freePort());
  const env = { ...houseEnv, ...database.env, PORT: port, SECRET_KEY: randomBytes(32).toString('base64') };
  const wotnot = createWotNotConnector({ allowPrivate: true });
  const outside: { register: () => Promise<RegisterOutcome>; asked: number } = {
    register: async () => ({ outcome: 'retry', code: 'connection_failed', message: 'Nobody there.' }),
    asked: 0,
  };
  const connector: ChatConnector = {
    ...wotnot,
    register: () => {
      outside.asked += 1;
      return outside.register();
    },
  };
  const { app, log } = await openApp(env, [connector]);
  onTestFinished(() => app.stop());
  const { id: workspaceId } = await app.installation.createWorkspace('Fern');
  const entered = await app.installation.enterWorkspace(workspaceId);
  if (entered.outcome !== 'entered') throw new Error('the workspace is not there');
  const made = await app.operator.createConnection(entered.principal, {
    connector: 'wotnot',
    name: 'Shop',
    settings: { accountId: '476', baseUrl: 'http://127.0.0.1:1' },
    credentials: { token: 'canary-account-token' },
  });
  if (made.outcome !== 'done') throw new Error(made.message);
  return { app, log, outside, connectionId: made.value.connection.id };
}

describe('a registration that is owed', () => {
  it('and hangs keeps the process from nothing when it is to end', async () => {
    const { app, log, outside } = await openOwing();
    outside.register = () => new Promise<never>(() => undefined);
    await app.start();
    await waitFor('the outside to be asked', () => outside.asked === 2);
    const began = performance.now();
    await app.stop();
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(log.join()).not.toMatch(/database\.unavailable|registration\.failed/u);
  });

  it('and ends in an unforeseen way is on record as itself, and no trouble of the database’s', async () => {
    const { app, log, outside, connectionId } = await openOwing();
    outside.register = () => Promise.reject(new RangeError('canary'));
    await app.start();
    const lines = () => log.filter((line) => line.includes('registration.failed'));
    await waitFor('it to be on record', () => lines().length > 0);
    expect(lines()[0]).toContain(connectionId);
    expect(lines()[0]).toContain('RangeError');
    expect(log.join()).not.toContain('database.unavailable');
  });
});
