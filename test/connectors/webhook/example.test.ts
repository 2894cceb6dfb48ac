import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, openHouse } from '../../support/house.js';
import { ADA, type Tenancy } from '../../support/tenancy.js';
import { waitFor } from '../../support/wait-for.js';
import { openTinyDesk, type TinyDesk } from './tiny-desk.js';

vi.setConfig({ testTimeout: 90_000 });

describe('a company whose desk is examples/tiny-desk.mjs', () => {
  let house: House;
  const desks: TinyDesk[] = [];
  beforeAll(async () => {
    house = await openHouse({ database: 'embedded', env: { SWEEP_SECONDS: '0.5' } });
  });
  afterEach(async () => {
    for (const desk of desks.splice(0)) await desk.kill();
  });
  afterAll(() => house?.close());

  const open = async (policy: object = {}): Promise<Tenancy & { desk: TinyDesk }> => {
    const tenancy = await house.addTenancy();
    const desk = await openTinyDesk(tenancy, policy);
    desks.push(desk);
    return { ...tenancy, desk };
  };
  const saidIn = (desk: TinyDesk, ticketId: string, words: string[]): Promise<unknown> =>
    waitFor(`the words ${words.join(', ')}`, async () => (await desk.said(ticketId)).length >= words.length)
      .then(() => desk.said(ticketId))
      .then((said) => expect(said).toEqual(words));

  it('its operator sees that both sides know each other', async () => {
    const { program, desk } = await open();
    const look = async () =>
      (await program.connections.check(desk.connectionId)).findings.find(({ what }) =>
        what.includes('takes signed webhooks'),
      );
    expect(await look()).toMatchObject({ ok: true });
    await desk.kill();
    expect(await look()).toMatchObject({ ok: false, hint: expect.stringContaining('signed ping') });
  });

  it('a chat becomes a ticket with everything said so far; the agent’s answers reach the contact once, in order', async () => {
    const { desk, arrive, act, ...tenancy } = await open();
    const visitor = await arrive({ human: false, text: 'hours', name: 'Vera', email: 'vera@home.example' });
    const conversationId = await tenancy.conversationOf(visitor);
    await act(visitor.id, 'assign', { to: ADA.email });
    const ticket = await desk.ticketOf(conversationId);
    expect(ticket).toMatchObject({ subject: 'Chat with Vera', tags: ['wotnot'], status: 'new' });
    expect(ticket.contact).toMatchObject({ name: 'Vera', email: 'vera@home.example' });
    expect(ticket.entries[0]).toMatchObject({ author: { type: 'contact' }, text: 'hours' });
    const before = await desk.said(ticket.id);
    for (const text of ['one', 'ok', 'ok', '<b>two</b>']) await visitor.write(text);
    await saidIn(desk, ticket.id, [...before, 'one', 'ok', 'ok', '<b>two</b>']);

    for (const text of ['We open at nine.', 'And close at six.', 'Bye'])
      await desk.does(ticket.id, 'messages', { text });
    await waitFor('the answers', async () => (await visitor.heard()).length >= 3);
    await tenancy.settle();
    expect(await visitor.heard()).toEqual(['We open at nine.', 'And close at six.', 'Bye']);
    // The desk shows its own words once: they do not come back as anybody's.
    await saidIn(desk, ticket.id, [
      ...before,
      ...['one', 'ok', 'ok', '<b>two</b>'],
      ...['We open at nine.', 'And close at six.', 'Bye'],
    ]);
    expect((await desk.notes(ticket.id)).filter((note) => /nine|six|Bye/u.test(note))).toEqual([]);
    const links = await tenancy.program.conversations.ticketLinks(conversationId);
    expect(links.data).toMatchObject([
      { externalTicketId: ticket.id, url: `${desk.url}/#${ticket.id}`, ticketStatus: 'open' },
    ]);
  });

  it('notes stay among agents, on both sides', async () => {
    const { desk, arriveAndFind, ...tenancy } = await open();
    const { visitor, conversationId } = await arriveAndFind('hello');
    const ticket = await desk.ticketOf(conversationId);
    await desk.does(ticket.id, 'notes', { text: 'a secret of the staff' });
    await tenancy.ada.conversations.addNote(conversationId, { text: 'a note of the console' });
    await waitFor('the console’s note in the desk', async () =>
      (await desk.notes(ticket.id)).includes('a note of the console'),
    );
    const notes = await waitFor('both notes in the conversation', async () => {
      const { data } = await tenancy.program.conversations.events(conversationId, { limit: 200 });
      const found = data.flatMap((fact) => (fact.type === 'note.added' ? [fact.data.note] : []));
      return found.length === 2 ? found : undefined;
    });
    await tenancy.settle();
    expect(await visitor.heard()).toEqual([]);
    expect((await desk.notes(ticket.id)).filter((note) => note.includes('secret'))).toHaveLength(1);
    expect(notes.find(({ text }) => text.includes('secret'))).toMatchObject({
      originConnectionId: desk.connectionId,
      author: { email: ADA.email },
    });
    expect(notes.find(({ text }) => text.includes('console'))?.originConnectionId).toBeUndefined();
  });

  it('a file goes both ways, with its bytes', async () => {
    const { desk, arriveAndFind, ...tenancy } = await open();
    const { visitor, conversationId } = await arriveAndFind('hello');
    const ticket = await desk.ticketOf(conversationId);
    // Any shelf will do for what the contact sends; the desk's own is at hand.
    const path = `${desk.url}/files/${await desk.upload('fern.txt', 'hello fern')}`;
    await visitor.sendFile({ path, name: 'fern.txt', type: 'text/plain' });
    const received = await waitFor('the contact’s file in the desk', async () => {
      const now = (await desk.tickets()).find(({ id }) => id === ticket.id);
      return now?.entries.find(({ author, files }) => author.type === 'contact' && files.length > 0)
        ?.files[0];
    });
    expect(await (await fetch(received.url)).text()).toBe('hello fern');

    const fileId = await desk.upload('guide.txt', 'how to water a fern');
    await desk.does(ticket.id, 'messages', { text: 'Here it is', files: [fileId] });
    await waitFor('text and file', async () => (await visitor.heard()).length === 2, 30);
    const [text, file] = (await visitor.see()).messages.filter(({ from }) => from === 'agent');
    expect(text?.text).toBe('Here it is');
    expect(file?.file?.name).toBe('guide.txt');
    const bytes = await waitFor('its bytes', async () => {
      const seen = (await visitor.see()).messages.find(({ id }) => id === file?.id);
      return seen?.file?.url === undefined ? undefined : tenancy.bytes(seen.file.url);
    });
    expect(bytes.toString('utf8')).toBe('how to water a fern');
  });

  it('assignee, status and a breach are the same on both sides; what one changes does not come back', async () => {
    const { desk, arriveAndFind, ...tenancy } = await open();
    const { visitor, conversationId } = await arriveAndFind('hello');
    const ticket = await desk.ticketOf(conversationId);
    const now = async () => (await desk.tickets()).find(({ id }) => id === ticket.id);
    await tenancy.settle();
    await desk.does(ticket.id, 'change', { assignee: { agentEmail: 'grace@fern.example' } });
    await waitFor('Grace', async () => (await visitor.see()).assignee.email === 'grace@fern.example');
    await tenancy.act(visitor.id, 'assign', { to: ADA.email });
    await waitFor('Ada in the desk', async () => {
      const { assignee } = (await now()) ?? {};
      return (
        assignee !== null &&
        assignee !== undefined &&
        'agentEmail' in assignee &&
        assignee.agentEmail === ADA.email
      );
    });
    await tenancy.act(visitor.id, 'sla-breach', { name: 'First answer' });
    await waitFor('urgent', async () => (await now())?.priority === 'urgent');
    expect((await now())?.tags).toContain('sla-breached');
    await desk.does(ticket.id, 'change', { status: 'solved' });
    await waitFor('the end', async () => (await visitor.see()).status.toLowerCase() !== 'open');
    await tenancy.settle();
    const closes = (await tenancy.requests('close-conversation')).filter(
      (request) => request.conversationId === visitor.id,
    );
    expect(closes).toHaveLength(1);
    expect((await now())?.status).toBe('solved');
  });

  it('a webhook that comes again under its id is done once, and a forged or old one never', async () => {
    const { desk } = await open();
    const line = { author: { type: 'contact' }, text: 'hello', at: new Date().toISOString(), files: [] };
    const create = {
      type: 'ticket.create',
      timestamp: new Date().toISOString(),
      data: { conversationId: 'cnv_1', subject: 'Chat', contact: { id: 'c' }, messages: [line], change: {} },
    };
    const first = await desk.webhook('dlv_1', create);
    const again = await desk.webhook('dlv_1', create);
    expect(first).toMatchObject({ status: 201, body: { ticketId: expect.any(String) } });
    expect(again).toEqual(first);
    const { ticketId } = first.body as { ticketId: string };
    const message = { type: 'ticket.message', data: { ticketId, messages: [{ ...line, text: 'more' }] } };
    await Promise.all([1, 2, 3].map(() => desk.webhook('dlv_2', message)));
    expect(await desk.said(ticketId)).toEqual(['hello', 'more']);
    expect((await desk.webhook('dlv_3', message, 'somebody-elses-secret-it-is')).status).toBe(401);
    const old = new Date(Date.now() - 400_000);
    expect((await desk.webhook('dlv_4', message, desk.secret, old)).status).toBe(401);
    expect(await desk.said(ticketId)).toEqual(['hello', 'more']);
    expect(await desk.tickets()).toHaveLength(1);
  });

  it('the desk is killed and forgets everything: the chat gets a new ticket, and no word is lost', async () => {
    const { desk, arriveAndFind, ...tenancy } = await open();
    const { visitor, conversationId } = await arriveAndFind('hello');
    const first = await desk.ticketOf(conversationId);
    await tenancy.settle();
    await desk.kill();
    await visitor.write('are you there?');
    await waitFor('an attempt to fail', async () =>
      (await tenancy.deliveries('pending')).some(({ attempts }) => attempts > 0),
    );
    await desk.start();
    const second = await desk.ticketOf(conversationId, first.id, 60);
    await waitFor('the words', async () => (await desk.said(second.id)).includes('are you there?'));
    await visitor.write('good');
    await waitFor('the next words', async () => (await desk.said(second.id)).at(-1) === 'good');
    expect((await desk.said(second.id)).filter((text) => text === 'are you there?')).toHaveLength(1);
    await desk.does(second.id, 'messages', { text: 'Here again' });
    await waitFor('the answer', async () => (await visitor.heard()).includes('Here again'));
    const { data } = await tenancy.program.conversations.ticketLinks(conversationId);
    expect(data).toMatchObject([{ externalTicketId: second.id }]);
    expect(await desk.tickets()).toHaveLength(1);
  });
});
