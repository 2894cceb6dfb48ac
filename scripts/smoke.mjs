#!/usr/bin/env node
/*
 * Starts the demo as a newcomer does, on free ports and in an empty directory, and sees a conversation cross
 * the bridge both ways. Then stops it, which must end well and leave nothing behind.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const startSeconds = 120;
const crossSeconds = 20;
const stopSeconds = 20;

const dataDirectory = mkdtempSync(path.join(os.tmpdir(), 'bridge-smoke-'));
const printed = [];
const demo = await startDemo();
try {
  const links = await eventually('demo.json and readiness', startSeconds, readyLinks);
  await crossBothWays(links);
  await stop(links);
  console.log('smoke: passed');
} catch (error) {
  console.error(
    `smoke: failed: ${error.message}\n── what the demo printed ──\n${printed.join('').slice(-8_000)}`,
  );
  process.exitCode = 1;
} finally {
  endGroup('SIGKILL');
  rmSync(dataDirectory, { recursive: true, force: true });
}

async function startDemo() {
  const [port, sandboxPort] = await freePorts(2);
  // What `npm run demo` runs, without npm: its shell would hide the exit status.
  const [, ...words] = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).scripts.demo.split(
    ' ',
  );
  const child = spawn(process.execPath, words, {
    cwd: root,
    // A group of its own, so that nothing outlives a failed run.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...surroundings(),
      PORT: String(port),
      SANDBOX_PORT: String(sandboxPort),
      DATA_DIR: dataDirectory,
    },
  });
  child.stdout.on('data', (chunk) => printed.push(chunk.toString('utf8')));
  child.stderr.on('data', (chunk) => printed.push(chunk.toString('utf8')));
  return child;
}

/** The environment without what would make this another demo than the newcomer's. */
function surroundings() {
  const { DATABASE_URL, PUBLIC_URL, ROLES, HOST, ...rest } = process.env;
  return rest;
}

async function readyLinks() {
  if (demo.exitCode !== null)
    throw Object.assign(new Error(`the demo ended with ${demo.exitCode}`), { final: true });
  const links = JSON.parse(readFileSync(path.join(dataDirectory, 'demo.json'), 'utf8'));
  const ready = await fetch(`${links.bridgeUrl}/health/ready`);
  if (ready.status !== 200) throw new Error(`/health/ready answers ${ready.status}`);
  return links;
}

async function crossBothWays({ bridgeUrl, sandboxUrl, apiKey, agent }) {
  const asAgent = { authorization: `Bearer ${apiKey}` };
  const page = await fetch(`${bridgeUrl}/`);
  if (!page.ok || !(await page.text()).includes('<html'))
    throw new Error(`the console answers ${page.status}`);

  const question = 'Where is my fern?';
  const visitor = await send(`${sandboxUrl}/sandbox/conversations`, {
    name: 'Smoke',
    text: question,
    human: true,
  });
  const id = await eventually('the conversation in GET /v1/conversations', crossSeconds, async () => {
    const { data } = await read(`${bridgeUrl}/v1/conversations`, asAgent);
    if (data.length === 0) throw new Error('no conversation yet');
    const events = await read(`${bridgeUrl}/v1/conversations/${data[0].id}/events`, asAgent);
    if (!JSON.stringify(events).includes(question))
      throw new Error('the message is not among its events yet');
    return data[0].id;
  });

  const answer = 'On its way, with a friend.';
  await send(
    `${bridgeUrl}/v1/conversations/${id}/messages`,
    { type: 'text', text: answer, by: agent.email },
    { ...asAgent, 'idempotency-key': 'smoke-1' },
  );
  await eventually('the answer on the visitor’s side', crossSeconds, async () => {
    const { messages } = await read(`${sandboxUrl}/sandbox/conversations/${visitor.id}`);
    const copies = messages.filter(({ from, text }) => from === 'agent' && text === answer).length;
    if (copies !== 1) throw new Error(`${copies} copies`);
  });
}

async function stop({ bridgeUrl, sandboxUrl }) {
  const ended = new Promise((resolve) => demo.once('exit', (code, signal) => resolve(signal ?? code)));
  demo.kill('SIGTERM');
  const how = await Promise.race([ended, wait(stopSeconds * 1_000, 'still running', { ref: false })]);
  if (how !== 0) throw new Error(`after SIGTERM the demo ended with ${how}`);
  for (const url of [bridgeUrl, sandboxUrl]) {
    const isOpen = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isOpen) throw new Error(`${url} still answers after the demo has ended`);
  }
}

/** Repeats `attempt` until it does not throw; an error marked `final` ends it at once. */
async function eventually(what, seconds, attempt) {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error.final) throw error;
      if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s (${error.message})`);
      await wait(100);
    }
  }
}

async function read(url, headers = {}) {
  const answer = await fetch(url, { headers });
  if (!answer.ok)
    throw new Error(`GET ${url} answers ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  return answer.json();
}

async function send(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok)
    throw new Error(`POST ${url} answers ${answer.status}: ${(await answer.text()).slice(0, 500)}`);
  return answer.json();
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve) => {
          const server = net.createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function endGroup(signal) {
  try {
    process.kill(-demo.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
