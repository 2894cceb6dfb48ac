/*
 * WotNot's stand-in in a process of its own: it outlives the bridge's kills and is not slowed by the driver. What
 * it receives is a line of its data file before it answers.
 */
import { createSandbox } from '../../../src/sandbox/index.js';

const [dataFile] = process.argv.slice(2);
if (dataFile === undefined) throw new Error('usage: far-side-process.ts <data file>');
// It repeats without end for as long as a run may last, as the checker must not lose what WotNot gave up.
const webhookRetryMs = [20, 50, 100, 200, 400, ...Array.from({ length: 400 }, () => 500)];
const sandbox = createSandbox({ port: 0, dataFile, webhookRetryMs });
await sandbox.start();
process.send?.({ url: sandbox.url, token: sandbox.token, accountId: sandbox.accountId });
process.once('disconnect', () => {
  process.exit();
});
process.once('SIGTERM', () => {
  void sandbox.stop().then(() => process.exit());
});
