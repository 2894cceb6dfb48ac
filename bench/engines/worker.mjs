/* A worker in a process of its own, so that it can be killed: `worker.mjs <engine> <context as JSON>`. */
const [engine, context] = process.argv.slice(2);
const { startWorker } = await import(`./engines/${engine}.mjs`);
await startWorker(JSON.parse(context));
process.send?.('ready');
