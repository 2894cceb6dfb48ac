import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChatwootConnector } from '../../../src/connectors/chatwoot/index.js';
import {
  type FakeChatwoot,
  type FakeChatwootOptions,
  openFakeChatwoot,
} from '../../fakes/chatwoot/open-fake-chatwoot.js';
import {
  contactOf,
  contextOf,
  createOrder,
  delivered,
  type DeskStage,
  fetchAll,
  fetchFacts,
  findContextOf,
  lineOf,
  messageOrder,
  ofType,
  openTicket,
  send,
  ticketOf,
} from '../desks/stage.js';

type Stage = DeskStage & { fake: FakeChatwoot };

let open: Stage[] = [];

async function openStage(options: FakeChatwootOptions = {}): Promise<Stage> {
  const fake = await openFakeChatwoot(options);
  const connector = createChatwootConnector({ allowPrivate: true });
  const settings = connector.parseSettings(fake.settings);
  const stage = { fake, connector, account: { settings, credentials: fake.credentials } };
  open.push(stage);
  return stage;
}

describe('Chatwoot', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(async () => {
    for (const { connector, fake } of open) {
      connector.stop?.();
      await fake.close();
    }
    open = [];
  });

  it('takes the same person for the same contact, and different ones for different', async () => {
    const rosa = contactOf();
    await openTicket(stage, { contact: rosa });
    await openTicket(stage, { contact: rosa });
    expect(stage.fake.data.contacts).toHaveLength(1);
    // The phone is the same: a household's.
    const carlos = { ...contactOf(), ...(rosa.phone === undefined ? {} : { phone: rosa.phone }) };
    const { id } = await openTicket(stage, { contact: carlos });
    expect(stage.fake.data.contacts).toHaveLength(2);
    expect((await ticketOf(stage, id)).contact.email).toBe(carlos.email);
    // Somebody whom agents have entered by hand.
    stage.fake.data.contacts.push({
      id: 9_001,
      name: 'Vera',
      email: 'vera@example.com',
      phone: null,
      identifier: null,
      sources: [],
      custom: {},
    });
    const vera = { id: 'vera', name: 'Vera', email: 'vera@example.com' };
    await openTicket(stage, { contact: vera });
    expect(stage.fake.data.contacts.filter(({ email }) => email === 'vera@example.com')).toHaveLength(1);
  });

  it('makes a ticket for somebody whose phone Chatwoot does not take', async () => {
    const contact = { id: 'odd', name: 'Odd', phone: '0800 123' };
    const { id } = await openTicket(stage, { contact });
    expect((await ticketOf(stage, id)).contact.name).toBe('Odd');
  });

  it('goes on where an attempt has ended, at each of its calls, and says everything once', async () => {
    const order = createOrder({ change: { addTags: ['vip'], priority: 'high' } });
    const calls = await countCalls(order);
    expect(calls).toBeGreaterThan(4);
    for (let at = 0; at < calls; at += 1) {
      const again = { ...createOrder({ change: order.change }), contact: contactOf() };
      const { conversations } = stage.fake.data;
      const before = conversations.size;
      stage.fake.plant({ on: 'any', do: 'accept-then-drop', skip: at });
      for (let tries = 0; tries < 5; tries += 1) {
        if ((await send(stage, again)).outcome === 'delivered') break;
      }
      stage.fake.clearFaults();
      expect(conversations.size).toBe(before + 1);
      const ticket = (await stage.fake.tickets()).find(({ reference }) => reference === again.reference);
      expect(ticket?.entries).toHaveLength(1);
      expect(ticket).toMatchObject({ tags: ['vip'], priority: 'high' });
    }
  }, 60_000);

  async function countCalls(order: ReturnType<typeof createOrder>): Promise<number> {
    const before = stage.fake.exchanges.length;
    delivered(await send(stage, order));
    return stage.fake.exchanges.length - before;
  }

  it('goes on within a long message', async () => {
    const { id, contact } = await openTicket(stage);
    const text = Array.from({ length: 50_000 }, (_, at) => String(at).padStart(7, '0')).join(' ');
    stage.fake.plant({ on: 'write', do: 'accept-then-drop', skip: 1 });
    const order = messageOrder(contact, text);
    const since = new Date(Date.now() - 3_000);
    expect((await send(stage, order, id)).outcome).toBe('uncertain');
    const target = { conversationId: 'cnv', externalTicketId: id };
    const found = await stage.connector.find(order, target, stage.account, findContextOf(since));
    expect(found).toEqual({ outcome: 'absent' });
    delivered(await send(stage, order, id));
    const said = (await ticketOf(stage, id)).entries.slice(1).map((entry) => entry.text);
    expect(said.join('').match(/\d{7}/gu)).toEqual(text.split(' '));
  });

  it('sees a message whose number is lower than one that it has seen', async () => {
    const { id } = await openTicket(stage);
    const { cursor: begun } = await fetchAll(stage, id);
    const early = await stage.fake.agentReplies(id, { email: 'ada@example.com', text: 'first by number' });
    await stage.fake.agentReplies(id, { email: 'ben@example.com', text: 'second by number' });
    const { messages } = stage.fake.data.conversations.get(Number(id))!;
    // Its transaction has not ended yet.
    const hidden = messages.splice(messages.length - 2, 1);
    const first = await fetchFacts(stage, id, begun);
    expect(ofType(first.facts, 'agent-replied').map(({ text }) => text)).toEqual(['second by number']);
    messages.push(...hidden);
    const second = await fetchFacts(stage, id, first.cursor);
    expect(ofType(second.facts, 'agent-replied').map(({ externalId }) => externalId)).toEqual([
      early.externalId,
    ]);
  });

  it('takes neither a rule’s words nor a bot’s for an agent’s', async () => {
    const { id } = await openTicket(stage);
    const conversation = stage.fake.data.conversations.get(Number(id))!;
    conversation.messages.push({
      id: stage.fake.data.nextId(),
      content: 'We are closed.',
      type: 1,
      private: false,
      at: Date.now(),
      senderType: null,
      senderId: null,
      files: [],
    });
    const { facts } = await fetchFacts(stage, id);
    expect(ofType(facts, 'agent-replied')).toEqual([]);
    expect(ofType(facts, 'note-added')).toMatchObject([{ text: 'We are closed.', author: { type: 'bot' } }]);
  });

  it('says what to do about an inbox that holds one conversation per contact', async () => {
    const contact = contactOf();
    await openTicket(stage, { contact });
    stage.fake.data.inboxes[0]!.lock = true;
    const outcome = await send(stage, createOrder({ contact }));
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'inbox_locked' });
    expect(await stage.connector.check(stage.account)).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('Lock to single conversation') }),
    );
  });

  it('says what to do about a token that is no administrator’s, or of another account', async () => {
    const { connector, account, fake } = stage;
    const look = async (settings = account.settings) =>
      (await connector.check({ ...account, settings })).find(({ what }) => what.includes('administrator'));
    expect(await look()).toEqual({ ok: true, what: 'The token is an administrator’s.' });
    fake.data.me.role = 'agent';
    expect(await look()).toMatchObject({
      ok: false,
      hint: expect.stringMatching(/Settings → Agents: only administrators/u),
    });
    const accountId = fake.data.accountId + 1;
    expect(await look({ ...account.settings, accountId })).toMatchObject({
      ok: false,
      hint: expect.stringContaining(`no part in account ${accountId}`),
    });
  });

  it('does not take a lost inbox for a deleted conversation', async () => {
    const { id, contact } = await openTicket(stage);
    const { cursor } = await fetchAll(stage, id);
    stage.fake.data.inboxes.length = 0;
    await stage.fake.deleteTicket(id);
    const fetched = await stage.connector.fetchTicket(stage.account, id, cursor, {
      signal: AbortSignal.timeout(9_000),
    });
    expect(fetched.outcome).toBe('refused');
    expect((await send(stage, messageOrder(contact, 'Hello?'), id)).outcome).toBe('refused');
  });

  it('makes the inbox and one webhook, and moves the webhook when its address changes', async () => {
    const fresh = await openStage({ inbox: false });
    expect(await send(fresh, createOrder())).toMatchObject({ outcome: 'credential', code: 'inbox_missing' });
    for (const url of [
      'https://bridge.example.com/webhooks/one',
      'https://bridge.example.com/webhooks/two',
    ]) {
      const registered = await fresh.connector.register(fresh.account, url, 'unused');
      expect(registered.outcome).toBe('delivered');
      const kept = registered.outcome === 'delivered' ? registered.settings : {};
      fresh.account.settings = fresh.connector.parseSettings({ ...fresh.account.settings, ...kept });
      expect(fresh.fake.data.webhooks.map((webhook) => webhook.url)).toEqual([url]);
    }
    expect(fresh.fake.data.inboxes).toMatchObject([{ name: 'WotNot', lock: false, webhookUrl: '' }]);
    await openTicket(fresh);
  });

  it('makes one inbox and one webhook, wherever a registration has ended before', async () => {
    const url = 'https://bridge.example.com/webhooks/one';
    for (let at = 0; at < 4; at += 1) {
      for (const fault of ['accept-then-drop', 'accept-then-500'] as const) {
        const fresh = await openStage({ inbox: false });
        fresh.fake.plant({ on: 'any', do: fault, skip: at });
        expect(await fresh.connector.register(fresh.account, url, 'unused')).not.toMatchObject({
          outcome: 'delivered',
        });
        // Nothing was kept of what had been made.
        const registered = await fresh.connector.register(fresh.account, url, 'unused');
        const [inbox] = fresh.fake.data.inboxes;
        expect(registered).toMatchObject({ outcome: 'delivered', settings: { inboxId: inbox?.id } });
        expect(fresh.fake.data.inboxes).toHaveLength(1);
        expect(fresh.fake.data.webhooks).toHaveLength(1);
      }
    }
  });

  it('leaves an inbox alone that is only called the same', async () => {
    const fresh = await openStage({ inbox: false });
    const theirs = { name: 'WotNot', channelType: 'Channel::Api', lock: false, webhookUrl: '' };
    const others = [
      { ...theirs, id: 9_001, channelType: 'Channel::WebWidget' },
      { ...theirs, id: 9_002, lock: true },
      { ...theirs, id: 9_003, webhookUrl: 'https://shop.example.com/hook' },
      { ...theirs, id: 9_004, name: 'WotNot 2' },
    ];
    fresh.fake.data.inboxes.push(...others);
    await fresh.connector.register(fresh.account, 'https://bridge.example.com/webhooks/one', 'unused');
    expect(fresh.fake.data.inboxes.slice(0, 4)).toEqual(others);
    expect(fresh.fake.data.inboxes).toHaveLength(5);
  });

  it('says of an older server that it signs nothing, and works without', async () => {
    const old = await openStage({ signs: false });
    const registered = await old.connector.register(old.account, 'https://bridge.example.com/w', 'unused');
    expect(registered).toMatchObject({ outcome: 'delivered' });
    expect(registered).not.toHaveProperty('signingSecrets');
    const kept = registered.outcome === 'delivered' ? registered.settings : {};
    const settings = old.connector.parseSettings({ ...old.account.settings, ...kept, signature: 'required' });
    expect(await old.connector.check({ ...old.account, settings })).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('if-present') }),
    );
  });

  it('keeps the token from wherever files lie', async () => {
    const { id } = await openTicket(stage);
    const file = { name: 'bill.pdf', contentType: 'application/pdf', bytes: Buffer.from('bill') };
    await stage.fake.agentReplies(id, { email: 'ada@example.com', text: '', files: [file] });
    const { facts } = await fetchFacts(stage, id);
    const [found] = ofType(facts, 'agent-replied').flatMap(({ files }) => files);
    const context = { signal: AbortSignal.timeout(9_000), maxBytes: 100 };
    // The stand-in's store refuses whoever shows a token.
    expect(await stage.connector.fetchFile(found!, stage.account, context)).toMatchObject({
      outcome: 'fetched',
    });
    // As it was recorded before the bridge knew where a file stands.
    stage.fake.expireAddresses?.();
    const old = { ...found! };
    delete old.place;
    expect(await stage.connector.fetchFile(old, stage.account, context)).toMatchObject({ outcome: 'later' });
  });

  it('refuses an address that is not the server’s alone, or is private', () => {
    const strict = createChatwootConnector({ allowPrivate: false });
    for (const baseUrl of [
      'http://chat.example.com',
      'https://127.0.0.1',
      'https://chat.example.com/chat',
      'ftp://x.y',
    ]) {
      expect(() => strict.parseSettings({ accountId: 1, baseUrl })).toThrow(/baseUrl/u);
    }
    expect(strict.parseSettings({ accountId: '3' })).toMatchObject({
      accountId: 3,
      baseUrl: 'https://app.chatwoot.com',
    });
    strict.stop();
  });

  it('names nobody in a message that only the contact has written', async () => {
    const contact = contactOf();
    const { id } = await openTicket(stage, {
      contact,
      introduction: '',
      lines: [lineOf(contact, 'Just this.')],
    });
    const outcome = delivered(await send(stage, messageOrder(contact, 'And this.'), id, contextOf()));
    expect(outcome.writtenIds).toHaveLength(1);
    expect((await ticketOf(stage, id)).entries.map(({ text }) => text)).toEqual(['Just this.', 'And this.']);
  });
});
