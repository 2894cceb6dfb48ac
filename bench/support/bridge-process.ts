/* A bridge in a process of its own, with a workspace, a connection, agents and a key; told of by IPC. */
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/config.js';
import { processEnvironment } from '../../src/config/env.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';

const loaded = loadConfig(processEnvironment());
if (loaded.outcome === 'refused') throw new Error(loaded.mistakes.join('; '));
const { config, secrets } = loaded;
const telemetry = createTelemetry({ log: { level: 'warn', format: 'json' }, secretValues: [], to: 'stderr' });
const app = await createApp(config, secrets, telemetry);
const { url } = await app.start();

const workspace = await app.installation.createWorkspace('bench');
const entered = await app.installation.enterWorkspace(workspace.id);
if (entered.outcome !== 'entered') throw new Error('the workspace is not there');
const { principal } = entered;
await app.directory.createAgent(principal, { email: 'ada@bench.example', name: 'Ada' });
const key = await app.directory.createApiKey(principal, { name: 'bench', scopes: ['admin'] });
const connection = await app.operator.createConnection(principal, {
  connector: 'wotnot',
  name: 'bench',
  settings: { baseUrl: process.argv[2] ?? url, accountId: '1', actingAgentEmail: 'grace@bench.example' },
  credentials: { token: 'bench-token-of-the-account' },
});
if (connection.outcome !== 'done' || key.outcome !== 'done')
  throw new Error(JSON.stringify([connection, key]));

process.send?.({
  url,
  apiKey: key.value.token,
  workspaceId: workspace.id,
  webhookPath: new URL(connection.value.webhookUrl).pathname,
  webhookToken: connection.value.webhookToken,
});
process.on('message', () => {
  process.send?.({ rss: process.memoryUsage().rss });
});
process.once('SIGTERM', () => {
  void app.stop().then(() => process.exit());
});
