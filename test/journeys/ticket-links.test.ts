import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BridgeError } from '../../src/client/index.js';
import type { TicketLink } from '../../src/contract/resources.js';
import { type House, openHouse } from '../support/house.js';
import { createMemoryDesk } from '../support/memory-desk.js';
import type { Screen } from '../support/screen.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';
import { withDesk } from '../support/with-desk.js';

const ROUNDS = 5;
const AT_ONCE = 4;

// Rounds of races take their time, on whatever machine this is.
vi.setConfig({ testTimeout: 90_000 });

describe('one conversation and one ticket of a connection', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    beforeAll(async () => {
      house = await openHouse({
        database: kind,
        connectors: [createMemoryDesk().connector],
        env: { SWEEP_SECONDS: '0.5' },
      });
      screen = await house.openScreen(house.grace);
    });
    afterAll(() => house?.close());

    const link = (externalTicketId: string, conversationId: string) =>
      house.ada.ticketLinks.link(house.connectionId, externalTicketId, { conversationId });
    const ticketsOf = async (conversationId: string): Promise<string[]> =>
      (await house.ada.conversations.ticketLinks(conversationId)).data.map(
        ({ externalTicketId }) => externalTicketId,
      );
    const linkedFacts = (conversationId: string) =>
      screen.of(conversationId).filter(({ type }) => type === 'ticket.linked');

    it('a second ticket is refused, naming the one that the conversation has', async () => {
      const { conversationId } = await house.arriveAndFind('a ticket, please');
      await link('T-1', conversationId);
      await expect(link('T-2', conversationId)).rejects.toMatchObject({
        status: 409,
        code: 'conversation_linked_elsewhere',
        details: { conversationId, externalTicketId: 'T-1' },
      });
      expect(await ticketsOf(conversationId)).toEqual(['T-1']);
      const find = house.program.ticketLinks.find(house.connectionId, 'T-2');
      await expect(find).rejects.toMatchObject({ code: 'not_found' });
      await house.settle();
      expect(linkedFacts(conversationId)).toHaveLength(1);
    });

    it('the ticket that a desk has got by itself counts too; one of another connection is another matter', async () => {
      const tenancy = await withDesk(house);
      const { conversationId } = await tenancy.arriveAndFind('two desks');
      const linksOf = async () => (await tenancy.ada.conversations.ticketLinks(conversationId)).data;
      const own = await waitFor('the desk’s own ticket', async () => (await linksOf())[0]);
      const { link: linkTo } = tenancy.ada.ticketLinks;
      await expect(linkTo(tenancy.deskId, 'T-10', { conversationId })).rejects.toMatchObject({
        code: 'conversation_linked_elsewhere',
        details: { conversationId, externalTicketId: own.externalTicketId },
      });
      await linkTo(tenancy.connectionId, 'T-10', { conversationId });
      expect((await linksOf()).map(({ connectionId }) => connectionId).sort()).toEqual(
        [tenancy.connectionId, tenancy.deskId].sort(),
      );
    });

    it('of tickets that are linked to one conversation at once one wins, and the others are told which', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { conversationId } = await house.arriveAndFind(`round ${round}`);
        const answers = await Promise.allSettled(
          Array.from({ length: AT_ONCE }, (_none, n) => link(`R-${round}-${n}`, conversationId)),
        );
        const won = answers.flatMap((answer): TicketLink[] =>
          answer.status === 'fulfilled' ? [answer.value] : [],
        );
        const lost = answers.flatMap((answer): unknown[] =>
          answer.status === 'rejected' ? [answer.reason] : [],
        );
        expect(won).toHaveLength(1);
        const [winner] = won;
        for (const error of lost) {
          expect(error).toBeInstanceOf(BridgeError);
          expect(error).toMatchObject({
            status: 409,
            code: 'conversation_linked_elsewhere',
            details: { conversationId, externalTicketId: winner?.externalTicketId },
          });
        }
        expect(await ticketsOf(conversationId)).toEqual([winner?.externalTicketId]);
        await screen.until('ticket.linked', (fact) => fact.conversationId === conversationId);
        await house.settle();
        expect(linkedFacts(conversationId)).toMatchObject([
          { data: { externalTicketId: winner?.externalTicketId } },
        ]);
      }
    });

    it('of conversations that one ticket is linked to at once one wins, and the others are told which', async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const arrived = await Promise.all(
          Array.from({ length: AT_ONCE }, (_none, n) => house.arriveAndFind(`round ${round}, ${n}`)),
        );
        const answers = await Promise.allSettled(
          arrived.map(({ conversationId }) => link(`S-${round}`, conversationId)),
        );
        const { conversationId: winner } = await house.program.ticketLinks.find(
          house.connectionId,
          `S-${round}`,
        );
        for (const [n, answer] of answers.entries()) {
          const isWinner = arrived[n]?.conversationId === winner;
          expect(answer.status).toBe(isWinner ? 'fulfilled' : 'rejected');
          if (answer.status === 'rejected')
            expect(answer.reason).toMatchObject({
              status: 409,
              code: 'ticket_linked_elsewhere',
              details: { conversationId: winner, externalTicketId: `S-${round}` },
            });
        }
      }
    });

    it('a link taken apart is told on the screens, once; then another ticket may take its place', async () => {
      const { conversationId } = await house.arriveAndFind('wrong ticket');
      const { unlink } = house.program.ticketLinks;
      await link('W-1', conversationId);
      expect(await unlink(house.connectionId, 'W-1')).toMatchObject({
        externalTicketId: 'W-1',
        conversationId,
      });
      const told = await screen.until('ticket.unlinked', (fact) => fact.conversationId === conversationId);
      expect(told.data).toEqual({ connectionId: house.connectionId, externalTicketId: 'W-1' });
      await expect(unlink(house.connectionId, 'W-1')).rejects.toMatchObject({ code: 'not_found' });
      await link('W-2', conversationId);
      expect(await ticketsOf(conversationId)).toEqual(['W-2']);
      await screen.until('ticket.linked', ({ data }) => data.externalTicketId === 'W-2');
      await house.settle();
      const news = screen.of(conversationId).filter(({ type }) => type.startsWith('ticket.'));
      expect(news.map(({ type }) => type)).toEqual(['ticket.linked', 'ticket.unlinked', 'ticket.linked']);
      const seqs = screen.of(conversationId).map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((one, other) => one - other));
    });
  });
});
