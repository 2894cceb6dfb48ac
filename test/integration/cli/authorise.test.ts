import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { type FakeZendesk, openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import { createTypedWorld } from './typed-world.js';

// Each command opens the embedded database anew, as it does on a terminal.
vi.setConfig({ testTimeout: 120_000 });

describe('desk-bridge connection authorise', () => {
  let directory: string;
  let fake: FakeZendesk;
  let asked: string[];
  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'cli-authorise-'));
    fake = await openFakeZendesk();
    await type(['workspace', 'create', 'Fern']);
    const credentials = path.join(directory, 'zendesk.json');
    const { id: clientId, secret: clientSecret } = fake.oauth.client;
    writeFileSync(credentials, JSON.stringify({ grant: 'authorization_code', clientId, clientSecret }));
    const made = await type([
      ...['connection', 'create', 'zendesk', '--name', 'Zendesk'],
      ...['--setting', `baseUrl=${fake.url}`, '--credentials', credentials],
    ]);
    // It is kept, and says what to do next.
    expect(made.code).toBe(1);
    expect(made.out + made.err).toContain('desk-bridge connection authorise');
  });
  afterAll(async () => {
    await fake?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  interface Ran {
    code: number;
    out: string;
    err: string;
  }

  /** `paste`: what a person brings from the browser for the address that was printed. */
  async function type(words: string[], paste: (address: string) => string = () => ''): Promise<Ran> {
    const env = { DATA_DIR: directory, ALLOW_PRIVATE_URLS: 'true' };
    asked = [];
    const world = createTypedWorld(env, {
      askSecret: async (question) => {
        asked.push(question);
        const address = world.complained.join('\n').match(/https?:\S+oauth\/authorizations\S+/u)?.[0] ?? '';
        return paste(address);
      },
    });
    const code = await run(words, world);
    return { code, out: world.printed.join('\n'), err: world.complained.join('\n') };
  }

  const authorise = (paste: (address: string) => string): Promise<Ran> =>
    type(['connection', 'authorise', 'Zendesk'], paste);

  /** Refused, with a sentence that says what to do; nothing was let in. */
  function expectRefused(ran: Ran, sentence: RegExp): void {
    expect(ran.code).toBeGreaterThan(0);
    expect(ran.err).toMatch(sentence);
    expect(fake.world.webhooks.size).toBe(0);
  }

  it('sends a person to Zendesk with a state and a challenge, and asks for the way back without showing it', async () => {
    let address = new URL('http://nowhere.example');
    await authorise((printed) => {
      address = new URL(printed);
      return '';
    });
    expect(`${address.origin}${address.pathname}`).toBe(`${fake.url}/oauth/authorizations/new`);
    const query = address.searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      response_type: 'code',
      client_id: fake.oauth.client.id,
      redirect_uri: 'http://localhost/desk-bridge',
      scope: 'read write',
      code_challenge_method: 'S256',
    });
    expect(query.get('state')?.length).toBeGreaterThan(20);
    expect(query.get('code_challenge')).toMatch(/^[\w-]{43}$/u);
    expect(address.href).not.toContain(fake.oauth.client.secret);
    expect(asked).toEqual([expect.stringContaining('not shown')]);
  });

  it('refuses an address that belongs to another attempt: its code is not used', async () => {
    const before = fake.oauth.requests.length;
    const other = await authorise((address) =>
      fake.oauth.approve(address.replace(/state=[^&]+/u, 'state=somebody-elses')),
    );
    expectRefused(other, /another attempt.*Start again/u);
    const none = await authorise((address) => fake.oauth.approve(address).replace(/&state=.*/u, ''));
    expectRefused(none, /another attempt/u);
    expect(fake.oauth.requests.length).toBe(before);
  });

  it('says so when the person has denied it, or has brought nothing', async () => {
    expectRefused(await authorise((address) => fake.oauth.deny(address)), /refused.*consent/u);
    expectRefused(await authorise(() => ' '), /Nothing was pasted/u);
    expectRefused(await authorise(() => 'http://localhost/desk-bridge'), /no code.*whole of it/u);
  });

  it('refuses a code that is older than two minutes', async () => {
    expectRefused(
      await authorise((address) => fake.oauth.approve(address, 121)),
      /gives no access.*authorise the connection again/u,
    );
  });

  it('refuses a code that was asked for with another challenge: whoever reads a code has nothing', async () => {
    const ran = await authorise((address) => {
      const { searchParams } = new URL(
        fake.oauth.approve(address.replace(/code_challenge=[^&]+/u, 'code_challenge=x')),
      );
      return searchParams.get('code') ?? '';
    });
    expectRefused(ran, /gives no access/u);
  });

  it('lets the bridge in, once for one code: it is set up, and no secret is shown', async () => {
    let code = '';
    const done = await authorise((address) => {
      const back = fake.oauth.approve(address);
      code = new URL(back).searchParams.get('code') ?? '';
      return back;
    });
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('Zendesk is authorised.') });
    expect(done.out + done.err).not.toContain(code);
    expect(done.out + done.err).not.toContain(fake.oauth.client.secret);
    expect(fake.world.webhooks.size).toBe(1);
    const checked = await type(['connection', 'check', 'Zendesk']);
    expect(checked.out).toContain('ok     Zendesk answers and accepts the credentials.');

    // The code is worth nothing any more, and what it gave stays.
    const again = await authorise(() => code);
    expect(again.code).toBeGreaterThan(0);
    expect(again.err).toContain('gives no access');
    expect((await type(['connection', 'check', 'Zendesk'])).out).toContain(
      'ok     Zendesk answers and accepts the credentials.',
    );
  });

  it('brings a connection back whose access was taken away', async () => {
    fake.oauth.endAccess();
    fake.oauth.endRefresh();
    const lost = await type(['connection', 'check', 'Zendesk']);
    expect(lost.out + lost.err).toContain('uthorise the connection again');
    expect(await authorise((address) => fake.oauth.approve(address))).toMatchObject({ code: 0 });
    expect((await type(['connection', 'check', 'Zendesk'])).out).toContain(
      'ok     Zendesk answers and accepts the credentials.',
    );
  });

  it('is not for a connection that nobody has to authorise', async () => {
    const credentials = path.join(directory, 'own.json');
    writeFileSync(credentials, JSON.stringify(fake.credentials));
    await type([
      ...['connection', 'create', 'zendesk', '--name', 'By itself'],
      ...['--setting', `baseUrl=${fake.url}`, '--credentials', credentials],
    ]);
    const ran = await type(['connection', 'authorise', 'By itself']);
    expect(ran.code).toBeGreaterThan(0);
    expect(ran.err).toContain('Nobody has to authorise this connection');
    expect(asked).toEqual([]);
  });
});
