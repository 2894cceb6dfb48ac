import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';
import { openFakeZendesk, type FakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import { createFastClock } from '../../support/fast-clock.js';
import {
  contactOf,
  contextOf,
  createOrder,
  delivered,
  type DeskStage,
  fresh,
  lineOf,
  messageOrder,
  openTicket,
  send,
  ticketOf,
} from '../desks/stage.js';

let fake: FakeZendesk;
let stage: DeskStage;

beforeAll(async () => {
  const now = createFastClock(60);
  fake = await openFakeZendesk({
    now,
    mostUploadBytes: 1_000,
  });
  const connector = createZendeskConnector({ allowPrivate: true, counting: { now }, settleSeconds: 0 });
  const settings = connector.parseSettings(fake.settings);
  stage = {
    fake,
    connector,
    account: { settings, credentials: connector.parseCredentials(fake.credentials) },
  };
});
afterEach(() => fake.clearFaults());
afterAll(async () => {
  stage.connector.stop?.();
  await fake.close();
});

const madeFor = (reference: string) =>
  [...fake.world.tickets.values()].filter((one) => one.external_id === reference);

describe('creating a ticket', () => {
  it('is done once for one order, before and after Zendesk has forgotten its key', async () => {
    const order = createOrder();
    const context = contextOf();
    fake.plant({ on: 'create', do: 'accept-then-drop' });
    expect(await send(stage, order, undefined, context)).toMatchObject({ outcome: 'retry' });
    const second = delivered(await send(stage, order, undefined, context));
    fake.world.keys.clear();
    const third = delivered(await send(stage, order, undefined, context));
    expect(madeFor(order.reference)).toHaveLength(1);
    expect(third.ticket).toEqual(second.ticket);
    expect(third.writtenIds).toEqual(second.writtenIds);
    expect(third.writtenIds).toHaveLength(1);
  });

  it('is done once with files too, whose uploads are others each time', async () => {
    const contact = contactOf();
    const file = { fileId: 'f1', name: 'a.png', contentType: 'image/png', sizeBytes: 3 };
    const order = createOrder({ contact, lines: [lineOf(contact, 'Look.', [file])] });
    const context = contextOf({ f1: Buffer.from('abc') });
    fake.plant({ on: 'create', do: 'accept-then-500' });
    expect(await send(stage, order, undefined, context)).toMatchObject({ outcome: 'uncertain' });
    delivered(await send(stage, order, undefined, context));
    expect(madeFor(order.reference)).toHaveLength(1);
    expect((await ticketOf(stage, String(madeFor(order.reference)[0]?.id))).entries[0]?.files).toHaveLength(
      1,
    );
  });

  it('makes another ticket for another order of the same conversation', async () => {
    const order = createOrder();
    const one = delivered(await send(stage, order));
    const other = delivered(await send(stage, order));
    expect(other.ticket?.externalTicketId).not.toBe(one.ticket?.externalTicketId);
  });
});

describe('the contact', () => {
  it('never speaks in the name of one of the staff, whatever address it types', async () => {
    const contact = { id: fresh('contact'), name: 'Mallory', email: 'ada@desk.example' };
    const { id } = await openTicket(stage, { contact, lines: [lineOf(contact, 'I am Ada.')] });
    const [entry] = (await ticketOf(stage, id)).entries;
    expect(entry?.author).toMatchObject({ kind: 'contact', name: 'Mallory' });
    expect(fake.world.users.find(({ email }) => email === 'ada@desk.example')).toMatchObject({
      name: 'Ada',
      role: 'agent',
      external_id: null,
    });
  });

  it('is the end user of its address, who is not changed by what a visitor types', async () => {
    const email = `${fresh('known')}@example.com`;
    const known = {
      id: fake.world.nextId(),
      name: 'Known Name',
      email,
      phone: null,
      role: 'end-user' as const,
    };
    fake.world.users.push({ ...known, external_id: 'crm-7', active: true });
    const contact = { id: fresh('contact'), name: 'Somebody', email };
    const { id } = await openTicket(stage, { contact, lines: [lineOf(contact, 'Hello')] });
    expect((await ticketOf(stage, id)).contact).toMatchObject({ name: 'Known Name', email });
    expect(fake.world.users.find((user) => user.id === known.id)?.external_id).toBe('crm-7');
  });

  it('is heard although Zendesk does not take its address', async () => {
    const contact = { id: fresh('contact'), name: 'Odd', email: 'not an address' };
    const { id } = await openTicket(stage, { contact, lines: [lineOf(contact, 'Hello')] });
    expect((await ticketOf(stage, id)).entries[0]?.author).toMatchObject({ kind: 'contact', name: 'Odd' });
  });

  it('is looked up once for many messages, and again when Zendesk has lost it', async () => {
    const { id, contact } = await openTicket(stage);
    const before = fake.requests.filter(({ path }) => path.includes('/users/')).length;
    for (const text of ['one', 'two', 'three']) delivered(await send(stage, messageOrder(contact, text), id));
    expect(fake.requests.filter(({ path }) => path.includes('/users/')).length).toBe(before);
    const user = fake.world.users.find(({ external_id }) => external_id === `wotnot:${contact.id}`);
    Object.assign(user ?? {}, { active: false, external_id: null, email: null });
    expect(await send(stage, messageOrder(contact, 'four'), id)).toMatchObject({ outcome: 'retry' });
    delivered(await send(stage, messageOrder(contact, 'four'), id));
    expect((await ticketOf(stage, id)).entries.at(-1)).toMatchObject({
      text: 'four',
      author: { kind: 'contact' },
    });
  });
});

describe('writing', () => {
  it('fills in no placeholder that a visitor has typed', async () => {
    const { id, contact } = await openTicket(stage);
    delivered(await send(stage, messageOrder(contact, 'My {{ticket.requester.email}} {% x %}'), id));
    const html = fake.world.tickets.get(Number(id))?.comments.at(-1)?.html_body ?? '';
    expect(html).not.toMatch(/\{\{|\{%/u);
    expect((await ticketOf(stage, id)).entries.at(-1)?.text).toBe('My {{ticket.requester.email}} {% x %}');
  });

  it('cuts nothing of words that take more bytes than characters', async () => {
    const { id, contact } = await openTicket(stage);
    const text = '語'.repeat(50_000);
    delivered(await send(stage, messageOrder(contact, text), id));
    const { entries } = await ticketOf(stage, id);
    expect(
      entries
        .slice(1)
        .map((entry) => entry.text)
        .join(''),
    ).toBe(text);
    for (const { html_body } of fake.world.tickets.get(Number(id))?.comments ?? [])
      expect(Buffer.byteLength(html_body)).toBeLessThanOrEqual(65_536);
  });

  it('goes on where it stopped: a piece that was said is not said again', async () => {
    const { id, contact } = await openTicket(stage);
    const words = Array.from({ length: 20_000 }, (_, at) => String(at).padStart(7, '0'));
    const context = contextOf();
    fake.plant({ on: 'write', do: 'accept-then-drop', skip: 1 });
    const order = messageOrder(contact, words.join(' '));
    expect(await send(stage, order, id, context)).toMatchObject({ outcome: 'uncertain' });
    const done = delivered(await send(stage, order, id, context));
    const said = (await ticketOf(stage, id)).entries.slice(1);
    expect(
      said
        .map(({ text }) => text)
        .join(' ')
        .match(/\d{7}/gu),
    ).toEqual(words);
    expect(done.writtenIds).toEqual(said.map(({ externalId }) => externalId));
  });

  it('wakes a ticket that waits for its requester, and leaves a solved one to the policy', async () => {
    const { id, contact } = await openTicket(stage);
    for (const [before, after] of [
      ['pending', 'open'],
      ['hold', 'open'],
      ['solved', 'solved'],
    ] as const) {
      await fake.setStatus(id, before);
      const outcome = delivered(await send(stage, messageOrder(contact, before), id));
      expect((await ticketOf(stage, id)).vendorStatus).toBe(after);
      expect(outcome.state?.status).toBe(after);
    }
  });

  it('links what the account does not take as a file', async () => {
    const { id, contact } = await openTicket(stage);
    const file = { fileId: 'large', name: 'large.bin', contentType: 'x\r\ny: z', sizeBytes: 2_000 };
    const context = contextOf({ large: randomBytes(2_000) });
    delivered(await send(stage, messageOrder(contact, 'See.', [file]), id, context));
    const entry = (await ticketOf(stage, id)).entries.at(-1);
    expect(entry?.files).toEqual([]);
    expect(entry?.text).toContain('https://bridge.example.com/files/large');
  });

  it('is told how long to wait when the ticket’s thirty updates are used up', async () => {
    const { id, contact } = await openTicket(stage);
    for (let at = 0; at < 30; at += 1) delivered(await send(stage, messageOrder(contact, `m${at}`), id));
    const outcome = await send(stage, messageOrder(contact, 'm30'), id);
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'rate_limited' });
    expect(outcome.outcome === 'retry' ? (outcome.retryAfterSeconds ?? 0) : 0).toBeGreaterThan(500);
  });

  it('has taken the updates that were made before the account’s were used up, and goes on with the rest', async () => {
    let at = Date.now();
    const now = (): number => at;
    const connector = createZendeskConnector({ allowPrivate: true, counting: { now }, settleSeconds: 0 });
    const settings = connector.parseSettings({ ...fake.settings, updatesPerMinute: 5 });
    const account = { ...stage.account, settings, calls: 'order' as const };
    const { id, contact } = await openTicket(stage);
    const one = { ...stage, connector, account };
    for (const text of ['one', 'two'])
      expect(delivered(await send(one, messageOrder(contact, text), id)).ticketWrites).toBe(1);
    // Five pieces.
    const words = Array.from({ length: 35_000 }, (_, number) => String(number).padStart(7, '0'));
    const order = messageOrder(contact, words.join(' '));
    const context = contextOf();
    const hurried = { ...context, signal: AbortSignal.timeout(2_000) };
    const paced = await send(one, order, id, hurried);
    expect(paced).toMatchObject({ outcome: 'retry', code: 'paced', ticketWrites: 3 });
    expect(await send(one, order, id, context)).toMatchObject({ code: 'paced', ticketWrites: 0 });
    at += 60_000;
    expect(delivered(await send(one, order, id, context)).ticketWrites).toBe(2);
    connector.stop();
    expect(
      (await ticketOf(stage, id)).entries
        .slice(3)
        .map(({ text }) => text)
        .join(' ')
        .match(/\d{7}/gu),
    ).toEqual(words);
  });
});

describe('a ticket that is closed for good', () => {
  it('is followed by one ticket, however many words come', async () => {
    const { id, contact } = await openTicket(stage);
    await fake.setStatus(id, 'closed');
    const conversationId = fresh('cnv');
    const say = async (text: string, context = contextOf()) =>
      stage.connector.send(
        messageOrder(contact, text),
        { conversationId, externalTicketId: id },
        stage.account,
        context,
      );
    const context = contextOf();
    fake.plant({ on: 'create', do: 'accept-then-drop' });
    expect(await say('first', context)).toMatchObject({ outcome: 'retry' });
    const first = delivered(await say('first', context));
    const second = delivered(await say('second'));
    expect(second.ticket).toEqual(first.ticket);
    const next = await ticketOf(stage, first.ticket?.externalTicketId ?? '');
    expect(next.follows).toBe(id);
    expect(next.entries.map(({ text }) => text)).toEqual(['first', 'second']);
    // By the tag the account's triggers leave our tickets out.
    expect(next.tags).toContain('wotnot');
  });

  it('takes no note, and says so', async () => {
    const { id, contact } = await openTicket(stage);
    await fake.setStatus(id, 'closed');
    const outcome = await send(stage, { kind: 'add-ticket-note', lines: [lineOf(contact, 'x')] }, id);
    expect(outcome).toMatchObject({ outcome: 'refused', code: 'ticket_closed' });
  });

  it('is solved already', async () => {
    const { id } = await openTicket(stage);
    await fake.setStatus(id, 'closed');
    const outcome = await send(stage, { kind: 'update-ticket', change: { status: 'solved' } }, id);
    expect(outcome).toMatchObject({ outcome: 'delivered', state: { status: 'closed' } });
  });

  it('names the ticket that it was merged into', async () => {
    const [one, other] = [await openTicket(stage), await openTicket(stage)];
    await fake.mergeTicket?.(one.id, other.id);
    expect(await send(stage, messageOrder(one.contact, 'Hello?'), one.id)).toMatchObject({
      outcome: 'ticket_gone',
      mergedInto: other.id,
    });
  });
});
