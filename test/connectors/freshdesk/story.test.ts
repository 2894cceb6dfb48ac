import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFreshdeskConnector } from '../../../src/connectors/freshdesk/index.js';
import { type FakeFreshdesk, openFakeFreshdesk } from '../../fakes/freshdesk/open-fake-freshdesk.js';
import {
  contactOf,
  contextOf,
  createOrder,
  delivered,
  type DeskStage,
  fetchAll,
  fetchFacts,
  fileLinks,
  messageOrder,
  ofType,
  openTicket,
  send,
  ticketOf,
} from '../desks/stage.js';

describe('Freshdesk', () => {
  let stage: DeskStage & { fake: FakeFreshdesk };
  beforeEach(async () => {
    const fake = await openFakeFreshdesk();
    const connector = createFreshdeskConnector({ allowPrivate: true });
    const settings = connector.parseSettings(fake.settings);
    stage = { fake, connector, account: { settings, credentials: fake.credentials } };
  });
  afterEach(async () => {
    stage.connector.stop?.();
    await stage.fake.close();
  });

  const entriesOf = (id: string) => stage.fake.data.tickets.get(Number(id))!.entries;

  it('makes the ticket with its words and files by one call', async () => {
    const contact = contactOf();
    const bytes = { f1: Buffer.from('picture') };
    const file = { fileId: 'f1', name: 'a.png', contentType: 'image/png', sizeBytes: 7 };
    const at = '2026-11-22T10:00:00.000Z';
    const lines = [{ author: { type: 'contact' as const }, text: 'Broken.', files: [file], at }];
    const change = { addTags: ['wotnot'], assignee: { team: 'returns' } };
    const order = createOrder({ contact, lines, change });
    const outcome = delivered(await send(stage, order, undefined, contextOf(bytes)));
    expect(stage.fake.writes().map(({ kind }) => kind)).toEqual(['create']);
    const ticket = await ticketOf(stage, outcome.ticket?.externalTicketId ?? '');
    expect(ticket).toMatchObject({ reference: order.reference, tags: ['wotnot'], team: 'Returns' });
    expect(ticket.entries[0]?.files.map((one) => one.bytes.toString())).toEqual(['picture']);
  });

  it('tells in the conversation that a ticket was merged, and how to go on in the other', async () => {
    const [{ id }, { id: into }] = [await openTicket(stage), await openTicket(stage)];
    const { cursor } = await fetchAll(stage, id);
    stage.fake.merge(id, into);
    const { facts } = await fetchFacts(stage, id, cursor);
    expect(ofType(facts, 'note-added').map(({ text }) => text)).toEqual([
      expect.stringMatching(
        new RegExp(`merged into ticket ${into}\\n.*link the conversation to ticket ${into}\\.`, 'u'),
      ),
    ]);
    expect(ofType(facts, 'agent-replied')).toEqual([]);
    expect(ofType(facts, 'ticket-state').at(-1)?.state.status).toBe('solved');
  });

  it('links files once the ticket is full', async () => {
    const { id, contact } = await openTicket(stage);
    const full = { id: 1, name: 'x', contentType: 'image/png', bytes: Buffer.alloc(20 * 1024 * 1024) };
    entriesOf(id)[0]!.files.push(full);
    const file = { fileId: 'f1', name: 'late.png', contentType: 'image/png', sizeBytes: 7 };
    const context = contextOf({ f1: Buffer.from('picture') });
    delivered(await send(stage, messageOrder(contact, 'Look.', [file]), id, context));
    const text = (await ticketOf(stage, id)).entries.at(-1)?.text ?? '';
    expect(text).toContain('Look.');
    expect(text).toContain(`${fileLinks}f1`);
  });

  it('makes a ticket for somebody whose address Freshdesk does not take', async () => {
    const { id } = await openTicket(stage, { contact: { id: 'odd', name: 'Odd', email: 'odd@localhost' } });
    expect((await ticketOf(stage, id)).contact.name).toBe('Odd');
  });

  it('says which field is missing, and keeps the words to itself', async () => {
    stage.fake.data.fields = ['subject'];
    const outcome = await send(stage, createOrder());
    expect(outcome).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('cf_wotnot_conversation'),
    });
    expect(JSON.stringify(outcome)).not.toContain('My order');
    expect(await stage.connector.check(stage.account)).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('cf_wotnot_conversation') }),
    );
  });

  it('takes for a reply neither a mail that was forwarded, nor the bridge’s own words, nor a stranger’s', async () => {
    const { id } = await openTicket(stage);
    const said = (userId: number, source: number, body: string) => {
      const entry = { incoming: false, private: false, at: Date.now(), files: [] };
      entriesOf(id).push({ id: stage.fake.data.nextId(), body, userId, source, ...entry });
    };
    said(502, 8, 'forwarded to the warehouse');
    said(stage.fake.data.me.id, 2, 'the bridge in public');
    said(987_654, 0, 'a stranger');
    said(502, 2, 'a public note');
    const { facts } = await fetchFacts(stage, id);
    expect(ofType(facts, 'agent-replied').map(({ text }) => text)).toEqual(['a public note']);
    expect(ofType(facts, 'note-added').map(({ text }) => text)).toEqual([
      'forwarded to the warehouse',
      'a stranger',
    ]);
  });

  it('misses nothing when what was said before is deleted', async () => {
    const { id } = await openTicket(stage);
    const reply = async (text: string) => stage.fake.agentReplies(id, { email: 'ada@example.com', text });
    for (let at = 0; at < 130; at += 1) await reply(`reply ${at}`);
    const { cursor } = await fetchAll(stage, id);
    entriesOf(id).splice(1, 50);
    await reply('after the deletion');
    const { facts } = await fetchFacts(stage, id, cursor);
    expect(ofType(facts, 'agent-replied').map(({ text }) => text)).toEqual(['after the deletion']);
  });

  it('reads an agent’s HTML as text', async () => {
    const { id } = await openTicket(stage);
    const { externalId } = await stage.fake.agentReplies(id, { email: 'ada@example.com', text: 'x' });
    const entry = entriesOf(id).find((one) => String(one.id) === externalId)!;
    entry.body =
      '<div>Dear Rosa,</div><div><br></div><ul><li>one &amp; two</li><li>three</li></ul><script>alert(1)</script>';
    const { facts } = await fetchFacts(stage, id);
    const [fact] = ofType(facts, 'agent-replied');
    expect(fact?.text).toMatch(/^Dear Rosa,\n+one & two\nthree$/u);
  });

  it('takes a rule’s webhook by its header alone, whatever its body says', () => {
    const secret = 'a-secret-of-24-characters';
    const { settings } = stage.account;
    const now = new Date();
    const receive = (headers: Record<string, string>, body: string, signingSecrets = [secret]) =>
      stage.connector.receive({ headers, body: Buffer.from(body) }, { signingSecrets, settings, now });
    const given = { 'x-bridge-secret': secret };
    expect(receive(given, '{"ticket_id":"12"}')).toMatchObject({
      outcome: 'hint',
      externalTicketIds: ['12'],
    });
    const standard = '{"freshdesk_webhook":{"ticket_id":12,"ticket_subject":"x"}}';
    expect(receive(given, standard)).toMatchObject({ outcome: 'hint', externalTicketIds: ['12'] });
    for (const body of ['', '{"ticket_id":"{{ticket.id}}"}', '{"ticket_id":"1/../2"}', '{"ticket_id":']) {
      expect(receive(given, body)).toMatchObject({ outcome: 'hint', externalTicketIds: [] });
    }
    expect(receive({}, '{"ticket_id":"12"}').outcome).toBe('not_authentic');
    expect(receive({ 'x-bridge-secret': '' }, '{}', ['']).outcome).toBe('not_authentic');
  });

  it('tells an administrator what to do by hand, without the secret', async () => {
    const url = 'https://bridge.example.com/webhooks/key';
    const outcome = await stage.connector.register(stage.account, url, 'the-secret-of-the-connection');
    expect(outcome).toEqual({ outcome: 'by_hand', message: expect.stringContaining(url) });
    expect(JSON.stringify(outcome)).not.toContain('the-secret-of-the-connection');
  });

  it('lists more changed tickets than fit on a page, each one', async () => {
    const { connector, account, fake } = stage;
    const signal = AbortSignal.timeout(15_000);
    const begun = await connector.listChanged(account, null, { signal });
    const { id } = await openTicket(stage);
    const first = fake.data.tickets.get(Number(id))!;
    for (let at = 2; at <= 250; at += 1) {
      const updatedAt = first.updatedAt + Math.floor(at / 40) * 1_000;
      fake.data.tickets.set(at, { ...first, id: at, updatedAt });
    }
    const found = new Set<string>();
    let next = begun;
    for (let looks = 0; looks < 10; looks += 1) {
      if (next.outcome !== 'fetched') break;
      next = await connector.listChanged(account, next.cursor, { signal });
      if (next.outcome === 'fetched') for (const one of next.externalTicketIds) found.add(one);
      if (next.outcome === 'fetched' && !next.more) break;
    }
    expect(next).toMatchObject({ outcome: 'fetched', more: false });
    expect(found.size).toBe(250);
  });
});
