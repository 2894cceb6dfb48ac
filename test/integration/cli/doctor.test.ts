import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { freePort } from '../../support/free-port.js';
import { type House, openHouse } from '../../support/house.js';
import { serveHttp } from '../../support/serve-http.js';
import { onEachDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { createTypedWorld } from './typed-world.js';

// Each command opens the embedded database anew, as it does on a terminal.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

interface Finding {
  ok: boolean;
  what: string;
  hint?: string;
}

async function doctor(env: Record<string, string>): Promise<{ code: number; findings: Finding[] }> {
  const world = createTypedWorld(env);
  const code = await run(['doctor', '--json'], world);
  return { code, findings: JSON.parse(world.printed.join('\n')) as Finding[] };
}

const found = (findings: Finding[], what: RegExp): Finding => {
  const finding = findings.find((one) => what.test(one.what));
  if (finding === undefined)
    throw new Error(`nothing is said of ${what.source}: ${JSON.stringify(findings)}`);
  return finding;
};
const nowhere = {
  DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
  SECRET_KEY: randomBytes(32).toString('base64'),
};
const answering = /This bridge answers where webhooks are sent to/u;

describe('desk-bridge doctor, where webhooks are sent to', () => {
  const serve = async (listener: RequestListener): Promise<string> =>
    `http://127.0.0.1:${await serveHttp(listener)}`;
  const judge = async (publicUrl: string) => {
    // The address is looked at whether there is a database or not.
    const { findings } = await doctor({ ...nowhere, PUBLIC_URL: publicUrl });
    return found(findings, answering);
  };

  it('nobody is there', async () => {
    const finding = await judge(`http://127.0.0.1:${await freePort()}`);
    expect(finding).toMatchObject({ ok: false });
    expect(finding.hint).toMatch(/Nobody answers there.*npm start/u);
  });

  it('the host is not known', async () => {
    const finding = await judge('https://bridge.invalid');
    expect(finding).toMatchObject({ ok: false });
    expect(finding.hint).toContain('Its host must be known');
  });

  it.each([
    [404, '<h1>It works!</h1>'],
    [200, '{"token":"whatever"}'],
    [204, ''],
    [502, 'bad gateway'],
  ])('a stranger is there, who answers %i', async (status, text) => {
    const finding = await judge(await serve((_request, response) => response.writeHead(status).end(text)));
    expect(finding).toMatchObject({ ok: false });
    expect(finding.hint).toContain(`Something else answers there (HTTP ${status})`);
  });

  it('whoever is there sends on elsewhere', async () => {
    const url = await serve((_request, response) =>
      response.writeHead(301, { location: 'https://www.bridge.example/' }).end(),
    );
    expect(await judge(url)).toMatchObject({ ok: false, hint: expect.stringContaining('HTTP 301') });
  });

  it('something that speaks no HTTPS is there', async () => {
    const url = await serve((_request, response) => response.end());
    const finding = await judge(url.replace('http:', 'https:'));
    expect(finding).toMatchObject({ ok: false });
    expect(finding.hint).toContain('its certificate good');
  });

  it('another bridge is there', async () => {
    const other = await openHouse({ database: inject('postgresUrl') === null ? 'embedded' : 'server' });
    try {
      const finding = await judge(other.url);
      expect(finding).toMatchObject({ ok: false });
      expect(finding.hint).toContain('Another bridge answers there');
    } finally {
      await other.close();
    }
  });
});

describe('desk-bridge doctor, while the bridge runs', () => {
  onEachDatabase((kind) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    /** A server is looked at beside the bridge; an embedded database's bridge is asked. */
    const look = (env: Record<string, string> = {}) =>
      doctor({ ...house.env, ...(kind === 'embedded' ? { BRIDGE_API_KEY: house.apiKey } : {}), ...env });

    it('says that this bridge answers, that no webhook has come in yet, and when the last one has', async () => {
      const before = await look();
      expect(found(before.findings, answering)).toMatchObject({ ok: true });
      expect(found(before.findings, /No webhook has come in yet/u).hint).toContain('Settings → Events');
      await house.arriveAndFind('hello');
      const after = await waitFor('the webhook to be noted', async () => {
        const { findings } = await look();
        return findings.find(({ what }) => what.includes('The last webhook came in at'));
      });
      expect(after.what).toMatch(/ at \d{4}-\d\d-\d\dT[\d:.]+Z\.$/u);
    });

    it('says that WotNot does not accept the token', async () => {
      expect(found((await look()).findings, /WotNot answers and accepts the token/u)).toMatchObject({
        ok: true,
      });
      await house.program.connections.replaceCredentials(house.connectionId, { token: 'another-token' });
      const { code, findings } = await look();
      expect(code).toBe(1);
      const finding = found(findings, /WotNot answers and accepts the token/u);
      expect(finding).toMatchObject({ ok: false, hint: expect.stringContaining('valid') });
      expect(JSON.stringify(findings)).not.toContain('another-token');
      await house.program.connections.replaceCredentials(house.connectionId, { token: house.sandboxToken });
    });

    it('tells the account of a webhook that is owed, and says so', async () => {
      const owing = await house.addTenancy('Owing');
      const program = owing.program;
      await program.connections.replaceCredentials(owing.connectionId, { token: 'wrong-for-a-moment' });
      const rotated = await program.connections.rotateWebhookToken(owing.connectionId);
      expect(rotated.registered.outcome).toBe('not_registered');
      expect(rotated.connection.registrationOwedAt).toBeDefined();
      const env = kind === 'embedded' ? { BRIDGE_API_KEY: owing.apiKey } : {};
      const owed = await look(env);
      expect(owed.findings).toContainEqual(
        expect.objectContaining({
          ok: false,
          what: expect.stringContaining('The outside knows where to send its webhooks'),
        }),
      );
      await program.connections.replaceCredentials(owing.connectionId, {
        token: owing.sandboxToken,
      });
      const told = await look(env);
      expect(told.findings.map(({ what }) => what).join('\n')).toContain(
        'The outside was told just now where to send its webhooks',
      );
      const after = await program.connections.read(owing.connectionId);
      expect(after.registrationOwedAt).toBeUndefined();
      await owing.arriveAndFind('with the new token');
    });
  });
});

describe('desk-bridge doctor, while a bridge has the embedded database', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ database: 'embedded' });
  });
  afterAll(() => house?.close());

  it('says that it is ready, and what it takes to ask it for more', async () => {
    const { code, findings } = await doctor(house.env);
    expect(code).toBe(1);
    expect(found(findings, /database: in use by a bridge/u)).toMatchObject({ ok: true });
    expect(found(findings, /connections: not looked at/u).hint).toContain('BRIDGE_API_KEY=');
    expect(found(findings, answering)).toMatchObject({ ok: true });
  });

  it('asks it with a key for the connections of its workspace', async () => {
    const { findings } = await doctor({ ...house.env, BRIDGE_API_KEY: house.apiKey });
    expect(found(findings, /^WotNot: WotNot answers and accepts the token/u)).toMatchObject({ ok: true });
  });

  it('says that the key is none, or not an operator’s', async () => {
    const desk = await house.program.keys.create({ name: 'crm', scopes: ['desk'] });
    for (const key of ['adb_nobodys', desk.key ?? '']) {
      const { code, findings } = await doctor({ ...house.env, BRIDGE_API_KEY: key });
      expect(code).toBe(1);
      const finding = found(findings, /connections: the bridge does not tell them/u);
      expect(finding.hint).toContain('give one with the scope admin');
      expect(JSON.stringify(findings)).not.toContain(key);
    }
  });

  it('says that nobody answers where it looks, and to look elsewhere', async () => {
    const { code, findings } = await doctor({ ...house.env, PORT: String(await freePort()) });
    expect(code).toBe(1);
    expect(found(findings, /no bridge answers at/u).hint).toContain('HOST, PORT and DATA_DIR');
  });
});
