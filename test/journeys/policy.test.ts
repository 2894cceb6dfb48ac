import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DeskOrder } from '../../src/domain/desk-order.js';
import { type House, openHouse } from '../support/house.js';
import { createMemoryDesk, type MemoryDesk, type MemoryTicket } from '../support/memory-desk.js';
import { ADA, type Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor as waitForSeconds } from '../support/wait-for.js';
import { withDesk } from '../support/with-desk.js';

vi.setConfig({ testTimeout: 90_000 });

const waitFor = <T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false) =>
  waitForSeconds(what, look, 40);

const GRACE = 'grace@fern.example';
const STRANGER = 'stranger@desk.example';

describe('what a workspace wants of its desk', () => {
  onEachDatabase((kind) => {
    let house: House;
    let desk: MemoryDesk;
    beforeAll(async () => {
      desk = createMemoryDesk();
      house = await openHouse({
        database: kind,
        connectors: [desk.connector],
        env: { SWEEP_SECONDS: '0.5' },
      });
    });
    afterEach(() => {
      desk.before = undefined;
      desk.afterLook = undefined;
    });
    afterAll(() => house?.close());

    const find = (conversationId: string): MemoryTicket | undefined =>
      desk.tickets.findLast(({ reference }) => reference === conversationId);
    const ticketOf = (conversationId: string): Promise<MemoryTicket> =>
      waitFor('the ticket', () => find(conversationId));
    /** Everything that has happened is told and read, as what an agent says after it has arrived. */
    const isTold = async (tenancy: Tenancy, ticket: MemoryTicket, visitor: Visitor): Promise<void> => {
      const words = `Noted ${ticket.comments.length}`;
      desk.agentReplies(ticket.id, { email: ADA.email, text: words });
      await waitFor('the answer', async () => (await visitor.heard()).includes(words));
      await tenancy.settle(40);
    };
    const assigneeOf = async (visitor: Visitor) => (await visitor.see()).assignee;
    const emailOf = ({ state }: MemoryTicket): string | undefined =>
      state.assignee && 'agent' in state.assignee ? state.assignee.agent.email : undefined;

    it('a chat whose channel or labels do not fit has no ticket, until it has the label', async () => {
      const tenancy = await withDesk(house, { create: 'first-message', labels: ['shop'] });
      const other = await withDesk(house, { channels: ['WHATSAPP'] });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const elsewhere = await other.arriveAndFind('hello');
      await visitor.write('anybody?');
      await tenancy.settle(40);
      await other.settle(40);
      expect(find(conversationId)).toBeUndefined();
      await tenancy.act(visitor.id, 'label', { name: 'Shop' });
      const ticket = await ticketOf(conversationId);
      expect(desk.heard(ticket.id)).toEqual(['hello', 'anybody?']);
      expect(ticket.tags).toEqual(['wotnot', 'Shop']);
      expect(find(elsewhere.conversationId)).toBeUndefined();
    });

    it('no chat has a ticket where they are made by hand', async () => {
      const tenancy = await withDesk(house, { create: 'never' });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      await tenancy.act(visitor.id, 'assign', { to: ADA.email });
      await tenancy.act(visitor.id, 'sla-breach', { name: 'First answer' });
      await tenancy.settle(40);
      expect(find(conversationId)).toBeUndefined();
    });

    it('subject and introduction say what the workspace has written, with the contact’s name in it', async () => {
      const tenancy = await withDesk(house, {
        create: 'first-message',
        subject: '{{channel}}: {{contact.name}}',
        introduction: 'Chat {{conversation.id}} of {{contact.email}}, {{nobody}}',
      });
      const told: DeskOrder[] = [];
      desk.before = (order) => {
        told.push(order);
        return undefined;
      };
      const visitor = await tenancy.arrive({ text: 'hello', name: 'Vera', email: 'vera@home.example' });
      const conversationId = await tenancy.conversationOf(visitor);
      expect((await ticketOf(conversationId)).subject).toMatch(/^\S+: Vera$/u);
      expect(told.find(({ kind: what }) => what === 'create-ticket')).toMatchObject({
        introduction: `Chat ${conversationId} of vera@home.example, {{nobody}}`,
      });
    });

    it('a chat that was long before it got its ticket: the last 200 lines, and how many stand before them', async () => {
      const tenancy = await withDesk(house, {
        create: 'first-message',
        labels: ['shop'],
        introduction: 'From the shop.',
      });
      const introductions: string[] = [];
      desk.before = (order) => {
        if (order.kind === 'create-ticket') introductions.push(order.introduction);
        return undefined;
      };
      const { visitor, conversationId } = await tenancy.arriveAndFind('line 1');
      for (let n = 2; n <= 203; n += 1) await visitor.write(`line ${n}`);
      await tenancy.settle(40);
      await tenancy.act(visitor.id, 'label', { name: 'Shop' });
      const ticket = await ticketOf(conversationId);
      const heard = desk.heard(ticket.id).join('\n');
      expect(heard).not.toMatch(/\bline 3\b/u);
      expect(heard).toMatch(/\bline 4\b[^]*\bline 203\b/u);
      expect(introductions).toEqual([
        'From the shop.\n3 earlier lines of this chat are not shown here; the bridge has them.',
      ]);
    });

    it.each(['note', 'nothing'] as const)(
      'a chat that is closed leaves the ticket open: %s',
      async (wanted) => {
        const tenancy = await withDesk(house, { onConversationClosed: wanted });
        const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
        const ticket = await ticketOf(conversationId);
        await tenancy.settle(40);
        await tenancy.act(visitor.id, 'close');
        await waitFor(
          'the bridge to know',
          async () => (await tenancy.program.conversations.read(conversationId)).status === 'closed',
        );
        const isNoted = (): boolean => desk.notes(ticket.id).some((note) => note.includes('was closed'));
        if (wanted === 'note') await waitFor('the note', isNoted);
        await tenancy.settle(40);
        expect(isNoted()).toBe(wanted === 'note');
        expect(ticket.state.status).toBe('new');
      },
    );

    it('a message to a solved ticket makes a new one that knows nothing of it', async () => {
      const tenancy = await withDesk(house, { onTicketSolved: 'nothing', onMessageToSolved: 'new' });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const first = await ticketOf(conversationId);
      desk.change(first.id, { status: 'solved' });
      await waitFor('the bridge to know', async () => {
        const { data } = await tenancy.program.conversations.ticketLinks(conversationId);
        return data[0]?.ticketStatus === 'solved';
      });
      await visitor.write('something else');
      const next = await waitFor('another ticket', () => {
        const found = find(conversationId);
        return found !== first && found;
      });
      await waitFor('the words', () => desk.heard(next.id).length === 1);
      expect(desk.heard(next.id)).toEqual(['something else']);
      expect(next.follows).toBeUndefined();
      expect(desk.heard(first.id)).toEqual(['hello']);
    });

    it('assignees go the one way that is wanted, and not the other', async () => {
      const toTicket = await withDesk(house, { assignee: 'to-ticket' });
      const one = await toTicket.arriveAndFind('hello');
      const first = await ticketOf(one.conversationId);
      await toTicket.act(one.visitor.id, 'assign', { to: ADA.email });
      await waitFor('Ada to have the ticket', () => emailOf(first) === ADA.email);
      desk.change(first.id, { assignee: { agent: { email: GRACE } } });
      await isTold(toTicket, first, one.visitor);
      expect(await assigneeOf(one.visitor)).toMatchObject({ email: ADA.email });

      const toConversation = await withDesk(house, { assignee: 'to-conversation' });
      const other = await toConversation.arriveAndFind('hello');
      const second = await ticketOf(other.conversationId);
      await toConversation.settle(40);
      desk.change(second.id, { assignee: { agent: { email: GRACE } } });
      await waitFor('Grace to have the chat', async () => (await assigneeOf(other.visitor)).email === GRACE);
      await toConversation.act(other.visitor.id, 'assign', { to: ADA.email });
      await isTold(toConversation, second, other.visitor);
      expect(emailOf(second)).toBe(GRACE);
    });

    it('a look that began before the bridge changed the ticket undoes nothing, and what an agent does then counts', async () => {
      let looks = 0;
      let mayTell = false;
      desk.afterLook = async () => {
        looks += 1;
        await waitFor('leave to tell', () => mayTell);
      };
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await waitFor('the look', () => looks > 0);
      await tenancy.act(visitor.id, 'assign', { to: GRACE });
      await waitFor('Grace to have the ticket', () => emailOf(ticket) === GRACE);
      await waitFor('nothing to be owed', async () => (await house.deliveries('pending')).length === 0);
      mayTell = true;
      await isTold(tenancy, ticket, visitor);
      expect(await assigneeOf(visitor)).toMatchObject({ email: GRACE });
      expect(emailOf(ticket)).toBe(GRACE);

      desk.change(ticket.id, { assignee: { team: { name: 'Support' } } });
      await waitFor('the team to have the chat', async () => (await assigneeOf(visitor)).type === 'team');
    });

    it('an agent’s change that is seen while one of ours waits is carried once ours is through', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await isTold(tenancy, ticket, visitor);
      let refusals = 0;
      desk.before = () => (refusals++ < 2 ? { outcome: 'retry', code: 'busy', message: 'Busy.' } : undefined);
      await tenancy.act(visitor.id, 'sla-breach', { name: 'First answer' });
      await waitFor('the order to be refused', () => refusals > 0);
      desk.change(ticket.id, { assignee: { agent: { email: GRACE } } });
      await waitFor('Grace to have the chat', async () => (await assigneeOf(visitor)).email === GRACE);
      expect(ticket.state.priority).toBeDefined();
    });

    it('what agents say elsewhere is not told where nobody wants it', async () => {
      const tenancy = await withDesk(house, { otherMessages: 'nothing' });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await tenancy.act(visitor.id, 'assign', { to: ADA.email });
      await tenancy.act(visitor.id, 'message', { text: 'Said in WotNot.', by: ADA.email });
      await visitor.write('thanks');
      await waitFor('the contact’s words', () => desk.heard(ticket.id).includes('thanks'));
      await tenancy.settle(40);
      expect(desk.notes(ticket.id)).toEqual([]);
    });

    it('an agent whom WotNot does not know answers as whom the policy names, else as whoever has the chat', async () => {
      const saidAs = async (visitor: Visitor, words: string): Promise<string | undefined> => {
        await waitFor('the answer', async () => (await visitor.heard()).includes(words));
        return (await visitor.see()).messages.find(({ text }) => text === words)?.agent?.email;
      };
      const tenancy = await withDesk(house, {
        fallbackAgent: GRACE,
        agents: { 'mapped@desk.example': ADA.email },
      });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      desk.agentReplies(ticket.id, { email: STRANGER, text: 'From a stranger.' });
      expect(await saidAs(visitor, 'From a stranger.')).toBe(GRACE);
      desk.agentReplies(ticket.id, { email: 'mapped@desk.example', text: 'From Ada.' });
      expect(await saidAs(visitor, 'From Ada.')).toBe(ADA.email);

      const without = await withDesk(house, { fallbackAgent: 'gone@fern.example' });
      const other = await without.arriveAndFind('hello');
      const second = await ticketOf(other.conversationId);
      await without.act(other.visitor.id, 'assign', { to: GRACE });
      await waitFor('Grace to have the ticket', () => emailOf(second) === GRACE);
      desk.agentReplies(second.id, { email: STRANGER, text: 'From another.' });
      expect(await saidAs(other.visitor, 'From another.')).toBe(GRACE);
    });

    it('where nobody is there to answer as, the ticket and the operator are told, and a replay sends the answer', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await tenancy.settle(40);
      const { agents, inboundEvents } = { ...tenancy.program };
      for (const { id } of (await agents.list()).data) await agents.disable(id);
      desk.agentReplies(ticket.id, { email: ADA.email, text: 'We open at nine.' });
      await waitFor('the ticket to be told', () => desk.notes(ticket.id).length > 0);
      expect(desk.notes(ticket.id)).toEqual([
        expect.stringMatching(/^NOT delivered to the contact: "We open at nine\."\. .*no agent/u),
      ]);
      const [failed, ...others] = (await inboundEvents.list({ state: 'failed' })).data;
      expect(others).toEqual([]);
      expect(failed?.detail).toMatch(/desk-bridge agent create.*replay/u);
      await tenancy.settle(40);
      expect(await visitor.heard()).toEqual([]);
      // What comes behind it is not held up.
      desk.agentNotes(ticket.id, ADA.email, 'a note');
      await waitFor('the note', async () => {
        const page = await tenancy.program.conversations.events(conversationId, { limit: 200 });
        return page.data.some(({ type }) => type === 'note.added');
      });
      await agents.create(ADA);
      await inboundEvents.replay(failed?.id ?? '');
      await waitFor('the answer', async () => (await visitor.heard()).length === 1);
      await tenancy.settle(40);
      expect(await visitor.heard()).toEqual(['We open at nine.']);
      expect(desk.notes(ticket.id).filter((note) => note.includes('NOT delivered'))).toHaveLength(1);
      expect((await inboundEvents.list({ state: 'failed' })).data).toEqual([]);
    });
  });
});
