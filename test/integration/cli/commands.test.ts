import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createApp } from '../../../src/app.js';
import { run } from '../../../src/cli/run.js';
import { createSandbox } from '../../../src/sandbox/index.js';
import { openDatabase } from '../../../src/store/database.js';
import { createTypedWorld } from './typed-world.js';

// Each command opens the embedded database anew, as it does on a terminal.
vi.setConfig({ testTimeout: 120_000 });

const postgresUrl = inject('postgresUrl');
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function type(
  words: string,
  options: { input?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  const env = { DATA_DIR: directory, ALLOW_PRIVATE_URLS: 'true', ...options.env };
  const world = createTypedWorld(env, { readInput: async () => options.input ?? '' });
  const code = await run(words.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [], world);
  return { code, out: world.printed.join('\n'), err: world.complained.join('\n') };
}

async function json<T>(words: string, options: { input?: string } = {}): Promise<T> {
  const ran = await type(`${words} --json`, options);
  if (ran.code !== 0) throw new Error(ran.err);
  return JSON.parse(ran.out) as T;
}

const missingDatabase = (server: string): [string, string] => [
  new URL('/no_such_database', server).href,
  'does not exist',
];

describe('desk-bridge', () => {
  it('sets a workspace up from nothing, one command after the other', async () => {
    expect(await type('agent list')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no workspace yet'),
    });
    const workspace = await json<{ id: string }>('workspace create "Fern & Fable"');
    expect((await type('workspace list')).out).toContain(workspace.id);

    expect(await json(`workspace change ${workspace.id} --uncertain ask --name "Fern"`)).toMatchObject({
      name: 'Fern',
      uncertainPolicy: 'ask',
    });
    expect(await type('workspace change Fern')).toMatchObject({ code: 2 });
    expect(await type('workspace change Fern --uncertain maybe')).toMatchObject({ code: 2 });
    expect((await type('workspace list')).out).toMatch(/Fern\s.*\sask/u);
    expect(await json('workspace disable Fern')).toHaveProperty('disabledAt');
    expect(await json('workspace enable Fern')).not.toHaveProperty('disabledAt');
    expect(await json('workspace change Fern --name "Fern & Fable"')).toMatchObject({
      uncertainPolicy: 'ask',
    });

    expect(await type('agent create Ada@Fern.example "Ada Fern"')).toMatchObject({ code: 0 });
    expect(await type('agent create ada@fern.example Ada')).toMatchObject({
      code: 1,
      err: expect.stringContaining('already'),
    });
    expect((await type('agent list')).out).toMatch(/ada@fern\.example\s+Ada Fern/);

    const link = await json<{ url: string; lifetimeSeconds: number }>(
      'agent sign-in-link ada@fern.example --minutes 5',
    );
    expect(link.url).toMatch(/^http:\/\/127\.0\.0\.1:3000\/#code=cod_/);
    expect(link.lifetimeSeconds).toBe(300);

    const key = await json<{ id: string; token: string }>('key create crm --scope admin');
    expect(key.token).toMatch(/^adb_/);
    const listed = await type('key list');
    expect(listed.out).toContain(key.id);
    expect(listed.out).not.toContain(key.token.slice(-20));
    expect(await type(`key revoke ${key.id}`)).toMatchObject({ code: 0 });
    expect(await type('agent disable ada@fern.example')).toMatchObject({ code: 0 });
    expect(await type('agent sign-in-link ada@fern.example')).toMatchObject({
      code: 1,
      err: expect.stringContaining('disabled'),
    });
  });

  it('links an account, checks it, pauses it and goes on', async () => {
    const sandbox = createSandbox();
    const { url } = await sandbox.start();
    try {
      const create = `connection create wotnot --name Shop --setting baseUrl=${url} --setting accountId=${sandbox.accountId}`;
      // Nothing answers the handshake, as no bridge runs: told, and the connection is kept.
      const made = await type(`${create} --credentials -`, { input: `${sandbox.token}\n` });
      expect(made).toMatchObject({
        code: 1,
        out: expect.stringContaining('could not be told of the webhook'),
      });
      expect(made.out).not.toContain(sandbox.token);
      expect((await type('connection list')).out).toMatch(/wotnot\s+Shop\s+active/);
      expect((await type('connection pause Shop --reason "new contract"')).out).toContain('paused');
      expect((await type('connection list')).out).toContain('paused: new contract');
      expect(await type('connection resume Shop')).toMatchObject({ code: 0 });
      expect((await type('connection check Shop')).out).toMatch(/^(ok|wrong)/);

      const changed = await json<{ name: string; settings: object }>(
        'connection change Shop --name Store --setting actingAgentEmail=b@fern.example ticketVariables:=false',
      );
      expect(changed).toMatchObject({
        name: 'Store',
        settings: { actingAgentEmail: 'b@fern.example', ticketVariables: false },
      });
      const unset = await json<{ settings: object }>('connection change Store --unset ticketVariables');
      expect(unset.settings).not.toHaveProperty('ticketVariables');
      expect(await type('connection change Store')).toMatchObject({ code: 2 });
      expect(await type('connection change Store --setting x:={')).toMatchObject({ code: 2 });
      expect(
        await type('connection replace-credentials Store --credentials -', { input: 'another' }),
      ).toMatchObject({ code: 0, out: expect.stringContaining('active') });
      expect(await type('connection rotate-secret Store')).toMatchObject({
        code: 1,
        out: expect.stringContaining('webhook token'),
      });
      expect(await type('connection end-old-token Store')).toMatchObject({ code: 0 });
      const [listed] = await json<{ health: object }[]>('connection list');
      expect(listed?.health).toEqual({ waiting: 0, uncertain: 0, dead: 0, breaker: 'closed' });

      // A name is free again once its connection has ended, and names the one that lives.
      await type(create.replace('--name Shop', '--name Second') + ' --credentials -', { input: 'x' });
      expect((await type('connection disconnect Second')).out).toContain('is disconnected');
      expect((await type('connection list')).out).toMatch(/Second\s+disconnected/);
      await type(create.replace('--name Shop', '--name Second') + ' --credentials -', { input: 'x' });
      expect(await type('connection pause Second')).toMatchObject({ code: 0 });
      expect(await type('connection change Store --name Shop')).toMatchObject({ code: 0 });
    } finally {
      await sandbox.stop();
    }
  });

  it.each([
    ['agent create not-an-address Ada', 'not an e-mail'],
    ['connection create wotnot', "required option '--name <name>'"],
    ['connection create wotnot --name x --setting accountId --credentials -', 'key=value'],
    ['connection create wotnot --name x', 'No credentials'],
    ['key create x --scope everything', 'desk, admin'],
    ['agent sign-in-link a@b.c --minutes 0', 'from 1 to 10080'],
    ['fly', "unknown command 'fly'"],
  ])('answers %j with 2 and a sentence', async (words, sentence) => {
    const ran = await type(words);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(sentence);
    expect(ran.err).not.toMatch(/^\s+at /m);
  });

  it('lists what has failed and what could not be read, and goes on with it', async () => {
    const [workspace] = await json<{ id: string }[]>('workspace list');
    const [connection] = await json<{ id: string }[]>('connection list');
    const at = { workspaceId: workspace?.id ?? '', connectionId: connection?.id ?? '' };
    const database = await openDatabase({ kind: 'embedded', directory });
    try {
      await database.prisma.conversation.create({
        data: { ...at, id: 'cnv_cli', externalConversationId: 'cli', contactId: 'ctc_cli' },
      });
      await database.prisma.lane.create({ data: { ...at, conversationId: 'cnv_cli' } });
      await database.prisma.delivery.create({
        data: {
          ...at,
          id: 'dlv_cli',
          conversationId: 'cnv_cli',
          kind: 'close',
          payload: { kind: 'close', agentEmail: 'ada@fern.example' },
          state: 'dead',
          idempotencyKey: 'cli',
          reason: { code: 'refused', message: 'WotNot has refused it.' },
        },
      });
      await database.prisma.inboundEvent.create({
        data: {
          ...at,
          laneKey: 'cli',
          kind: 'odd',
          payload: {},
          flags: [],
          state: 'unrecognised',
          detail: 'unknown',
        },
      });
    } finally {
      await database.close();
    }
    const dead = await type('delivery list');
    expect(dead.out).toMatch(/dlv_cli\s+close\s+dead\s.*cnv_cli\s+refused: WotNot has refused it\./u);
    expect(await type('delivery redrive dlv_cli')).toMatchObject({ code: 0 });
    expect((await type('delivery list')).out).toBe('Nothing is dead.');
    expect(await json<object[]>('delivery list --state pending')).toMatchObject([{ id: 'dlv_cli' }]);
    expect(await type('delivery redrive dlv_cli')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Only what has failed'),
    });
    const [event] = await json<{ id: string }[]>('event list');
    expect((await type('event list')).out).toMatch(/odd\s+unrecognised\s.*unknown/u);
    expect(await type(`event replay ${event?.id ?? ''}`)).toMatchObject({ code: 0 });
    expect((await type('event list')).out).toBe('Nothing is unrecognised.');
    expect(await type('event replay ine_none')).toMatchObject({ code: 1 });
  });

  it('asks which workspace when there are several', async () => {
    const { id } = await json<{ id: string }>('workspace create Second');
    expect(await type('agent list')).toMatchObject({ code: 2, err: expect.stringContaining(id) });
    expect(await type('agent list --workspace Second')).toMatchObject({ code: 0 });
    expect(await type(`agent list -w ${id}`)).toMatchObject({ code: 0 });
    expect(await type('agent list -w Third')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Third'),
    });
  });

  it('lists every mistake of the configuration', async () => {
    const ran = await type('workspace list', { env: { PORT: 'x', LOG_LEVEL: 'y' } });
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/- PORT .*\n.*- LOG_LEVEL/);
  });

  it('says who has the directory, and what to do, while a bridge runs there', async () => {
    const database = await openDatabase({ kind: 'embedded', directory });
    try {
      const ran = await type('agent list');
      expect(ran).toMatchObject({ code: 1, out: '' });
      expect(ran.err).toContain('in use');
      expect(ran.err).not.toMatch(/^\s+at /m);
    } finally {
      await database.close();
    }
  });

  const wrongDatabases: [string, string][] = [
    ['postgres://nobody:guessed-password@127.0.0.1:9/bridge', 'cannot be reached'],
    ['postgres://nobody:guessed-password@no-such-host.invalid/bridge', 'cannot be reached'],
    ...(postgresUrl === null ? [] : [missingDatabase(postgresUrl)]),
  ];
  it.each(wrongDatabases)(
    'says in a sentence what is wrong with the database at %s',
    async (url, sentence) => {
      const env = { DATABASE_URL: url, SECRET_KEY: 'q1Zt8wKxV3nE6yHc0uRfJm5sGdPaLbT2oXiYe9vQk7M=' };
      const ran = await type('agent list', { env });
      expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(sentence) });
      expect(ran.err).not.toMatch(/^\s+at |guessed-password/m);
    },
  );

  it('a doctor tells what is wrong and what to do, without changing anything', async () => {
    const ran = await type('doctor');
    expect(ran.out).toMatch(/^ok {5}configuration/);
    expect(ran.out).toContain('set PUBLIC_URL');
    expect(ran.out).toContain('Fern & Fable / Shop');
    expect(await type('doctor', { env: { PORT: '-1' } })).toMatchObject({
      code: 1,
      out: expect.stringContaining('PORT'),
    });
  });
});

describe('desk-bridge serve', () => {
  const opened =
    (bridge: object) =>
    async (...given: Parameters<typeof createApp>) => ({
      ...(await createApp(...given)),
      ...bridge,
    });

  it('runs until it is told to stop, and ends with 0', async () => {
    let started: () => void = () => undefined;
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const start = async () => {
      started();
      return { url: 'http://127.0.0.1:1' };
    };
    const world = createTypedWorld(
      { DATA_DIR: directory, LOG_LEVEL: 'error' },
      { openBridge: opened({ start }) },
    );
    const served = run(['serve'], world);
    await running;
    world.signal('SIGTERM');
    expect(await served).toBe(0);
    expect(world.exits).toEqual([]);
  });

  it('ends at once at the second signal', async () => {
    let stopping: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      stopping = resolve;
    });
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const world = createTypedWorld(
      { DATA_DIR: directory, LOG_LEVEL: 'error' },
      {
        openBridge: async (...given) => {
          const rooms = await createApp(...given);
          const stop = async (): Promise<void> => {
            stopping();
            await held;
            await rooms.stop();
          };
          setImmediate(() => world.signal('SIGINT'));
          return { ...rooms, stop };
        },
      },
    );
    const served = run(['serve'], world);
    await asked;
    world.signal('SIGINT');
    expect(world.exits).toEqual([1]);
    letGo();
    await served;
  });

  it('says that the port is taken, and lets the database go', async () => {
    const taken = Object.assign(new Error('listen EADDRINUSE'), {
      code: 'EADDRINUSE',
      port: 3000,
      address: '127.0.0.1',
    });
    const openBridge = opened({ start: () => Promise.reject(taken) });
    const world = createTypedWorld({ DATA_DIR: directory, LOG_LEVEL: 'error' }, { openBridge });
    expect(await run(['serve'], world)).toBe(1);
    expect(world.complained.join()).toContain('Port 3000 of 127.0.0.1 is taken');
    expect((await type('workspace list')).code).toBe(0);
  });
});
