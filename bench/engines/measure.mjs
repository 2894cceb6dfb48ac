/*
 * `npm ci --ignore-scripts && npm run measure [-- --only=lanes,pg-boss --limit=75]`, with a PostgreSQL at TEST_DATABASE_URL
 * or 127.0.0.1:5432 and a Redis at 127.0.0.1:6379. Everything stays on this machine; nothing lasts longer than its limit.
 */
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { keyOf, preciseNow, startFarSide } from './far-side.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const option = (name, otherwise) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise;
const names = option('only', 'lanes,pg-boss,graphile-worker,bullmq').split(',');
/** Seconds for which a crash is watched. */
const limit = Number(option('limit', '75'));
const CONVERSATIONS = 100;
const EACH = 20;

const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
};

async function onServer(sql) {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** One engine on a database of its own: a producer here, workers in processes of their own. */
async function withEngine(name, options, work) {
  const engine = await import(`./engines/${name}.mjs`);
  const run = `${process.pid}_${Date.now()}`;
  const database = `engines_${run}`;
  await onServer(`CREATE DATABASE ${database}`);
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  const far = await startFarSide();
  const context = {
    databaseUrl: url.href,
    farUrl: far.url,
    run,
    conversations: CONVERSATIONS,
    attempts: 10,
    tuned: false,
    secretKey: engine.newSecret?.(),
    ...options,
  };
  const workers = [];
  const addWorker = async () => {
    const worker =
      engine.startFurther === undefined
        ? await forkWorker(name, context)
        : await engine.startFurther(context);
    workers.push(worker);
    return worker;
  };
  const producer = await engine.openProducer(context);
  // Ours brings its first worker with it: the producer's own process.
  const first = producer.process ?? (await addWorker());
  try {
    return await work({ producer, far, first, addWorker });
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
    await producer.close().catch(() => undefined);
    far.stop();
    await onServer(`DROP DATABASE ${database} WITH (FORCE)`);
  }
}

function forkWorker(name, context) {
  const worker = fork(path.join(here, 'worker.mjs'), [name, JSON.stringify(context)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve(worker));
    worker.once('exit', (code) => reject(new Error(`${name}'s worker ended with ${code}`)));
  });
}

async function waitFor(look, seconds) {
  const until = performance.now() + seconds * 1_000;
  while (performance.now() < until) {
    if (look()) return true;
    await pause(5);
  }
  return false;
}

const taken = (far) => far.arrivals.filter(({ answer }) => answer === 200);

/** Conversations in which what was taken came in another order than it was written, or twice. */
function judgeOrder(far) {
  const byConversation = new Map();
  for (const { conversation, n } of taken(far))
    byConversation.set(conversation, [...(byConversation.get(conversation) ?? []), n]);
  const lists = [...byConversation.values()];
  return {
    outOfOrder: lists.filter((list) => list.some((n, index) => n < (list[index - 1] ?? -1))).length,
    doubled: lists.reduce((sum, list) => sum + list.length - new Set(list).size, 0),
  };
}

/** A backlog over all conversations; one message of each, another one in each, is put off once. */
const measureOrder = (name) =>
  withEngine(name, {}, async ({ producer, far, addWorker }) => {
    await addWorker();
    for (let conversation = 0; conversation < CONVERSATIONS; conversation += 1)
      far.plans.putOffOnce.add(keyOf(conversation, conversation % EACH));
    const from = performance.now();
    for (let n = 0; n < EACH; n += 1)
      await Promise.all(
        Array.from({ length: CONVERSATIONS }, (_none, conversation) =>
          producer.enqueue({ conversation: String(conversation), n }),
        ),
      );
    const enqueued = performance.now();
    const all = await waitFor(() => taken(far).length >= CONVERSATIONS * EACH, 90);
    return {
      ...judgeOrder(far),
      missing: all ? 0 : CONVERSATIONS * EACH - taken(far).length,
      enqueuedPerSecond: Math.round((CONVERSATIONS * EACH * 1_000) / (enqueued - from)),
      deliveredPerSecond: Math.round((taken(far).length * 1_000) / (performance.now() - from)),
    };
  });

/** From the end of the transaction that owes it to the outside's being called, 50 a second. */
const measureLatency = (name) =>
  withEngine(name, {}, async ({ producer, far }) => {
    const enqueued = new Map();
    const from = performance.now();
    const sent = [];
    for (let count = 0; count < 500; count += 1) {
      const wait = from + count * 20 - performance.now();
      if (wait > 0) await pause(wait);
      const job = { conversation: String(count % CONVERSATIONS), n: Math.floor(count / CONVERSATIONS) };
      sent.push(producer.enqueue(job).then(() => enqueued.set(keyOf(job.conversation, job.n), preciseNow())));
    }
    await Promise.all(sent);
    await waitFor(() => taken(far).length >= 500, 30);
    const late = taken(far)
      .slice(50)
      .map(({ conversation, n, at }) => Math.max(0, at - (enqueued.get(keyOf(conversation, n)) ?? at)));
    return { p50: quantile(late, 0.5), p99: quantile(late, 0.99) };
  });

/** A worker is killed while its call hangs; another one is there. When is that conversation served again? */
const measureCrash = (name, tuned) =>
  withEngine(name, { tuned }, async ({ producer, far, first, addWorker }) => {
    // A process of ours takes what it has accepted itself, so the other one can be there before.
    const isFirstTaking = producer.process !== undefined;
    if (isFirstTaking) await addWorker();
    far.plans.hangOnce.add(keyOf('0', 0));
    for (const n of [0, 1]) await producer.enqueue({ conversation: '0', n });
    if (!(await waitFor(() => far.arrivals.some(({ answer }) => answer === 0), 30)))
      return { seconds: Number.NaN };
    if (!isFirstTaking) await addWorker();
    const killed = performance.now();
    first.kill('SIGKILL');
    const before = far.arrivals.length;
    const served = await waitFor(() => far.arrivals.length > before, limit);
    const next = far.arrivals[before];
    return {
      seconds: served ? (performance.now() - killed) / 1_000 : undefined,
      next: next === undefined ? undefined : next.n === 0 ? 'the same message again' : 'the message after it',
    };
  });

/** One message is refused for good: what becomes of those behind it? */
const measureRefusal = (name) =>
  withEngine(name, { attempts: 2 }, async ({ producer, far }) => {
    far.plans.refused.add(keyOf('0', 0));
    for (const n of [0, 1, 2]) await producer.enqueue({ conversation: '0', n });
    const went = await waitFor(() => taken(far).length >= 2, 30);
    return { goesOn: went };
  });

/** Enqueued in a transaction that is rolled back. */
const measureRollback = (name) =>
  withEngine(name, {}, async ({ producer, far }) => {
    await producer.enqueue({ conversation: '0', n: 0 }, { rollBack: true }).catch(() => undefined);
    await pause(3_000);
    return { phantom: far.arrivals.length > 0 };
  });

const results = [];
for (const name of names) {
  const { name: title } = await import(`./engines/${name}.mjs`);
  console.log(title);
  const result = { engine: title };
  const step = async (key, measure) => {
    result[key] = await measure();
    console.log(`  ${key}: ${JSON.stringify(result[key])}`);
  };
  await step('latency', () => measureLatency(name));
  await step('order', () => measureOrder(name));
  await step('refusal', () => measureRefusal(name));
  // Ours has no transaction to hand out: message, fact and delivery are one statement.
  if (name !== 'lanes') await step('rollback', () => measureRollback(name));
  await step('crashTuned', () => measureCrash(name, true));
  await step('crash', () => measureCrash(name, false));
  results.push(result);
}
const directory = path.join(here, '..', 'results');
mkdirSync(directory, { recursive: true });
const file = path.join(directory, `engines-${new Date().toISOString().replaceAll(/[:.]/gu, '-')}.json`);
writeFileSync(file, JSON.stringify({ node: process.version, limit, results }, null, 2));
console.log(`written to ${file}`);
process.exit();
