import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from '../../src/cli/run.js';
import { createSandbox } from '../../src/sandbox/index.js';
import { createTypedWorld } from '../integration/cli/typed-world.js';
import { freePort } from '../support/free-port.js';
import { houseEnv, openApp } from '../support/house.js';
import { createTestDatabase, onEachDatabase } from '../support/test-database.js';
import { createFarSide } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

// Each command opens the database anew, as it does on a terminal.
vi.setConfig({ testTimeout: 300_000 });

describe('an account that is linked before the bridge runs', () => {
  onEachDatabase((kind) => {
    it('is told of its webhook by itself once the bridge does, and its contacts are heard', async () => {
      const database = await createTestDatabase(kind);
      onTestFinished(() => database.drop());
      const sandbox = createSandbox();
      const { url: sandboxUrl } = await sandbox.start();
      onTestFinished(() => sandbox.stop());
      const env = {
        ...houseEnv,
        ...database.env,
        PORT: String(await freePort()),
        SECRET_KEY: randomBytes(32).toString('base64'),
      };
      const type = async (words: string[], input = '') => {
        const world = createTypedWorld(env, { readInput: async () => input });
        return { code: await run(words, world), out: world.printed.join('\n') };
      };
      expect((await type(['workspace', 'create', 'Fern'])).code).toBe(0);
      const settings = [`baseUrl=${sandboxUrl}`, `accountId=${sandbox.accountId}`];
      const made = await type(
        ['connection', 'create', 'wotnot', '--name', 'Shop', '--setting', ...settings, '--credentials', '-'],
        sandbox.token,
      );
      expect(made.code).toBe(1);
      expect(made.out).toContain('The account could not be told of the webhook');
      expect(made.out).toContain('npm start');
      const listed = JSON.parse((await type(['connection', 'list', '--json'])).out) as object[];
      expect(listed).toMatchObject([{ name: 'Shop', registrationOwedAt: expect.any(String) }]);

      const { app } = await openApp(env);
      onTestFinished(() => app.stop());
      await app.start();
      const entered = await app.installation.enterWorkspace();
      if (entered.outcome !== 'entered') throw new Error('the workspace is not there');
      const { principal } = entered;
      const connections = async () => {
        const answer = await app.operator.listConnections(principal);
        return answer.outcome === 'done' ? answer.value : [];
      };
      await waitFor(
        'the account to be told',
        async () => {
          const [connection] = await connections();
          return connection !== undefined && connection.registrationOwedAt === undefined;
        },
        60,
      );
      await createFarSide(sandboxUrl).arrive({ text: 'can you hear me?' });
      await waitFor('the contact to be heard', async () => {
        const page = await app.desk.listConversations(principal, { limit: 10 });
        return (
          page.outcome === 'done' && page.value.items.some(({ lastMessage }) => lastMessage !== undefined)
        );
      });
      expect((await connections())[0]?.lastInboundAt).toBeInstanceOf(Date);
    });
  });
});
