/*
 * A bridge in a process of its own, with a workspace, a connection, agents and a key; told of by IPC.
 * Arguments: where WotNot is (nothing: here), and what an earlier one has furnished (nothing: furnish).
 */
import type { App } from '../../src/app.js';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { processEnvironment } from '../../src/config/env.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import './end-with-parent.js';

const loaded = loadConfig(processEnvironment());
if (loaded.outcome === 'refused') throw new Error(loaded.mistakes.join('; '));
const { config, secrets } = loaded;
// A soak cannot wait for days.
const shortened = Number(process.env.BENCH_RETENTION_SECONDS);
if (shortened > 0) {
  const days = shortened / 86_400;
  config.retention.days = { settled: days, keys: days, parked: days, answers: days, ended: days };
}
const telemetry = createTelemetry({ log: { level: 'warn', format: 'json' }, secretValues: [], to: 'stderr' });
const app = await createApp(config, secrets, telemetry);
const { url } = await app.start();
const [wotnot, furnished] = process.argv.slice(2);
process.send?.({
  ...(furnished ? (JSON.parse(furnished) as object) : await furnish(app, wotnot || url)),
  url,
});
process.on('message', () => {
  process.send?.({ rss: process.memoryUsage().rss });
});
process.once('SIGTERM', () => {
  void app.stop().then(() => process.exit());
});

async function furnish({ installation, directory, operator }: App, baseUrl: string): Promise<object> {
  const workspace = await installation.createWorkspace('bench');
  const entered = await installation.enterWorkspace(workspace.id);
  if (entered.outcome !== 'entered') throw new Error('the workspace is not there');
  const { principal } = entered;
  await directory.createAgent(principal, { email: 'ada@bench.example', name: 'Ada' });
  const key = await directory.createApiKey(principal, { name: 'bench', scopes: ['admin'] });
  const connection = await operator.createConnection(principal, {
    connector: 'wotnot',
    name: 'bench',
    settings: { baseUrl, accountId: '1', actingAgentEmail: 'grace@bench.example' },
    credentials: { token: 'bench-token-of-the-account' },
  });
  if (connection.outcome !== 'done' || key.outcome !== 'done')
    throw new Error(JSON.stringify([connection, key]));
  return {
    apiKey: key.value.token,
    workspaceId: workspace.id,
    connectionId: connection.value.connection.id,
    webhookPath: new URL(connection.value.webhookUrl).pathname,
    webhookToken: connection.value.webhookToken,
  };
}
