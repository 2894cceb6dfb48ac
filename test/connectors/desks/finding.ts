import { describe, expect, it } from 'vitest';
import type { FindOutcome } from '../../../src/connectors/connector.js';
import type { DeskOrder } from '../../../src/domain/desk-order.js';
import type { Fault } from '../../fakes/fake-desk.js';
import {
  contextOf,
  createOrder,
  delivered,
  type DeskStage,
  expectExplained,
  findContextOf,
  lineOf,
  messageOrder,
  openTicket,
  send,
} from './stage.js';

/** Desks index what they search in their own time: asked until it is known, for a minute at most. */
async function find(
  { connector, account }: DeskStage,
  order: DeskOrder,
  since: Date,
  externalTicketId?: string,
  known: readonly string[] = [],
): Promise<FindOutcome> {
  const conversationId = order.kind === 'create-ticket' ? order.reference : 'cnv-of-the-test';
  const target = { conversationId, ...(externalTicketId === undefined ? {} : { externalTicketId }) };
  const context = findContextOf(new Date(since.getTime() - 3_000), known);
  let found = await connector.find(order, target, account, context);
  for (let tries = 0; tries < 60 && found.outcome === 'unknown'; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    found = await connector.find(order, target, account, context);
  }
  return found;
}

const lost: Fault['do'][] = ['accept-then-drop', 'accept-then-500'];

export function describeFinding(here: () => DeskStage): void {
  describe('after an answer that was lost', () => {
    const cannotBeAsked = (): boolean => here().connector.capabilities.repeats === 'all-keys';

    it.for(lost)(
      'does each order once however often it is sent under its key (%s)',
      async (fault, { skip }) => {
        skip(!cannotBeAsked(), 'it can be asked (capabilities.repeats)');
        const { fake } = here();
        const create = createOrder();
        const { id, contact } = await openTicket(here());
        const note: DeskOrder = { kind: 'add-ticket-note', lines: [lineOf(contact, 'Said among agents.')] };
        for (const [order, ticketId] of [
          [create, undefined],
          [messageOrder(contact, 'Was this heard?'), id],
          [note, id],
        ] as const) {
          const context = contextOf();
          fake.plant({ on: 'any', do: fault });
          const outcome = await send(here(), order, ticketId, context);
          // Nothing need be asked, and nobody: it goes again.
          expect(outcome.outcome).toBe('retry');
          expectExplained(here(), outcome);
          delivered(await send(here(), order, ticketId, context));
        }
        const made = (await fake.tickets()).filter(({ reference }) => reference === create.reference);
        expect(made).toHaveLength(1);
        const words = [...(made[0]?.entries ?? []), ...((await fake.ticket(id))?.entries ?? [])];
        for (const text of ['Was this heard?', 'Said among agents.'])
          expect(words.filter((entry) => entry.text.includes(text))).toHaveLength(1);
      },
    );

    it.for(lost)('finds the ticket that was made (%s)', { timeout: 90_000 }, async (fault, { skip }) => {
      skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
      const { fake, connector } = here();
      const order = createOrder();
      const since = new Date();
      const context = contextOf();
      fake.plant({ on: 'create', do: fault });
      const outcome = await send(here(), order, undefined, context);
      if (connector.capabilities.repeats === 'keys') {
        expect(['retry', 'uncertain']).toContain(outcome.outcome);
      } else expect(outcome.outcome).toBe('uncertain');
      expectExplained(here(), outcome);
      const found = await find(here(), order, since);
      // A desk that takes several calls may only have begun: the next attempt goes on from there.
      if (found.outcome === 'absent') delivered(await send(here(), order, undefined, context));
      const made = (await fake.tickets()).filter(({ reference }) => reference === order.reference);
      expect(made).toHaveLength(1);
      const again = await find(here(), order, since);
      expect(again).toMatchObject({ outcome: 'delivered', ticket: { externalTicketId: made[0]!.id } });
      const words = made[0]!.entries.map(({ text }) => text).join('\n');
      expect(words.split('My order has not come.')).toHaveLength(2);
    });

    it('says that a ticket was not made when nothing was done', async ({ skip }) => {
      skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
      const { fake } = here();
      const order = createOrder();
      const since = new Date();
      fake.plant({ on: 'create', do: 'refuse' });
      const outcome = await send(here(), order);
      expect(['uncertain', 'retry']).toContain(outcome.outcome);
      expect(await find(here(), order, since)).toEqual({ outcome: 'absent' });
      const opened = delivered(await send(here(), order));
      const made = (await fake.tickets()).filter(({ reference }) => reference === order.reference);
      expect(made.map(({ id }) => id)).toEqual([opened.ticket?.externalTicketId]);
    }, 90_000);

    it.for(lost)(
      'finds the contact’s message, and tells its ids (%s)',
      { timeout: 90_000 },
      async (fault, { skip }) => {
        skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
        const { fake } = here();
        const { id, contact } = await openTicket(here());
        const order = messageOrder(contact, 'Was this heard?');
        const since = new Date();
        fake.plant({ on: 'write', do: fault });
        const outcome = await send(here(), order, id);
        expect(outcome.outcome).toBe('uncertain');
        expectExplained(here(), outcome);
        const found = await find(here(), order, since, id);
        expect(found).toMatchObject({ outcome: 'delivered' });
        const written = (await fake.ticket(id))?.entries.filter(({ text }) =>
          text.includes('Was this heard?'),
        );
        expect(written).toHaveLength(1);
        if (found.outcome === 'delivered') expect(found.writtenIds).toContain(written?.[0]?.externalId);
      },
    );

    it('tells two equal messages apart: the second was not heard', async ({ skip }) => {
      skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      const { writtenIds } = delivered(await send(here(), messageOrder(contact, 'ok'), id));
      // Where the desk does not tell what it has written, only the time can tell them apart.
      if (writtenIds.length === 0) await new Promise((resolve) => setTimeout(resolve, 6_000));
      const since = new Date();
      fake.plant({ on: 'write', do: 'refuse' });
      const outcome = await send(here(), messageOrder(contact, 'ok'), id);
      expect(['uncertain', 'retry']).toContain(outcome.outcome);
      const found = await find(here(), messageOrder(contact, 'ok'), since, id, writtenIds);
      expect(found).toEqual({ outcome: 'absent' });
    }, 90_000);

    it('tells two equal messages apart: the second was heard', async ({ skip }) => {
      skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      const { writtenIds } = delivered(await send(here(), messageOrder(contact, 'ok'), id));
      const since = new Date();
      fake.plant({ on: 'write', do: 'accept-then-drop' });
      expect((await send(here(), messageOrder(contact, 'ok'), id)).outcome).toBe('uncertain');
      const found = await find(here(), messageOrder(contact, 'ok'), since, id, writtenIds);
      expect(found).toMatchObject({ outcome: 'delivered' });
      const heard = (await fake.ticket(id))?.entries.filter(({ text }) => text.trim().endsWith('ok'));
      expect(heard).toHaveLength(2);
      if (found.outcome === 'delivered') expect(found.writtenIds).toEqual([heard?.[1]?.externalId]);
    }, 90_000);

    it('does not take an agent’s equal words for ours', async ({ skip }) => {
      skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      const since = new Date();
      fake.plant({ on: 'write', do: 'refuse' });
      await send(here(), messageOrder(contact, 'thanks'), id);
      await fake.agentReplies(id, { email: fake.agents[0]!.email, text: 'thanks' });
      expect(await find(here(), messageOrder(contact, 'thanks'), since, id)).toEqual({ outcome: 'absent' });
    }, 90_000);

    it('finds a note', async ({ skip }) => {
      skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      const order: DeskOrder = { kind: 'add-ticket-note', lines: [lineOf(contact, 'Closed in the chat.')] };
      const since = new Date();
      fake.plant({ on: 'write', do: 'accept-then-drop' });
      expect((await send(here(), order, id)).outcome).toBe('uncertain');
      expect(await find(here(), order, since, id)).toMatchObject({ outcome: 'delivered' });
    }, 90_000);

    it('makes a change that can be made twice again rather than asking', async () => {
      const { fake } = here();
      const { id } = await openTicket(here());
      const order: DeskOrder = { kind: 'update-ticket', change: { status: 'solved' } };
      fake.plant({ on: 'write', do: 'accept-then-drop' });
      const outcome = await send(here(), order, id);
      expect(outcome.outcome).toBe('retry');
      delivered(await send(here(), order, id));
      expect((await fake.ticket(id))?.status).toBe('solved');
    });

    it('asks again later when it cannot look', async ({ skip }) => {
      skip(cannotBeAsked(), 'it cannot be asked (capabilities.repeats)');
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      fake.plant({ on: 'read', do: 'answer', status: 503, times: 50 });
      const { connector, account } = here();
      const target = { conversationId: 'cnv', externalTicketId: id };
      const found = await connector.find(messageOrder(contact, 'Anybody?'), target, account, findContextOf());
      expect(['retry', 'unknown']).toContain(found.outcome);
    });
  });
}
