import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChatwootConnector } from '../../../src/connectors/chatwoot/index.js';
import { openFakeChatwoot } from '../../fakes/chatwoot/open-fake-chatwoot.js';
import {
  contextOf,
  delivered,
  type DeskStage,
  fetchFacts,
  findContextOf,
  lineOf,
  messageOrder,
  openTicket,
  send,
} from '../desks/stage.js';
import { faultsOf, faultsOfAnswer, faultsOfRequest, operationOf } from './described.js';

/** Everything that the connector asks of Chatwoot, once. */
async function story(stage: DeskStage): Promise<void> {
  const { connector, account, fake } = stage;
  const registered = await connector.register(account, 'https://bridge.example.com/webhooks/key', 'unused');
  expect(registered).toMatchObject({ outcome: 'delivered', signingSecrets: [expect.any(String)] });
  if (registered.outcome !== 'delivered') return;
  account.settings = connector.parseSettings({ ...account.settings, ...registered.settings });
  await connector.register(account, 'https://bridge.example.com/webhooks/other', 'unused');
  const change = { priority: 'high' as const, addTags: ['vip'], assignee: { agentEmail: 'ada@example.com' } };
  const { id, contact, order } = await openTicket(stage, { change });
  const bytes = { f1: Buffer.from('picture') };
  const file = { fileId: 'f1', name: 'a.png', contentType: 'image/png', sizeBytes: 7 };
  delivered(await send(stage, messageOrder(contact, 'See this.', [file]), id, contextOf(bytes)));
  delivered(await send(stage, { kind: 'add-ticket-note', lines: [lineOf(contact, 'Psst.')] }, id));
  for (const status of ['pending', 'solved', 'open'] as const) {
    delivered(await send(stage, { kind: 'update-ticket', change: { status } }, id));
  }
  for (const assignee of [{ team: 'Sales' }, null]) {
    delivered(await send(stage, { kind: 'update-ticket', change: { assignee } }, id));
  }
  await fake.agentReplies(id, { email: 'ada@example.com', text: 'On its way.' });
  await fetchFacts(stage, id);
  const signal = AbortSignal.timeout(10_000);
  const begun = await connector.listChanged(account, null, { signal });
  if (begun.outcome === 'fetched') await connector.listChanged(account, begun.cursor, { signal });
  await connector.find(order, { conversationId: order.reference }, account, findContextOf());
  const note = { kind: 'add-ticket-note' as const, lines: order.lines };
  await connector.find(note, { conversationId: 'cnv', externalTicketId: id }, account, findContextOf());
  await connector.listAgents?.(account);
  await connector.listTeams?.(account);
  expect((await connector.check(account)).filter(({ ok }) => !ok)).toEqual([]);
}

describe('What is said to Chatwoot and what it answers, by its own description', () => {
  const calls = new Map<string, { asked: string[]; answered: string[] }>();
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const fake = await openFakeChatwoot({ dialect: 'described', inbox: false });
    const connector = createChatwootConnector({ allowPrivate: true });
    stop = async () => {
      connector.stop();
      await fake.close();
    };
    const settings = connector.parseSettings(fake.settings);
    await story({ fake, connector, account: { settings, credentials: fake.credentials } });
    for (const { request, answer } of fake.exchanges) {
      const found = operationOf(request.method, request.path);
      const name = found?.name ?? `${request.method} ${request.path}`;
      const known = calls.get(name) ?? { asked: [], answered: [] };
      calls.set(name, known);
      if (found === undefined) {
        known.asked.push('is not described');
        continue;
      }
      const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
      const fields = isForm ? await formFields(await request.form()) : request.json;
      known.asked.push(...faultsOfRequest(found.operation, request.headers['content-type'] ?? '', fields));
      // `null` is what the server itself says of nobody, and is not described.
      if (answer.body !== null)
        known.answered.push(...faultsOfAnswer(found.operation, answer.status, answer.body));
    }
  });
  afterAll(() => stop());

  it('asks only for what is described, as it is described', () => {
    expect(calls.size).toBeGreaterThanOrEqual(20);
    expect([...calls].flatMap(([name, { asked }]) => asked.map((fault) => `${name}: ${fault}`))).toEqual([]);
  });

  it('is answered by the stand-in as it is described', () => {
    expect(
      [...calls].flatMap(([name, { answered }]) => answered.map((fault) => `${name}: ${fault}`)),
    ).toEqual([]);
  });

  it('would see a wrong type, a missing member and an unknown word', () => {
    const schema = {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'integer' }, word: { type: 'string', enum: ['a'] } },
    };
    expect(faultsOf({ id: 'x', word: 'b' }, schema)).toHaveLength(2);
    expect(faultsOf({}, schema)).toEqual(['$.id is missing']);
  });
});

async function formFields(form: FormData): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name).map((value) => (typeof value === 'string' ? value : value.name));
    fields[name] = name.endsWith('[]')
      ? values
      : /^(?:true|false)$/u.test(values[0] ?? '')
        ? values[0] === 'true'
        : values[0];
  }
  return fields;
}
