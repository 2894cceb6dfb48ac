/*
 * `npm run rows [-- --messages=100000 --replies=5000 --told=5000]`: what a message weighs. Posts webhooks of fifty events each
 * to a real bridge on PostgreSQL, then answers, then messages that a desk is told, and divides what the tables have grown by.
 */
import { Agent } from 'node:http';
import { type BenchDatabase, openBenchDatabase } from './support/bench-database.js';
import { startBridge } from './support/bridge.js';
import { call, pause } from './support/call.js';
import { startChild } from './support/child.js';
import { webhookBody } from './support/load.js';
import { startWotNot } from './support/wotnot-stand-in.js';

const option = (name: string, otherwise: number): number =>
  Number(process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
const messages = option('messages', 100_000);
const replies = option('replies', 5_000);
const told = option('told', 5_000);
const CONVERSATIONS = 10_000;
const EVENTS = 50;
const AT_ONCE = 8;
/** Messages of a conversation that a desk is told. */
const TOLD_EACH = 10;

interface Weight {
  table: string;
  rows: number;
  bytes: number;
  indexes: number;
}

const weigh = (database: BenchDatabase) =>
  database.query<Weight>(
    `SELECT relname AS table, pg_total_relation_size(oid)::float8 AS bytes, pg_indexes_size(oid)::float8 AS indexes,
       (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || quote_ident(relname), false, true, '')))[1]::text::float8 AS rows
     FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );

/** Does `count` things, so many at a time. */
async function inParallel(count: number, each: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await each(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function settled(database: BenchDatabase, sql: string): Promise<void> {
  while (((await database.query<{ n: number }>(sql))[0]?.n ?? 0) > 0) await pause(200);
}

function printGrowth(title: string, before: Weight[], after: Weight[], count: number): void {
  console.log(`\n| ${title}: table | rows each | bytes a row | of it indexes | bytes each |`);
  console.log('| --- | --- | --- | --- | --- |');
  let sum = 0;
  for (const { table, rows, bytes, indexes } of after) {
    const old = before.find((weight) => weight.table === table) ?? { rows: 0, bytes: 0, indexes: 0 };
    const [more, grown] = [rows - old.rows, bytes - old.bytes];
    if (more < count / 100) continue;
    sum += grown / count;
    console.log(
      `| ${table} | ${(more / count).toFixed(2)} | ${Math.round(grown / more)} | ${Math.round((indexes - old.indexes) / more)} | ${Math.round(grown / count)} |`,
    );
  }
  console.log(`| all | | | | ${Math.round(sum)} |`);
}

const database = await openBenchDatabase('server');
const wotnot = await startWotNot();
const bridge = await startBridge('server', { database, wotnot: wotnot.url });
const agent = new Agent({ keepAlive: true });
const { url, webhookPath, webhookToken, apiKey } = bridge.ready;
const key = { authorization: `Bearer ${apiKey}` };
/** A sentence or two, as people write. */
const text =
  'Good morning, my order 4711 has not arrived yet. Could you please tell me where it is, and when it will come?';

const empty = await weigh(database);
await inParallel(messages / EVENTS, async (n) => {
  const events = Array.from({ length: EVENTS }, (_none, m) => {
    const body = webhookBody(webhookToken, `conversation-${(n * EVENTS + m) % CONVERSATIONS}`, text);
    return (JSON.parse(body) as { events: unknown[] }).events[0];
  });
  await call(agent, 'POST', url + webhookPath, {}, JSON.stringify({ events, token: webhookToken }));
});
await settled(database, `SELECT count(*)::int AS n FROM inbound_events WHERE state = 'recorded'`);
await database.query('VACUUM ANALYZE');
const received = await weigh(database);
printGrowth(`${messages} messages received`, empty, received, messages);

const ids = await database.query<{ id: string }>('SELECT id FROM conversations LIMIT 1000');
await inParallel(replies, (n) =>
  call(
    agent,
    'POST',
    `${url}/v1/conversations/${ids[n % ids.length]?.id ?? ''}/messages`,
    { ...key, 'idempotency-key': `reply-${n}` },
    JSON.stringify({ type: 'text', text, by: 'ada@bench.example' }),
  ),
);
await settled(database, `SELECT count(*)::int AS n FROM deliveries WHERE state IN ('waiting', 'sending')`);
await database.query('VACUUM ANALYZE');
const answered = await weigh(database);
printGrowth(`${replies} answers sent`, received, answered, replies);

const desk = await startChild<{ url: string }>('bench/support/desk-process.ts');
const connection = {
  connector: 'webhook',
  name: 'Desk',
  settings: { url: desk.ready.url },
  credentials: { secret: 'an-example-secret-for-the-bench' },
};
await call(agent, 'POST', `${url}/v1/connections`, key, JSON.stringify(connection));
// It is told of what happens from its first look on.
await pause(5_000);
await inParallel(told, (n) =>
  call(
    agent,
    'POST',
    url + webhookPath,
    {},
    // Ten of each, so far apart that none goes along with the one before.
    webhookBody(webhookToken, `told-${n % Math.max(1, told / TOLD_EACH)}`, `${text} (${n})`),
  ),
);
await settled(database, `SELECT count(*)::int AS n FROM inbound_events WHERE state = 'recorded'`);
while ((await desk.ask<{ arrived: number }>('how many')).arrived < told) await pause(200);
await settled(database, `SELECT count(*)::int AS n FROM deliveries WHERE state IN ('waiting', 'sending')`);
await database.query('VACUUM ANALYZE');
printGrowth(`${told} messages received and told a desk`, answered, await weigh(database), told);
await desk.stop();

agent.destroy();
await bridge.stop();
wotnot.stop();
await database.drop();
process.exit();
