import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BridgeError } from '../../src/client/index.js';
import { type House, openApp, openHouse } from '../support/house.js';

/** A conversation from a house that may go anywhere, in one that may not: the same database after a restart. */
describe('B30, B33, B50: a house that may not call private addresses', () => {
  let house: House;
  let strict: Awaited<ReturnType<typeof openApp>>['app'];
  let conversationId: string;
  let neighbour: Server;
  let port: number;
  let knocks = 0;
  beforeAll(async () => {
    house = await openHouse({ database: 'embedded' });
    ({ conversationId } = await house.arriveAndFind('send me a file'));
    await house.settle();
    await house.app.stop();
    neighbour = createServer((socket) => {
      knocks += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
    ({ port } = neighbour.address() as AddressInfo);
    ({ app: strict } = await openApp({
      ...house.env,
      ALLOW_PRIVATE_URLS: 'false',
      PUBLIC_URL: 'https://bridge.x.io',
    }));
    await strict.start();
  });
  afterAll(async () => {
    await strict?.stop();
    neighbour?.close();
    await house?.close();
  });

  const send = (url: string, type: 'file' | 'voice' = 'file') =>
    house.ada.conversations.sendMessage(conversationId, { type, url }).then(
      () => 'sent',
      (error: unknown) => error as BridgeError,
    );

  it.each([
    'https://127.0.0.1/x',
    'https://127.1/x',
    'https://0x7f.1/x',
    'https://2130706433/x',
    'https://0177.0.0.1/x',
    'https://１２７.0.0.1/x',
    'https://[::1]/x',
    'https://[::ffff:a9fe:a9fe]/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/x',
    'https://172.16.0.1/x',
    'https://192.168.0.1/x',
    'https://100.64.0.1/x',
    'https://[fd00:ec2::254]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://metadata.google.internal/x',
    'https://localhost/x',
    'https://localhost./x',
    'https://bridge.x.io/files/wsp_1/fil_1/x',
    'https://good.com@169.254.169.254/x',
    'https://x.io:5432/x',
    'http://x.io/x',
    'file:///etc/passwd',
    'data:text/plain,x',
    'gopher://x.io/x',
    'javascript:alert(1)',
    '//x.io/x',
  ])('does not fetch %s for a reply, says why, and nothing is sent', async (url) => {
    for (const type of ['file', 'voice'] as const) {
      const answer = await send(url, type);
      expect(answer).toMatchObject({ code: 'url_not_allowed', status: 422 });
      expect(answer).toHaveProperty('message', expect.stringMatching(/^(?:The URL|Only )/u));
    }
  });

  it('makes no connection to the machine next door, and keeps no message of it', async () => {
    for (const host of ['127.0.0.1', '127.1', 'localhost', '[::ffff:7f00:1]'])
      for (const scheme of ['http', 'https'])
        expect(await send(`${scheme}://${host}:${port}/x`)).toMatchObject({ code: 'url_not_allowed' });
    expect(knocks).toBe(0);
    const { data } = await house.ada.conversations.events(conversationId, { limit: 200 });
    expect(data.filter(({ type }) => type === 'message.queued')).toEqual([]);
    for (const state of ['pending', 'dead', 'uncertain'] as const)
      expect(await house.deliveries(state)).toEqual([]);
  });

  it('still sends words', async () => {
    await expect(
      house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'no file then' }),
    ).resolves.toMatchObject({ state: 'queued' });
  });

  const refusalOf = (given: Record<string, unknown>) =>
    house.program.connections
      .create({ name: 'Next door', settings: {}, credentials: {}, ...given } as never)
      .then(
        () => 'created',
        (error: unknown) => error as BridgeError,
      );
  const naming = (path: string) => ({
    code: 'invalid_request',
    status: 400,
    details: expect.arrayContaining([expect.objectContaining({ path })]),
  });
  const upstreams = ['wotnot', 'zendesk', 'request-tracker', 'chatwoot', 'freshdesk', 'webhook'] as const;

  it.each(upstreams)(
    'B52: takes no %s next door or over plain http, and names the field',
    async (connector) => {
      const field = connector === 'webhook' ? 'url' : 'baseUrl';
      const before = (await house.program.connections.list()).data.length;
      for (const address of [
        'https://127.0.0.1',
        'https://169.254.169.254',
        'https://10.0.0.1:8443',
        'https://localhost',
        'https://db',
        'https://[::1]',
        'http://api.x.io',
        'ftp://api.x.io',
        'https://user:password@api.x.io',
        '',
      ]) {
        const settings = { accountId: '1', queue: 'General', [field]: address };
        expect({ address, refusal: await refusalOf({ connector, settings }) }).toMatchObject({
          refusal: naming(`settings.${field}`),
        });
      }
      expect((await house.program.connections.list()).data).toHaveLength(before);
    },
  );

  it.each([
    ['connector', { connector: 'nosuch' }],
    ['connector', { connector: '__proto__' }],
    ['connector', { connector: '' }],
    ['credentials.token', { connector: 'wotnot', settings: { accountId: '1' }, credentials: { token: '' } }],
    ['credentials.token', { connector: 'wotnot', settings: { accountId: '1' } }],
    [
      'credentials.secret',
      { connector: 'webhook', settings: { url: 'https://d.x.io' }, credentials: { secret: 'x'.repeat(23) } },
    ],
    [
      'webhookToken',
      {
        connector: 'wotnot',
        settings: { accountId: '1' },
        credentials: { token: 't' },
        webhookToken: 'x'.repeat(23),
      },
    ],
    [
      'webhookToken',
      { connector: 'wotnot', settings: { accountId: '1' }, credentials: { token: 't' }, webhookToken: '' },
    ],
  ])('B52: names %s in %j', async (path, given) => {
    expect(await refusalOf(given)).toMatchObject(naming(path));
  });
});
