import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Account } from '../../../src/connectors/connector.js';
import { createWotNotConnector } from '../../../src/connectors/wotnot/index.js';
import type { ChatFact } from '../../../src/domain/chat-fact.js';
import type { ChatOrder } from '../../../src/domain/order.js';
import { createSandbox } from '../../../src/sandbox/index.js';
import { secrets, token } from './webhook.js';

const connector = createWotNotConnector({ allowPrivate: true });
const sandbox = createSandbox({ botTypingMs: 0 });
const facts: { laneKey: string; fact: ChatFact }[] = [];
const unread: string[] = [];
let account: Account;

/** The least of a bridge: verify, read, answer. */
const bridge = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = request.headers as Record<string, string | undefined>;
    const verdict = connector.receive({ headers, body: Buffer.concat(chunks) }, secrets);
    if (verdict.outcome === 'events') {
      for (const event of verdict.events) {
        const reading = connector.read(event);
        if (reading.outcome === 'unrecognised') unread.push(`${event.kind}: ${reading.reason}`);
        else for (const fact of reading.facts) facts.push({ laneKey: event.laneKey, fact });
      }
    }
    const answer = 'answer' in verdict ? verdict.answer : { status: 401, body: {} };
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  });
});

beforeAll(async () => {
  const { url } = await sandbox.start();
  bridge.listen(0, '127.0.0.1');
  await once(bridge, 'listening');
  account = {
    settings: { baseUrl: url, accountId: sandbox.accountId, actingAgentEmail: 'grace@fern.example' },
    credentials: { token: sandbox.token },
  };
});
afterAll(async () => {
  connector.stop();
  await sandbox.stop();
  bridge.closeAllConnections();
  bridge.close();
});

const bridgeUrl = () => `http://127.0.0.1:${(bridge.address() as AddressInfo).port}/webhooks/k`;
const control = async (path: string, body: object) =>
  (await fetch(`${sandbox.url}/sandbox${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).then((answer) => answer.json())) as { id: string };
const seen = (id: string, type: ChatFact['type']) =>
  facts.filter(({ laneKey, fact }) => laneKey === id && fact.type === type).map(({ fact }) => fact);

it('a conversation crosses both ways between the connector and the sandbox', async () => {
  expect(await connector.register(account, bridgeUrl(), 'not-the-bridge-s-own-token')).toMatchObject({
    outcome: expect.not.stringMatching('delivered'),
  });
  const registered = await connector.register(account, bridgeUrl(), token);
  expect(registered).toMatchObject({ outcome: 'delivered', settings: { receiptEvents: expect.any(Array) } });
  account.settings = { ...account.settings, ...('settings' in registered ? registered.settings : {}) };
  expect((await connector.check(account)).filter(({ ok }) => !ok)).toEqual([]);

  const { id } = await control('/conversations', {
    name: 'Nik',
    email: 'Nik@x.com',
    text: 'where is my <order> & co?',
  });
  await vi.waitFor(() => expect(seen(id, 'conversation-started')).toHaveLength(1), 5_000);
  expect(seen(id, 'conversation-started')[0]).toMatchObject({
    contact: { name: 'Nik', email: 'nik@x.com' },
    assignee: { type: 'bot' },
    status: 'open',
  });
  await vi.waitFor(
    () =>
      expect(seen(id, 'message')).toContainEqual(
        expect.objectContaining({ author: { type: 'contact' }, text: 'where is my <order> & co?' }),
      ),
    5_000,
  );

  const target = { externalConversationId: id, heldByBot: false };
  const context = { idempotencyKey: 'k', signal: new AbortController().signal, leaving: () => true };
  const order = (given: ChatOrder) => connector.send(given, target, account, context);
  const ada = 'ada@fern.example';
  const outcome = await order({
    kind: 'send-message',
    agentEmail: ada,
    content: { type: 'text', text: 'On its way,\n“tomorrow” <3' },
  });
  expect(outcome).toMatchObject({ outcome: 'delivered', mended: true, externalId: expect.any(String) });
  const externalMessageId = outcome.outcome === 'delivered' ? outcome.externalId : undefined;
  await vi.waitFor(
    () =>
      expect(seen(id, 'message')).toContainEqual(
        expect.objectContaining({
          externalMessageId,
          author: expect.objectContaining({ type: 'agent', email: ada }),
          text: 'On its way,\n“tomorrow” <3',
        }),
      ),
    5_000,
  );
  expect(seen(id, 'assignee').at(-1)).toMatchObject({ assignee: { type: 'agent', email: ada } });
  await vi.waitFor(
    () =>
      expect(seen(id, 'receipt')).toContainEqual(
        expect.objectContaining({ externalMessageId, receipt: 'delivered' }),
      ),
    5_000,
  );

  expect(await order({ kind: 'assign', by: ada, to: { team: 'Sales' } })).toEqual({ outcome: 'delivered' });
  expect(
    await order({ kind: 'set-variables', variables: [{ name: 'city', value: 'Oslo', on: 'conversation' }] }),
  ).toEqual({ outcome: 'delivered' });
  expect(await order({ kind: 'close', by: ada })).toEqual({ outcome: 'delivered' });
  await vi.waitFor(
    () => expect(seen(id, 'status')).toContainEqual(expect.objectContaining({ status: 'closed' })),
    5_000,
  );
  expect(seen(id, 'assignee').at(-1)).toMatchObject({ assignee: { type: 'team', team: 'Sales' } });
  expect(seen(id, 'variables').at(-1)).toMatchObject({ variables: { city: 'Oslo' } });
  expect(
    await order({ kind: 'send-message', agentEmail: ada, content: { type: 'text', text: 'late' } }),
  ).toMatchObject({ outcome: 'refused', code: 'CONVERSATION_CLOSED' });
  expect(unread).toEqual([]);
});
