import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Account, DeskSendOutcome } from '../../../src/connectors/connector.js';
import { createWebhookConnector } from '../../../src/connectors/webhook/index.js';
import type { DeskOrder } from '../../../src/domain/desk-order.js';
import { contactOf, contextOf, createOrder, fileLinks, lineOf } from '../desks/stage.js';

const SECRET = 'the-secret-that-the-bridge-signs-with';
const target = { conversationId: 'cnv_1', externalTicketId: '17' };
const contact = contactOf();
const message: DeskOrder = { kind: 'add-ticket-message', contact, lines: [lineOf(contact, 'Hello')] };

interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}
interface Planned {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

describe('what the bridge tells a desk’s back end', () => {
  const connector = createWebhookConnector({ allowPrivate: true });
  const asked: Asked[] = [];
  let planned: Planned | 'hang up' = { status: 200 };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      asked.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(pieces).toString(),
      });
      if (planned === 'hang up') return void request.socket.destroy();
      response.writeHead(planned.status, planned.headers).end(planned.body);
    });
  });
  let account: Account;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?desk=1`;
    account = {
      settings: connector.parseSettings({ url }),
      credentials: connector.parseCredentials({ secret: SECRET }),
    };
  });
  beforeEach(() => {
    asked.length = 0;
    planned = { status: 200, body: '{}' };
  });
  afterAll(async () => {
    connector.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const send = (order: DeskOrder, key = 'dlv_1'): Promise<DeskSendOutcome> =>
    connector.send(order, target, account, contextOf({}, key));
  const told = () => JSON.parse(asked.at(-1)?.body ?? '') as { type: string; data: Record<string, unknown> };

  it('is signed by Standard Webhooks, and keeps its id when it is sent again', async () => {
    await send(message, 'dlv_7');
    await send(message, 'dlv_7');
    const [id] = asked.map(({ headers }) => headers['webhook-id']);
    expect(id).toContain('dlv_7');
    expect(asked).toMatchObject(Array(2).fill({ path: '/hooks?desk=1', headers: { 'webhook-id': id } }));
    for (const { headers, body } of asked) {
      const verifier = new Webhook(SECRET, { format: 'raw' });
      expect(verifier.verify(body, headers as Record<string, string>)).toMatchObject({
        type: 'ticket.message',
      });
    }
  });

  it('has another id where it goes to another ticket, or becomes one: a remembered "gone" is not for it', async () => {
    await send(message, 'dlv_8');
    await connector.send(message, { ...target, externalTicketId: '18' }, account, contextOf({}, 'dlv_8'));
    await send(createOrder({ contact }), 'dlv_8');
    const ids = asked.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3);
  });

  it('tells each order in its shape, with links to files', async () => {
    const file = { fileId: 'fil_1', name: 'a.png', contentType: 'image/png', sizeBytes: 3 };
    planned = { status: 201, body: '{"ticketId":17,"url":"https://desk.example/17","messageIds":["m1",2]}' };
    const create = createOrder({ contact, lines: [lineOf(contact, 'Look', [file])], follows: '9' });
    expect(await send(create)).toEqual({
      outcome: 'delivered',
      writtenIds: ['m1', '2'],
      ticket: { externalTicketId: '17', url: 'https://desk.example/17' },
      state: { status: 'new' },
    });
    expect(told()).toMatchObject({
      type: 'ticket.create',
      data: {
        conversationId: 'cnv_1',
        subject: create.subject,
        contact,
        follows: '9',
        messages: [{ text: 'Look', files: [{ name: 'a.png', url: `${fileLinks}fil_1` }] }],
      },
    });
    planned = { status: 200, body: '{}' };
    await send(message);
    expect(told()).toMatchObject({
      type: 'ticket.message',
      data: { ticketId: '17', messages: [{ text: 'Hello' }] },
    });
    await send({ kind: 'add-ticket-note', lines: [{ ...lineOf(contact, 'psst'), author: { type: 'bot' } }] });
    expect(told()).toMatchObject({ type: 'ticket.note', data: { notes: [{ text: 'psst' }] } });
    expect(told().data['messages']).toBeUndefined();
    const change = { status: 'solved', assignee: { agentEmail: 'ada@desk.example' } } as const;
    expect(await send({ kind: 'update-ticket', change })).toMatchObject({
      outcome: 'delivered',
      state: { status: 'solved', assignee: { agent: { email: 'ada@desk.example' } } },
    });
    expect(told()).toMatchObject({ type: 'ticket.update', data: { change } });
  });

  it('names the ticket as the conversation where the back end answers no id', async () => {
    for (const answer of [{ status: 204 }, { status: 200, body: '{}' }, { status: 200, body: '' }]) {
      planned = answer;
      expect(await send(createOrder({ contact }))).toMatchObject({
        outcome: 'delivered',
        ticket: { externalTicketId: 'cnv_1' },
      });
    }
  });

  it.each<[string, Planned | 'hang up', object]>([
    ['410', { status: 410 }, { outcome: 'ticket_gone' }],
    [
      '410 with the other’s id',
      { status: 410, body: '{"mergedInto":18}' },
      { outcome: 'ticket_gone', mergedInto: '18' },
    ],
    ['401', { status: 401 }, { outcome: 'credential' }],
    ['403', { status: 403 }, { outcome: 'credential' }],
    ['429', { status: 429, headers: { 'retry-after': '7' } }, { outcome: 'retry', retryAfterSeconds: 7 }],
    ['500', { status: 500 }, { outcome: 'retry' }],
    ['503', { status: 503, headers: { 'retry-after': '9' } }, { outcome: 'retry', retryAfterSeconds: 9 }],
    ['an answer that is lost', 'hang up', { outcome: 'retry' }],
    ['400', { status: 400 }, { outcome: 'refused' }],
    ['404', { status: 404 }, { outcome: 'refused' }],
    ['413', { status: 413 }, { outcome: 'refused' }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, { outcome: 'refused' }],
    [
      'a page',
      { status: 200, body: '<html>Welcome</html>', headers: { 'content-type': 'text/html' } },
      { outcome: 'retry' },
    ],
    ['broken JSON', { status: 200, body: '{"ticketId":' }, { outcome: 'retry' }],
  ])(
    '%s is judged by what may have happened, and never tells the secret',
    async (_what, answer, expected) => {
      planned = answer;
      const outcome = await send(message);
      expect(outcome).toMatchObject({ ...expected, code: expect.any(String), message: expect.any(String) });
      expect(JSON.stringify(outcome)).not.toContain(SECRET);
      expect(asked).toHaveLength(1);
    },
  );

  it('looks whether the back end is there with a signed ping', async () => {
    expect(await connector.check(account)).toMatchObject([{ ok: true }]);
    expect(told()).toMatchObject({ type: 'ping' });
    for (const answer of [{ status: 401 }, { status: 200, body: '<html></html>' }]) {
      planned = answer;
      expect(await connector.check(account)).toMatchObject([
        { ok: false, hint: expect.stringContaining('ping') },
      ]);
    }
  });

  it.each([['ftp://desk.example/hooks'], ['not an address'], [`https://desk.example/${'x'.repeat(2_100)}`]])(
    'does not take %s as the back end’s address',
    (url) => {
      expect(() => connector.parseSettings({ url })).toThrow();
    },
  );

  it('takes no short secret', () => {
    expect(() => connector.parseCredentials({ secret: 'short' })).toThrow();
    expect(() => connector.parseCredentials({ secret: SECRET, other: 1 })).toThrow();
  });
});
