import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DemoLinks } from '../../../src/cli/demo/demo-links.js';
import { run } from '../../../src/cli/run.js';
import { createTypedWorld, type TypedWorld } from './typed-world.js';

vi.setConfig({ testTimeout: 120_000 });

let directory: string;
const running: { world: TypedWorld; ended: Promise<number> }[] = [];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'demo-'));
});
afterEach(async () => {
  for (const { world, ended } of running.splice(0)) {
    world.signal('SIGINT');
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
});

const file = (): string => path.join(directory, 'demo.json');
const readLinks = (): DemoLinks => JSON.parse(readFileSync(file(), 'utf8')) as DemoLinks;

/** Starts a demo and waits for what a newcomer reads. */
async function startDemo(
  env: Record<string, string>,
  ...words: string[]
): Promise<{ world: TypedWorld; ended: Promise<number> }> {
  const world = createTypedWorld({ DATA_DIR: directory, LOG_LEVEL: 'error', ...env });
  const ended = run(['demo', ...words], world);
  const demo = { world, ended };
  running.push(demo);
  await vi.waitFor(() => expect(world.printed.join()).toContain('Ctrl-C'), { timeout: 60_000, interval: 50 });
  return demo;
}

async function stopDemo(demo: { world: TypedWorld; ended: Promise<number> }): Promise<number> {
  running.splice(running.indexOf(demo), 1);
  demo.world.signal('SIGINT');
  return demo.ended;
}

async function get<T>(url: string, token: string): Promise<T> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

async function post<T>(url: string, body: object, token = ''): Promise<T> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as T;
}

describe('desk-bridge demo', () => {
  it('shows a conversation crossing the bridge both ways, and knows it again in the next run', async () => {
    const demo = await startDemo({ PORT: '0', SANDBOX_PORT: '0' });
    const links = readLinks();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(Object.keys(links).sort()).toEqual([
      'agent',
      'apiKey',
      'bridgeUrl',
      'sandboxAccountId',
      'sandboxToken',
      'sandboxUrl',
      'webhookToken',
      'webhookUrl',
      'workspaceId',
    ]);
    expect(demo.world.printed.join()).toContain(links.agent.signInUrl);
    expect(demo.world.printed.join()).toContain(`${links.sandboxUrl}/chat`);

    const code = decodeURIComponent(new URL(links.agent.signInUrl).hash.slice('#code='.length));
    for (let n = 0; n < 2; n += 1) {
      const session = await post<{ token: string; agent: { email: string } }>(
        `${links.bridgeUrl}/v1/session`,
        { code },
      );
      expect(session.agent.email).toBe(links.agent.email);
    }

    const visitor = await post<{ id: string }>(`${links.sandboxUrl}/sandbox/conversations`, {
      text: 'Hello',
      human: true,
    });
    type Listed = { data: { id: string; lastMessage?: { text: string } }[] };
    const list = (): Promise<Listed> => get<Listed>(`${links.bridgeUrl}/v1/conversations`, links.apiKey);
    await vi.waitFor(async () => expect((await list()).data[0]?.lastMessage?.text).toBe('Hello'), {
      timeout: 10_000,
    });
    const id = (await list()).data[0]?.id ?? '';
    await post(
      `${links.bridgeUrl}/v1/conversations/${id}/messages`,
      { type: 'text', text: 'Hi', by: links.agent.email },
      links.apiKey,
    );
    await vi.waitFor(
      async () => {
        const seen = await get<{ messages: { text?: string }[] }>(
          `${links.sandboxUrl}/sandbox/conversations/${visitor.id}`,
          '',
        );
        expect(seen.messages.map(({ text }) => text)).toContain('Hi');
      },
      { timeout: 10_000 },
    );
    expect(await stopDemo(demo)).toBe(0);

    const ports = { PORT: new URL(links.bridgeUrl).port, SANDBOX_PORT: new URL(links.sandboxUrl).port };
    await startDemo(ports);
    const again = readLinks();
    expect(again).toMatchObject({
      workspaceId: links.workspaceId,
      apiKey: links.apiKey,
      webhookUrl: links.webhookUrl,
    });
    expect((await list()).data.map((conversation) => conversation.id)).toEqual([id]);
    const connections = await get<{ data: object[] }>(`${links.bridgeUrl}/v1/connections`, links.apiKey);
    expect(connections.data).toHaveLength(1);

    // A second demo in the same directory ends with a sentence, and leaves the first one's papers alone.
    const second = createTypedWorld({ DATA_DIR: directory, PORT: '0', SANDBOX_PORT: '0' });
    expect(await run(['demo'], second)).toBe(1);
    expect(second.complained.join()).toContain('in use');
    expect(readLinks()).toEqual(again);
  });

  it('with --desk a chat is a ticket, beside everything else; what is said while the desk is off waits for it', async () => {
    const demo = await startDemo({ PORT: '0', SANDBOX_PORT: '0', DESK_PORT: '0' }, '--desk');
    const links = readLinks();
    const desk = links.desk ?? { url: '', connectionId: '' };
    expect(demo.world.printed.join()).toContain(desk.url);
    expect(demo.world.printed.join()).toContain(links.agent.signInUrl);
    type Ticket = { conversationId: string; entries: { text: string }[] };
    const read = async (url: string) =>
      ((await (await fetch(`${url}/tickets`)).json()) as { tickets: Ticket[] }).tickets;
    const say = (text: string) =>
      post<{ id: string }>(`${links.sandboxUrl}/sandbox/conversations`, { text, human: true });
    await say('Hello');
    await vi.waitFor(async () => expect((await read(desk.url))[0]?.entries[0]?.text).toBe('Hello'), {
      timeout: 20_000,
    });
    expect(await stopDemo(demo)).toBe(0);
    await expect(fetch(desk.url)).rejects.toThrow();

    const ports = { PORT: new URL(links.bridgeUrl).port, SANDBOX_PORT: new URL(links.sandboxUrl).port };
    const without = await startDemo(ports);
    expect(readLinks().desk).toBeUndefined();
    expect(without.world.printed.join()).not.toContain('ticket');
    const connections = await get<{ data: { id: string; status: string }[] }>(
      `${links.bridgeUrl}/v1/connections`,
      links.apiKey,
    );
    expect(connections.data.find(({ id }) => id === desk.connectionId)).toMatchObject({ status: 'paused' });
    await say('Later');
    expect(await stopDemo(without)).toBe(0);

    await startDemo({ ...ports, DESK_PORT: '0' }, '--desk');
    const again = readLinks().desk ?? { url: '', connectionId: '' };
    expect(again.connectionId).toBe(desk.connectionId);
    await vi.waitFor(
      async () => expect((await read(again.url)).map(({ entries }) => entries[0]?.text)).toContain('Later'),
      { timeout: 20_000 },
    );
  });

  it('says which port is taken and how to choose another, before anything starts', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as net.AddressInfo;
    try {
      const world = createTypedWorld({ DATA_DIR: directory, PORT: '0', SANDBOX_PORT: String(port) });
      expect(await run(['demo'], world)).toBe(1);
      expect(world.complained.join()).toBe(
        `Port ${port} is taken by another program. Choose another: SANDBOX_PORT=${port + 1} npm run demo`,
      );
      expect(existsSync(path.join(directory, 'database'))).toBe(false);
    } finally {
      other.close();
    }
  });
});
