import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { createSandbox } from '../../../src/sandbox/index.js';
import { operationNames } from '../../../src/wotnot/index.js';
import { createTypedWorld } from './typed-world.js';

const sandbox = createSandbox({ port: 0, trainingMs: 300 });
const called = new Set<string>();
let directory: string;
let webhook: Server;
let webhookUrl: string;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'cli-wotnot-'));
  await sandbox.start();
  webhook = createServer((request, response) => request.pipe(response));
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  webhookUrl = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await sandbox.stop();
  webhook.close();
  webhook.closeAllConnections();
  rmSync(directory, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

interface Around {
  input?: string;
  env?: Record<string, string>;
}

/** Words as a shell hands them over. */
async function type(words: string[], { input = '', env = {} }: Around = {}): Promise<Ran> {
  const world = createTypedWorld(
    { WOTNOT_TOKEN: sandbox.token, DATA_DIR: directory, ALLOW_PRIVATE_URLS: 'true', ...env },
    { readInput: async () => input },
  );
  const code = await run(words, world);
  return { code, out: world.printed.join('\n'), err: world.complained.join('\n') };
}

const account = (): string[] => ['--base-url', sandbox.url, '--account-id', sandbox.accountId];

const call = (operation: string, words: string[] = [], around: Around = {}): Promise<Ran> =>
  type(['wotnot', operation, ...account(), ...words], around);

/** A call that succeeds, its answer read. */
async function succeed(operation: string, words: string[] = [], around: Around = {}) {
  const ran = await call(operation, words, around);
  expect(ran, `${operation} ${words.join(' ')}`).toMatchObject({ code: 0 });
  called.add(operation);
  return JSON.parse(ran.out) as Record<string, unknown>;
}

const by = 'by=ada@fern.example';

describe('desk-bridge wotnot', () => {
  it('lists every operation with its method and path', async () => {
    const { code, out } = await type(['wotnot', 'list']);
    expect(code).toBe(0);
    for (const name of operationNames)
      expect(out).toMatch(new RegExp(`^${name}\\s+(GET|POST|PUT|DELETE)\\s+/`, 'm'));
    expect(out.match(/\(API channel\)/g)).toHaveLength(2);
    const listed = JSON.parse((await type(['wotnot', 'list', '--json'])).out) as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(operationNames);
  });

  it.each(operationNames)('%s --help names its flags and its path', async (name) => {
    const { code, out } = await type(['wotnot', name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--account-id');
    expect(out).toMatch(/(GET|POST|PUT|DELETE) \//);
  });

  it('manages knowledge bases, and waits until they are trained', async () => {
    const base = await succeed('create-knowledge-base', ['--name', 'Help']);
    const id = ['--knowledge-base-id', String(base['id'])];
    const guide = path.join(directory, 'guide.txt');
    writeFileSync(guide, 'Water it on Mondays.');
    const uploading = ['--file', `d1=${guide}`, '--text', 'q1=How often? Weekly.', '--wait'];
    const uploaded = await call('upload-sources', [...id, ...uploading]);
    expect(uploaded).toMatchObject({ code: 0 });
    called.add('upload-sources');
    expect(uploaded.err).toMatch(/uploading d1: .*guide\.txt, 20 bytes/);
    expect(uploaded.err).toContain('in-progress');
    const answer = JSON.parse(uploaded.out) as { training: { id: string; status: string }[] };
    expect(answer.training.map(({ status }) => status)).toEqual(['trained', 'trained']);

    const ids = answer.training.map((source) => source.id);
    expect(await succeed('get-training-status', ['--source-ids', ...ids])).toMatchObject({ ok: true });
    const missing = await call('add-webpages', [...id, '--urls', 'https://fern.example/404', '--wait']);
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('failed') });
    await succeed('add-webpages', [
      ...id,
      '--urls',
      'https://fern.example/a',
      'https://fern.example/b',
      '--wait',
    ]);
    const domain = await succeed('add-domain', [...id, '--url', 'https://fern.example', '--wait']);
    expect(domain['training']).toEqual([expect.objectContaining({ status: 'trained' })]);
    const late = await call('add-domain', [
      ...id,
      '--url',
      'https://fern.example',
      '--wait',
      '--wait-seconds',
      '0.01',
    ]);
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('not ended within') });
    const read = await succeed('get-knowledge-base', [...id, '--limit', '100', '--offset', '1']);
    expect(read['total_data_sources']).toBe(7);
    await succeed('delete-data-sources', [...id, '--data-sources', ...ids]);
    const asTable = await call('get-knowledge-base', [...id, '--table']);
    expect(asTable.out).toMatch(/^data_source\nid +name/m);
    expect(asTable.out).toContain('https://fern.example/404');
  });

  it('says how far an upload is, in quarters or over one line, and the answer stays alone on its stream', async () => {
    const manual = path.join(directory, 'manual.txt');
    writeFileSync(manual, Buffer.alloc(2_000_000, 'Water it. '));
    const base = await succeed('create-knowledge-base', ['--name', 'Manuals']);
    const words = ['--knowledge-base-id', String(base['id']), '--file', `m1=${manual}`];
    const piped = await call('upload-sources', words);
    expect(piped).toMatchObject({ code: 0 });
    expect(JSON.parse(piped.out)).toMatchObject({ ok: true });
    const said = piped.err.split('\n').filter((line) => line.includes(' % of '));
    expect(said.map((line) => Math.floor(Number.parseInt(line.slice(10), 10) / 25))).toEqual([0, 1, 2, 3, 4]);
    expect(said[0]).toMatch(/^uploading {3}0 % of 2,000,\d{3} bytes$/);

    const lines: string[] = [];
    const watched = createTypedWorld(
      { WOTNOT_TOKEN: sandbox.token, DATA_DIR: directory, ALLOW_PRIVATE_URLS: 'true' },
      { overwrite: (text) => lines.push(text) },
    );
    expect(await run(['wotnot', 'upload-sources', ...account(), ...words], watched)).toBe(0);
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.at(-1)).toMatch(/^uploading 100 %/);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(watched.complained.slice(-2)).toEqual(['', expect.stringMatching(/^uploaded in/)]);
  });

  it('starts a conversation and does in it what an agent does', async () => {
    const sms = { channel: 'SMS', to: { phone: '+15551112222' }, message: { type: 'text', text: 'Hello' } };
    const body = path.join(directory, 'sms.json');
    writeFileSync(body, JSON.stringify(sms));
    const flags = ['--from', '11231231230', '--assignee', 'ada@fern.example'];
    const started = await succeed('create-conversation', ['--body-file', body, ...flags]);
    await succeed('create-conversation', [
      ...['--channel', 'WHATSAPP', '--from', '1123123123', '--to', 'phone=+15551112223', 'name=Rosa'],
      ...['--message', 'type=template', 'data.template=welcome', 'data.parameters.body:=["Rosa"]'],
    ]);
    const id = ['--conversation-id', (started['conversation'] as { id: string }).id];
    await succeed('send-message', [...id, '--user', by, '--message', 'type=text', 'data.body=How are you?']);
    await succeed('send-message', [...id, '--body', '-'], {
      input: JSON.stringify({
        message: { type: 'text', data: { body: 'From a pipe' } },
        user: { by: 'ada@fern.example' },
      }),
    });
    const heard = await fetch(`${sandbox.url}/sandbox/conversations/${id[1]}`).then((answer) =>
      answer.text(),
    );
    expect(heard).toContain('How are you?');
    expect(heard).toContain('From a pipe');
    await succeed('update-variables', [
      ...id,
      ...['--variables', '[{"name":"plan","type":"conversation","value":"gold"}]'],
    ]);
    await succeed('assign-user', [...id, '--user', by, 'to=grace@fern.example']);
    await succeed('assign-team', [...id, '--team', by, 'to=Sales']);
    await succeed('close-conversation', [...id, '--user', by]);
    await succeed('create-contacts', ['--contacts', '[{"email":"rosa@example.com","name":"Rosa"}]']);
  });

  it('sets the webhook, makes bots, and manages people', async () => {
    await succeed('set-webhook', [
      ...['--webhook-url', webhookUrl, '--is-enabled', 'true', '--token', 'a-token-of-some-length'],
      ...['--subscribed-events', '[{"key":"message","is_subscribed":true}]'],
    ]);
    const bot = await succeed('create-bot', ['--name', 'Fern', '--channel', 'API']);
    const botId = ['--bot-id', String(bot['id'])];
    await succeed('deploy-bot-flow', [...botId, '--flow-diagram', '{"nodes":[],"edges":[]}']);
    await succeed('get-bot-flow', botId);
    const { bots } = (await succeed('list-bots')) as { bots: { bot_id: string; bot_key: string }[] };
    const key = bots.find(({ bot_id }) => bot_id === String(bot['id']))?.bot_key ?? '';
    const visitor = await succeed('start-api-conversation', [
      ...['--bot-key', key, '--from', 'user_external_id=crm-1', '--message', 'type=text', 'data.body=Hi'],
    ]);
    const id = ['--conversation-id', (visitor['conversation'] as { id: string }).id];
    await succeed('send-visitor-message', [...id, '--message', 'type=text', 'data.body=Are you there?']);

    const people = await call('list-roles', ['--table']);
    expect(people.out).toMatch(/agent.*grace@fern\.example/);
    const { roles } = (await succeed('list-roles')) as {
      roles: { id: string; role_name: string; users_in_role: { id: string; email: string }[] }[];
    };
    const role = roles.find(({ role_name }) => role_name === 'agent')?.id ?? '';
    await succeed('invite-user', [
      '--user',
      'email=new@fern.example',
      `role_id=${role}`,
      '--notify-user',
      'false',
    ]);
    const linus =
      roles.flatMap((one) => one.users_in_role).find(({ email }) => email.startsWith('linus'))?.id ?? '';
    await succeed('update-user-role', ['--user-id', linus, '--role-id', role]);
    await succeed('remove-user', ['--user-id', linus]);
  });

  it('has run every operation', () => {
    expect([...called].sort()).toEqual([...operationNames].sort());
  });

  it('answers 1 with what WotNot said and what to do, and never with the token', async () => {
    const ran = await call('get-bot-flow', ['--bot-id', '1']);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toMatch(/^get-bot-flow: BOT_NOT_FOUND \(HTTP 404\)/);
    expect(ran.err).toContain('permanent: ');
    const refused = await call('list-roles', [], { env: { WOTNOT_TOKEN: 'not-the-token-12345' } });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('credential: ') });
    expect(refused.err).not.toContain('not-the-token');
    const nobody = await type([
      'wotnot',
      'list-roles',
      '--base-url',
      'http://127.0.0.1:1',
      '--account-id',
      '476',
    ]);
    expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('ECONNREFUSED') });
  });

  it.each([
    [['send-message', '--conversation-id', 'x'], '- message is required'],
    [['send-message', '--conversation-id', 'x', '--message', 'hello'], 'JSON or key=value'],
    [['send-message', '--conversation-id', 'x', '--message', '{'], 'is not JSON'],
    [['create-knowledge-base', '--body', '[]'], 'not a JSON object'],
    [['create-knowledge-base', '--name', 'x', '--body', '{"colour":"green"}'], 'colour is not a field'],
    [['get-knowledge-base', '--knowledge-base-id', '1', '--limit', 'many'], 'takes a number'],
    [['get-bot-flow', '--bot-id', '..'], 'cannot be part of a path'],
    [['upload-sources', '--knowledge-base-id', '1', '--file', 'd=/no/such/file'], 'is not a file'],
    [['upload-sources', '--knowledge-base-id', '1', '--text', 'nothing'], 'key='],
    [['list-bots', '--colour', 'green'], "unknown option '--colour'"],
    [['fly'], "unknown command 'fly'"],
  ])('answers %j with 2 and a sentence', async ([operation = '', ...words], sentence) => {
    const ran = operation === 'fly' ? await type(['wotnot', 'fly']) : await call(operation, words);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(sentence);
    expect(ran.err).not.toMatch(/^\s+at /m);
  });

  it('asks for the account when nothing names one', async () => {
    expect(await type(['wotnot', 'list-bots'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--connection'),
    });
  });

  it('speaks for a stored connection', async () => {
    expect((await type(['workspace', 'create', 'Shop'])).code).toBe(0);
    const settings = ['--setting', `baseUrl=${sandbox.url}`, '--setting', `accountId=${sandbox.accountId}`];
    const create = ['connection', 'create', 'wotnot', '--name', 'WotNot', ...settings, '--credentials', '-'];
    await type(create, { input: sandbox.token });
    const ran = await type(['wotnot', 'list-roles', '--connection', 'WotNot'], {
      env: { WOTNOT_TOKEN: 'unused' },
    });
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('ada@fern.example') });
    expect(await type(['wotnot', 'list-roles', '--connection', 'Other'])).toMatchObject({ code: 1 });
  }, 60_000);
});
