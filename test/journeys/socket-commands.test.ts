import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BridgeError } from '../../src/client/index.js';
import {
  acceptedSchema,
  type CommandName,
  deliverySchema,
  noteSchema,
  ticketLinkSchema,
} from '../../src/contract/index.js';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

const GRACE = 'grace@fern.example';

describe('what an agent commands over its socket is carried out', () => {
  onEachDatabase((kind) => {
    let house: House;
    /** Ada commands; Grace only looks. */
    let ada: Screen;
    let grace: Screen;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      ada = await house.openScreen();
      grace = await house.openScreen(house.grace);
    });
    afterAll(() => house?.close());

    const codeOf = (name: CommandName, input: object, by: Screen = ada): Promise<string> =>
      by.feed.command(name, input as never).then(
        () => 'carried out',
        (error: unknown) => (error instanceof BridgeError ? error.code : String(error)),
      );
    const here =
      (conversationId: string) =>
      (fact: { conversationId: string | null }): boolean =>
        fact.conversationId === conversationId;
    const variableOf = async (visitor: Visitor, name: string): Promise<unknown> =>
      (await visitor.see()).variables.find((variable) => variable.name === name)?.value;

    it('note:add: the note is on the others’ screens once, however often it is said, and the visitor hears nothing', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('psst');
      const input = { conversationId, idempotencyKey: 'n-1', note: { text: 'handle with care' } };
      const [first, second] = await Promise.all([
        ada.feed.command('note:add', input),
        ada.feed.command('note:add', input),
      ]);
      const { note } = z.strictObject({ note: noteSchema }).parse(first);
      expect(note).toMatchObject({
        conversationId,
        text: 'handle with care',
        author: { type: 'agent', email: ADA.email, name: ADA.name },
      });
      expect(second).toEqual(first);
      const told = await grace.until('note.added', here(conversationId));
      expect(told).toMatchObject({ seq: note.seq, data: { note } });
      expect(await codeOf('note:add', { ...input, note: { text: 'other words' } })).toBe(
        'idempotency_key_reused',
      );
      await house.settle();
      expect(grace.of(conversationId).filter(({ type }) => type === 'note.added')).toHaveLength(1);
      expect(await visitor.heard()).toEqual([]);
    });

    it('conversation:assign: a team, another agent and the agent itself have it over there, and the others see who', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('whose am I?');
      const assign = async (to: { team: string } | { agent: string }) =>
        acceptedSchema.parse(await ada.feed.command('conversation:assign', { conversationId, to }));
      const assigned = (key: string) =>
        grace.until(
          'conversation.assigned',
          ({ conversationId: id, data: { assignee } }) =>
            id === conversationId &&
            (assignee.type === 'team' ? assignee.team : 'email' in assignee && assignee.email) === key,
        );
      const { deliveryId } = await assign({ team: 'Sales' });
      await assigned('Sales');
      expect((await visitor.see()).assignee).toMatchObject({ type: 'team', name: 'Sales' });
      for (const email of [GRACE, ADA.email]) {
        await assign({ agent: email });
        await assigned(email);
        expect((await visitor.see()).assignee).toMatchObject({ type: 'agent', email });
      }
      await house.settle();
      const delivered = await house.deliveries('delivered');
      expect(delivered.find(({ id }) => id === deliveryId)).toMatchObject({ kind: 'assign', conversationId });
    });

    it('conversation:assign: it is handed to an agent or a team, not to nobody and not to the bot; one whom WotNot does not know is told', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('do not drop me');
      await house.settle();
      const before = (await visitor.see()).assignee;
      const known = (await house.grace.conversations.read(conversationId)).assignee;
      for (const to of [
        {},
        null,
        'bot',
        { agent: 'nobody' },
        { agent: 'bot' },
        { agent: null },
        { team: ' ' },
      ])
        expect({ to, code: await codeOf('conversation:assign', { conversationId, to }) }).toEqual({
          to,
          code: 'invalid_request',
        });
      const { deliveryId } = await ada.feed.command('conversation:assign', {
        conversationId,
        to: { agent: 'stranger@fern.example' },
      });
      const failed = await grace.until('action.failed', ({ data }) => data.deliveryId === deliveryId);
      expect(failed).toMatchObject({ conversationId, data: { action: 'assign' } });
      expect(failed.data.failure.code).toBe('INVALID_DATA');
      await house.settle();
      expect((await visitor.see()).assignee).toEqual(before);
      expect((await house.grace.conversations.read(conversationId)).assignee).toEqual(known);
    });

    it('conversation:close: it is closed over there behind what was said before, and everybody sees by whom', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('bye');
      await ada.feed.command('message:send', {
        conversationId,
        message: { type: 'text', text: 'Goodbye' },
      });
      acceptedSchema.parse(await ada.feed.command('conversation:close', { conversationId }));
      const closed = await grace.until('conversation.closed', here(conversationId));
      expect(closed.data.by).toBe(ADA.email);
      expect(closed.conversation?.status).toBe('closed');
      expect((await visitor.see()).status).toBe('closed');
      expect(await visitor.heard()).toEqual(['Goodbye']);
    });

    it('variables:set: they are known at once, then over there, and told to the others once', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('note this');
      const answer = await ada.feed.command('variables:set', {
        conversationId,
        variables: [
          { name: 'mood', value: 'good' },
          { name: 'tier', value: 'gold', on: 'contact' },
        ],
      });
      acceptedSchema.parse(answer);
      const told = await grace.until('variables.changed', here(conversationId));
      expect(told.data).toEqual({ variables: { mood: 'good' }, contactVariables: { tier: 'gold' } });
      await waitFor('WotNot to have it', async () => (await variableOf(visitor, 'mood')) === 'good');
      await house.settle();
      expect(grace.of(conversationId).filter(({ type }) => type === 'variables.changed')).toHaveLength(1);
      expect(await visitor.see()).toMatchObject({ contact: { customVariables: { tier: 'gold' } } });
    });

    it('ticket:link: the link is there and told, and WotNot has the ticket as variables', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('a ticket, please');
      const link = {
        connectionId: house.connectionId,
        externalTicketId: 'T-7',
        conversationId,
        url: 'https://desk.example/T-7',
        ticketStatus: 'open',
      };
      const answer = await ada.feed.command('ticket:link', link);
      const { ticketLink } = z.strictObject({ ticketLink: ticketLinkSchema }).parse(answer);
      expect(ticketLink).toMatchObject(link);
      const told = await grace.until('ticket.linked', here(conversationId));
      expect(told.data).toEqual({
        connectionId: house.connectionId,
        externalTicketId: 'T-7',
        url: 'https://desk.example/T-7',
      });
      expect(await house.program.ticketLinks.find(house.connectionId, 'T-7')).toEqual(ticketLink);
      await waitFor('WotNot to have it', async () => (await variableOf(visitor, 'ticket_id')) === 'T-7');
      expect(await variableOf(visitor, 'ticket_url')).toBe('https://desk.example/T-7');
      expect(await variableOf(visitor, 'ticket_status')).toBe('open');
      // Said again it is the same link, and no news.
      expect(await ada.feed.command('ticket:link', link)).toEqual(answer);
      await house.settle();
      expect(grace.of(conversationId).filter(({ type }) => type === 'ticket.linked')).toHaveLength(1);
      const other = await house.arriveAndFind('mine!');
      expect(await codeOf('ticket:link', { ...link, conversationId: other.conversationId })).toBe(
        'ticket_linked_elsewhere',
      );
      expect(await codeOf('ticket:link', { ...link, externalTicketId: 'T-8' })).toBe(
        'conversation_linked_elsewhere',
      );
    });

    it('delivery:resolve: what nobody can know is as the agent says: arrived, sent again, or given up', async () => {
      const quiet = await house.addTenancy();
      const quietAda = await quiet.openScreen();
      const quietGrace = await quiet.openScreen(quiet.grace);
      await quiet.plant({ do: 'echo-none' });
      const { visitor, conversationId } = await quiet.arriveAndFind('hello');
      const doubt = async (text: string): Promise<{ id: string; deliveryId: string }> => {
        await quiet.plant({ do: 'accept-then-drop', operation: 'send-message', times: 1 });
        const { message } = await quietAda.feed.command('message:send', {
          conversationId,
          message: { type: 'text', text },
        });
        await quietGrace.until('message.uncertain', ({ data }) => data.message.id === message.id);
        return { id: message.id, deliveryId: message.deliveryId ?? '' };
      };
      const arrived = await doubt('a');
      const again = await doubt('b');
      const dropped = await doubt('c');
      const resolve = async (deliveryId: string, as: 'delivered' | 'resend' | 'cancel') => {
        const answer = await quietAda.feed.command('delivery:resolve', { deliveryId, as });
        const { delivery } = z.strictObject({ delivery: deliverySchema }).parse(answer);
        expect(delivery).toMatchObject({ id: deliveryId, conversationId, kind: 'send-message' });
        return delivery;
      };
      expect(await resolve(arrived.deliveryId, 'delivered')).toMatchObject({ state: 'delivered' });
      expect((await resolve(again.deliveryId, 'resend')).state).not.toBe('uncertain');
      expect(await resolve(dropped.deliveryId, 'cancel')).toMatchObject({ state: 'cancelled' });
      await quietGrace.until('message.sent', ({ data }) => data.message.id === arrived.id);
      const resent = await quietGrace.until('message.sent', ({ data }) => data.message.id === again.id);
      expect(resent.data.message.flags).toContain('possibleDuplicate');
      await quietGrace.until('message.failed', ({ data }) => data.message.id === dropped.id);
      await quiet.settle();
      expect(await visitor.heard()).toEqual(['a', 'b', 'c', 'b']);
      const judge = (deliveryId: string, as: string) =>
        codeOf('delivery:resolve', { deliveryId, as }, quietAda);
      expect(await judge(arrived.deliveryId, 'resend')).toBe('delivery_not_uncertain');
      expect(await judge('dlv_unknown', 'delivered')).toBe('not_found');
      expect(await judge(arrived.deliveryId, 'forget')).toBe('invalid_request');
      // Another workspace's delivery is as if it were not there.
      expect(await codeOf('delivery:resolve', { deliveryId: arrived.deliveryId, as: 'resend' })).toBe(
        'not_found',
      );
    });

    /** Every command that is about one conversation. */
    const commandsIn = (conversationId: string): [CommandName, object][] => [
      ['message:send', { conversationId, message: { type: 'text', text: 'x' } }],
      ['note:add', { conversationId, note: { text: 'x' } }],
      ['conversation:assign', { conversationId, to: { team: 'Sales' } }],
      ['conversation:close', { conversationId }],
      ['variables:set', { conversationId, variables: [{ name: 'mood', value: 'good' }] }],
      ['ticket:link', { connectionId: house.connectionId, externalTicketId: conversationId, conversationId }],
    ];

    it('a conversation that is not there, or is another workspace’s, is not_found, and nothing comes of it', async () => {
      const other = await house.addTenancy();
      const theirs = await other.arriveAndFind('mine');
      await other.settle();
      const before = await other.program.conversations.read(theirs.conversationId);
      for (const conversationId of ['cnv_unknown', theirs.conversationId])
        for (const [name, input] of commandsIn(conversationId))
          expect({ name, code: await codeOf(name, input) }).toEqual({ name, code: 'not_found' });
      await other.settle();
      expect(await other.program.conversations.read(theirs.conversationId)).toEqual(before);
      const { conversationId } = await house.arriveAndFind('hello');
      expect(
        await codeOf('ticket:link', {
          connectionId: 'con_unknown',
          externalTicketId: 'T-1',
          conversationId,
        }),
      ).toBe('not_found');
    });

    it('a closed conversation is neither answered, nor assigned, nor closed again; notes and tickets it takes', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('bye');
      await ada.feed.command('conversation:close', { conversationId });
      await grace.until('conversation.closed', here(conversationId));
      await house.settle();
      const asked = (await house.requests()).filter((one) => one.conversationId === visitor.id).length;
      const refused = ['message:send', 'conversation:assign', 'conversation:close'];
      const commands = commandsIn(conversationId);
      for (const [name, input] of commands.filter(([command]) => refused.includes(command)))
        expect({ name, code: await codeOf(name, input) }).toEqual({ name, code: 'conversation_closed' });
      await house.settle();
      const askedNow = (await house.requests()).filter((one) => one.conversationId === visitor.id).length;
      expect(askedNow).toBe(asked);
      for (const [name, input] of commands.filter(([command]) => /^(note|ticket):/u.test(command)))
        expect({ name, code: await codeOf(name, input) }).toEqual({ name, code: 'carried out' });
    });

    it('an agent acts for itself only; a program says for whom', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('who is it?');
      const asGrace: [CommandName, object][] = [
        ['note:add', { conversationId, note: { text: 'x', by: GRACE } }],
        ['conversation:assign', { conversationId, to: { team: 'Sales', by: GRACE } }],
        ['conversation:close', { conversationId, by: GRACE }],
      ];
      for (const [name, input] of asGrace)
        expect({ name, code: await codeOf(name, input) }).toEqual({ name, code: 'forbidden' });
      const program = await house.openScreen(house.program);
      expect(await codeOf('conversation:close', { conversationId, by: 'x@fern.example' }, program)).toBe(
        'agent_unknown',
      );
      for (const [name, input] of asGrace)
        expect({ name, code: await codeOf(name, input, program) }).toEqual({ name, code: 'carried out' });
      expect((await ada.until('note.added', here(conversationId))).data.note.author.email).toBe(GRACE);
      expect((await ada.until('conversation.closed', here(conversationId))).data.by).toBe(GRACE);
      expect(await visitor.see()).toMatchObject({
        status: 'closed',
        assignee: { type: 'team', name: 'Sales' },
      });
    });
  });
});
