import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { createMemoryDesk, type MemoryDesk, type MemoryTicket } from '../support/memory-desk.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

describe('a contact whom an agent corrects in the desk', { timeout: 120_000 }, () => {
  let house: House;
  let desk: MemoryDesk;
  beforeAll(async () => {
    desk = createMemoryDesk();
    house = await openHouse({
      database: 'embedded',
      connectors: [desk.connector],
      env: { SWEEP_SECONDS: '0.5' },
    });
    const settings = { policy: { create: 'first-message' } };
    await house.program.connections.create({ connector: 'memory', name: 'Desk', settings, credentials: {} });
  });
  afterAll(() => house?.close());

  const begin = async (words: { name?: string; email?: string }) => {
    const visitor = await house.arrive({ text: 'hello', ...words });
    const conversationId = await house.conversationOf(visitor);
    const ticket = await waitFor(
      'the ticket',
      () => desk.tickets.find(({ reference }) => reference === conversationId),
      40,
    );
    return { visitor, conversationId, ticket };
  };
  const contactOf = async (conversationId: string) =>
    (await house.program.conversations.read(conversationId)).contact;
  /** What the chat side was told of its contact, one after the other. */
  const told = async ({ id }: Visitor): Promise<unknown[]> =>
    (await house.requests('update-variables'))
      .filter(({ conversationId }) => conversationId === id)
      .flatMap(({ body }) => (body as { variables: { type: string }[] }).variables)
      .filter(({ type }) => type === 'contact');
  /** An agent writes after it: what came before has been read. */
  const isRead = async (ticket: MemoryTicket, visitor: Visitor): Promise<void> => {
    desk.agentReplies(ticket.id, { email: 'ada@fern.example', text: 'Noted.' });
    await waitFor('the answer', async () => (await visitor.heard()).includes('Noted.'), 40);
    await house.settle(40);
  };

  it('is known in the conversation, and to the chat; and is corrected again', async () => {
    const { visitor, conversationId, ticket } = await begin({});
    desk.correct(ticket.id, { email: 'roas@home.example', phone: '+3460000' });
    await waitFor('it to be known', async () => (await contactOf(conversationId)).phone === '+3460000', 40);
    desk.correct(ticket.id, { email: 'rosa@home.example' }, { email: 'roas@home.example' });
    await waitFor(
      'it to be known',
      async () => (await contactOf(conversationId)).email === 'rosa@home.example',
      40,
    );
    await isRead(ticket, visitor);
    expect(await told(visitor)).toMatchObject([
      { name: 'email', value: 'roas@home.example' },
      { name: 'phone', value: '+3460000' },
      { name: 'email', value: 'rosa@home.example' },
    ]);
  });

  it('stays who the chat says, where the desk has corrected something else', async () => {
    const { visitor, conversationId, ticket } = await begin({ name: 'Rosa', email: 'rosa@home.example' });
    desk.correct(ticket.id, { email: 'other@home.example' }, { email: 'third@home.example' });
    await isRead(ticket, visitor);
    expect((await contactOf(conversationId)).email).toBe('rosa@home.example');
    expect(await told(visitor)).toEqual([]);
  });
});
