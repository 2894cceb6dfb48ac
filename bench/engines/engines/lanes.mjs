import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { root, startChild } from '../../support/child.ts';
import { webhookBody } from '../../support/load.ts';

export const name = 'our lanes, through the whole bridge';

/** As it comes, and tuned: an unclear sending is judged after 1 s and sent again, as by the engines beside it. */
const envOf = ({ databaseUrl, secretKey, tuned }) => ({
  DATABASE_URL: databaseUrl,
  SECRET_KEY: secretKey,
  PORT: '0',
  LOG_LEVEL: 'error',
  ALLOW_PRIVATE_URLS: 'true',
  REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
  REQUESTS_PER_MINUTE_PER_PRINCIPAL: '1000000',
  DELIVERIES_PER_SECOND_PER_CONNECTION: '10000',
  ...(tuned ? { UNCERTAIN_GRACE_SECONDS: '1', LEASE_SECONDS: '2' } : {}),
});

export const newSecret = () => randomBytes(32).toString('base64');

/** The first process is the door and a worker at once; `stop` ends it, `kill` kills it. */
export async function openProducer(context) {
  const bridge = await startChild('bench/support/bridge-process.ts', {
    args: [context.farUrl],
    env: envOf(context),
  });
  if (context.tuned) await resendWhatIsUnclear(context.databaseUrl);
  const { url, apiKey, webhookPath, webhookToken } = bridge.ready;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const headers = { authorization: `Bearer ${apiKey}` };
  for (let n = 0; n < context.conversations; n += 1)
    await call(agent, 'POST', url + webhookPath, {}, webhookBody(webhookToken, `conversation-${n}`, 'hello'));
  const ids = new Map();
  while (ids.size < context.conversations) {
    let cursor = '';
    do {
      const page = JSON.parse(
        await call(agent, 'GET', `${url}/v1/conversations?limit=200${cursor}`, headers),
      );
      for (const { id, externalConversationId } of page.data)
        ids.set(externalConversationId.replace('conversation-', ''), id);
      cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
  }
  return {
    process: bridge.process,
    // What was turned away is asked again with its key, as an agent's screen does.
    async enqueue({ conversation, n }) {
      const key = `c${conversation}-m${n}`;
      const target = `${url}/v1/conversations/${ids.get(conversation)}/messages`;
      const body = JSON.stringify({ type: 'text', text: key, by: 'ada@bench.example' });
      for (let tries = 1; ; tries += 1) {
        try {
          return await call(agent, 'POST', target, { ...headers, 'idempotency-key': key }, body);
        } catch (error) {
          if (tries === 60) throw error;
          await pause(250);
        }
      }
    },
    async close() {
      agent.destroy();
      await bridge.stop();
    },
  };
}

async function resendWhatIsUnclear(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(`UPDATE workspaces SET settings = '{"uncertainPolicy": "resend"}'`);
  await client.end();
}

/** A further process of the same installation. */
export async function startFurther(context) {
  const child = spawn(process.execPath, ['--import', './scripts/ts-loader.mjs', 'src/main.ts'], {
    cwd: root,
    env: { ...process.env, ...envOf(context), ROLES: 'projection,delivery', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => chunk.toString('utf8').includes('process.started') && resolve());
    child.once('exit', (code) => reject(new Error(`the second bridge ended with ${code}`)));
  });
  return child;
}

function call(agent, method, url, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if (response.statusCode < 300) resolve(text);
          else reject(new Error(`${method} ${url}: ${response.statusCode} ${text.slice(0, 200)}`));
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
