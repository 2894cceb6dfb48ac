import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWotNotConnector } from '../../../src/connectors/wotnot/index.js';
import { contactVariables, isMadeUpName, newsOfContact } from '../../../src/domain/contact-variables.js';
import { type House, openHouse } from '../../support/house.js';
import { onEachDatabase } from '../../support/test-database.js';
import type { Visitor } from '../../support/visitor.js';

describe('what the desk knows of a contact, as variables', () => {
  onEachDatabase((kind) => {
    let house: House;
    let tickets = 0;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    const told = async (id: string): Promise<unknown[]> =>
      (await house.requests('update-variables'))
        .filter(({ conversationId }) => conversationId === id)
        .flatMap(({ body }) => (body as { variables: { type: string }[] }).variables)
        .filter(({ type }) => type === 'contact');
    const arrive = async (
      words: { name?: string; email?: string } = {},
    ): Promise<{ visitor: Visitor; conversationId: string }> => {
      const visitor = await house.arrive({ text: 'hello', ...words });
      const conversationId = await house.conversationOf(visitor);
      await house.settle();
      return { visitor, conversationId };
    };
    const link = async (
      conversationId: string,
      contact: { name?: string; email?: string; phone?: string },
      externalTicketId = `T-${(tickets += 1)}`,
    ): Promise<string> => {
      await house.program.ticketLinks.link(house.connectionId, externalTicketId, { conversationId, contact });
      await house.settle();
      return externalTicketId;
    };
    const setting = (value: unknown) =>
      house.program.connections.change(house.connectionId, { settings: { contactVariables: value } });
    const rosa = { name: 'Rosa Diaz', email: 'rosa@customer.example', phone: '+15551230001' };
    const all = [
      { name: 'name', type: 'contact', value: rosa.name },
      { name: 'email', type: 'contact', value: rosa.email },
      { name: 'phone', type: 'contact', value: rosa.phone },
    ];

    it('a ticket’s requester: what the chat side lacks arrives there, and is known here', async () => {
      const { visitor, conversationId } = await arrive();
      await link(conversationId, rosa);
      expect(await told(visitor.id)).toEqual(all);
      const { contact } = await house.ada.conversations.read(conversationId);
      expect(contact).toMatchObject(rosa);
      const { data } = await house.ada.conversations.events(conversationId);
      expect(data.map(({ type }) => type)).toContain('conversation.updated');
    });

    it('what the chat side has told is neither changed nor sent back to it', async () => {
      const { visitor, conversationId } = await arrive({ name: 'Rosita', email: 'rosita@home.example' });
      await link(conversationId, rosa);
      expect(await told(visitor.id)).toEqual([{ name: 'phone', type: 'contact', value: rosa.phone }]);
      expect((await house.ada.conversations.read(conversationId)).contact).toMatchObject({
        name: 'Rosita',
        email: 'rosita@home.example',
        phone: rosa.phone,
      });
    });

    it('what was sent comes back as news and is not sent again, nor is it told twice', async () => {
      const { visitor, conversationId } = await arrive();
      const ticket = await link(conversationId, { email: rosa.email });
      await link(conversationId, { email: rosa.email }, ticket);
      await visitor.write('still here');
      await house.settle();
      await link(conversationId, { email: 'other@customer.example' }, ticket);
      expect(await told(visitor.id)).toEqual([{ name: 'email', type: 'contact', value: rosa.email }]);
      await link(conversationId, { name: rosa.name }, ticket);
      await visitor.write('my name is told now');
      await house.settle();
      expect(await told(visitor.id)).toHaveLength(2);
      expect((await house.ada.conversations.read(conversationId)).contact).toMatchObject({
        name: rosa.name,
        email: rosa.email,
      });
    });

    it('have the names that the connection gives them; false is not told', async () => {
      await setting({ name: 'customer_name', phone: false });
      const { visitor, conversationId } = await arrive();
      await link(conversationId, rosa);
      expect(await told(visitor.id)).toEqual([
        { name: 'customer_name', type: 'contact', value: rosa.name },
        { name: 'email', type: 'contact', value: rosa.email },
      ]);
      await setting(false);
      const silent = await arrive();
      await link(silent.conversationId, rosa);
      expect(await told(silent.visitor.id)).toEqual([]);
      expect((await house.ada.conversations.read(silent.conversationId)).contact).toMatchObject(rosa);
      await setting(null);
    });

    it('a conversation that we start tells them itself; only what is called otherwise is told behind it', async () => {
      const start = async (phone: string): Promise<unknown[]> => {
        const { id } = await house.ada.conversations.start({
          channel: 'SMS',
          from: '11231231230',
          to: { phone, name: rosa.name, email: rosa.email },
          message: { type: 'text', text: 'Hello' },
        });
        await house.settle();
        const { externalConversationId } = await house.ada.conversations.read(id);
        return told(externalConversationId);
      };
      expect(await start('+15551239001')).toEqual([]);
      await setting({ name: 'customer_name' });
      expect(await start('+15551239002')).toEqual([
        { name: 'customer_name', type: 'contact', value: rosa.name },
      ]);
      await setting(null);
    });

    it('nothing is learnt from a link that is refused', async () => {
      const first = await arrive();
      const second = await arrive();
      const ticket = await link(first.conversationId, {});
      await expect(link(second.conversationId, rosa, ticket)).rejects.toMatchObject({
        code: 'ticket_linked_elsewhere',
      });
      expect(await told(second.visitor.id)).toEqual([]);
      expect((await house.ada.conversations.read(second.conversationId)).contact.email).toBeUndefined();
    });
  });

  it('are named in the settings, each by a word or by false', () => {
    const { parseSettings } = createWotNotConnector({ allowPrivate: true });
    const parse = (contactVariables: unknown) =>
      parseSettings({ accountId: '1', contactVariables })['contactVariables'];
    expect(parse(false)).toBe(false);
    expect(parse('false')).toBe(false);
    expect(parse({ name: 'customer', phone: false })).toEqual({ name: 'customer', phone: false });
    expect(() => parse({ colour: 'x' })).toThrow();
    expect(() => parse({ name: '' })).toThrow();
    expect(() => parse(true)).toThrow();
  });

  it('a name that a chat side has made up is none', () => {
    for (const name of ['Visitor - A27187', 'visitor', 'Guest 12', 'Anonymous', 'Visitor #4'])
      expect({ name, madeUp: isMadeUpName(name) }).toEqual({ name, madeUp: true });
    for (const name of ['Rosa', 'Guest House Ltd', 'Visitor Centre', 'Al Guest'])
      expect({ name, madeUp: isMadeUpName(name) }).toEqual({ name, madeUp: false });
    const nobody = { name: 'Visitor - A1', email: null, phone: null };
    expect(newsOfContact(nobody, { name: ' Rosa ', email: ' ', phone: undefined })).toEqual({ name: 'Rosa' });
    expect(newsOfContact({ ...nobody, name: 'Rosa' }, { name: 'Visitor - A2' })).toEqual({});
    expect(contactVariables(undefined, { email: 'a@b.c' })).toEqual([
      { name: 'email', value: 'a@b.c', on: 'contact' },
    ]);
  });
});
