import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWotNotConnector } from '../../../src/connectors/wotnot/index.js';
import { type House, openHouse } from '../../support/house.js';
import { onEachDatabase } from '../../support/test-database.js';

describe('a ticket’s facts as variables', () => {
  onEachDatabase((kind) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());
    const asked = async (id: string) =>
      (await house.requests('update-variables')).filter(({ conversationId }) => conversationId === id);
    const setTicketVariables = async (value: unknown) => {
      const { prisma } = house.app.database;
      const row = await prisma.connection.findFirstOrThrow({ where: { id: house.connectionId } });
      const { ticketVariables: _before, ...settings } = row.settings as Record<string, unknown>;
      const next = { ...settings, ...(value === undefined ? {} : { ticketVariables: value }) };
      await prisma.connection.updateMany({
        where: { id: house.connectionId },
        data: { settings: next as never },
      });
    };

    it('are set when it is linked, and when its status changes, and not when nothing does', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const url = 'https://desk.example/tickets/7';
      const link = (ticketStatus: string) =>
        house.program.ticketLinks.link(house.connectionId, `T-${conversationId}`, {
          conversationId,
          url,
          ticketStatus,
        });
      await link('open');
      await house.settle();
      const read = () => house.ada.conversations.read(conversationId);
      expect((await read()).variables).toMatchObject({
        ticket_id: `T-${conversationId}`,
        ticket_url: url,
        ticket_status: 'open',
      });
      expect((await visitor.see()).variables).toContainEqual(
        expect.objectContaining({ name: 'ticket_status', value: 'open' }),
      );
      await link('open');
      await house.settle();
      expect(await asked(visitor.id)).toHaveLength(1);
      await link('solved');
      await house.settle();
      expect(await asked(visitor.id)).toHaveLength(2);
      expect((await read()).variables).toMatchObject({ ticket_status: 'solved' });
    });

    it('have the names that the connection gives them, or are not told at all', async () => {
      await setTicketVariables({ id: 'case_number' });
      const named = await house.arriveAndFind('hello');
      await house.program.ticketLinks.link(house.connectionId, 'T-named', {
        conversationId: named.conversationId,
      });
      await house.settle();
      expect((await asked(named.visitor.id)).map(({ body }) => body)).toEqual([
        { variables: [{ name: 'case_number', type: 'conversation', value: 'T-named' }] },
      ]);
      await setTicketVariables(false);
      const silent = await house.arriveAndFind('hello');
      await house.program.ticketLinks.link(house.connectionId, 'T-silent', {
        conversationId: silent.conversationId,
      });
      await house.settle();
      expect(await asked(silent.visitor.id)).toEqual([]);
      await setTicketVariables(undefined);
    });

    it('wait behind what the conversation owes already, and come after its start', async () => {
      const { id } = await house.ada.conversations.start({
        channel: 'SMS',
        from: '11231231230',
        to: { phone: '+15558880001' },
        message: { type: 'text', text: 'Hello' },
        ticket: { connectionId: house.connectionId, externalTicketId: 'T-started' },
      });
      await house.settle();
      expect((await house.ada.conversations.read(id)).variables).toMatchObject({ ticket_id: 'T-started' });
    });
  });

  it('are named in the settings, each by a word', () => {
    const { parseSettings } = createWotNotConnector({ allowPrivate: true });
    const parse = (ticketVariables: unknown) =>
      parseSettings({ accountId: '1', ticketVariables })['ticketVariables'];
    expect(parse(false)).toBe(false);
    expect(parse('false')).toBe(false);
    expect(parse({ status: 'case_status' })).toEqual({ status: 'case_status' });
    expect(() => parse({ colour: 'x' })).toThrow();
    expect(() => parse(true)).toThrow();
  });
});
