import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FakeDesk } from '../fakes/fake-desk.js';
import { openFakeChatwoot } from '../fakes/chatwoot/open-fake-chatwoot.js';
import { openFakeFreshdesk } from '../fakes/freshdesk/open-fake-freshdesk.js';
import { openFakeZendesk } from '../fakes/zendesk/open-fake-zendesk.js';
import { openFakeWebhookDesk } from '../fakes/webhook/open-fake-webhook-desk.js';
import { type House, openHouse } from '../support/house.js';
import { createPassingTime, type PassingTime, rest } from '../support/passing-time.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const HOUR = 3_600;
const STEP = 240;
const CHATS = 3;
/** Until everything is there once the vendor is well again. */
const WELL_SECONDS = 120;

/** A vendor's fake in a story's time. */
const vendors: [connector: string, open: (time: PassingTime) => Promise<FakeDesk>][] = [
  ['zendesk', (time) => openFakeZendesk({ now: time.now })],
  ['freshdesk', (time) => openFakeFreshdesk({ now: time.now })],
  ['chatwoot', (time) => openFakeChatwoot({ now: time.now })],
  ['webhook', () => openFakeWebhookDesk()],
];

interface Chat {
  visitor: Visitor;
  conversationId: string;
  ticketId: string;
  said: string[];
  answered: string[];
}

onEachDatabase((kind) => {
  const time = createPassingTime();
  const fakes: FakeDesk[] = [];
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ database: kind, env: { SWEEP_SECONDS: '0.1' }, time });
  });
  afterAll(async () => {
    for (const fake of fakes) await fake.close();
    await house?.close();
  });

  describe.each(vendors)('%s is down for an hour', (connector, openDesk) => {
    let fake: FakeDesk;
    let tenancy: Tenancy;
    beforeAll(async () => {
      fake = await openDesk(time);
      fakes.push(fake);
      tenancy = await house.addTenancy();
    });

    const linkOf = (conversationId: string): Promise<string> =>
      waitFor(
        'the link',
        async () =>
          (await tenancy.program.conversations.ticketLinks(conversationId)).data[0]?.externalTicketId,
        30,
      );

    /** The contact's words as the ticket has them, whether they came one by one or joined. */
    async function heard(chat: Pick<Chat, 'ticketId'>): Promise<string[]> {
      const { entries = [] } = (await fake.ticket(chat.ticketId)) ?? {};
      return entries
        .filter(({ author, visibility }) => author.kind === 'contact' && visibility === 'public')
        .flatMap(({ text }) => text.split('\n'))
        .map((line) => line.replace(/^\[[^\]]* UTC\] [^:]*: /u, ''));
    }

    async function open(): Promise<{ connectionId: string; chats: Chat[] }> {
      const { connection, webhookUrl, webhookToken } = await tenancy.program.connections.create({
        connector,
        name: connector,
        settings: { ...fake.settings, policy: { assignee: 'nothing' } },
        credentials: fake.credentials,
      });
      // One that nobody can ask tells by itself, and again until it is heard.
      if (fake.told !== undefined) fake.webhookTo(webhookUrl, webhookToken ?? '');
      const chats: Chat[] = [];
      for (let n = 0; n < CHATS; n += 1) {
        const { visitor, conversationId } = await tenancy.arriveAndFind(`hello ${n}`);
        const ticketId = await linkOf(conversationId);
        chats.push({ visitor, conversationId, ticketId, said: [`hello ${n}`], answered: [] });
      }
      return { connectionId: connection.id, chats };
    }

    const attempts = async (connectionId: string): Promise<number> => {
      const [row] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
        SELECT coalesce(sum(attempts), 0)::bigint AS n FROM deliveries
        WHERE connection_id = ${connectionId} AND state <> 'delivered'`;
      return Number(row?.n);
    };

    const healthOf = async (connectionId: string) =>
      (await tenancy.program.connections.list()).data.find(({ id }) => id === connectionId)?.health;

    async function write(connectionId: string, chat: Omit<Chat, 'ticketId'>, text: string): Promise<void> {
      await chat.visitor.write(text);
      chat.said.push(text);
      await waitFor(`${text} to be owed`, async () => {
        const owed = await house.app.database.prisma.$queryRaw<object[]>`
          SELECT id FROM deliveries WHERE connection_id = ${connectionId} AND payload->'lines' @> ${JSON.stringify([{ text }])}::jsonb`;
        return owed.length > 0;
      });
    }

    it('everything arrives afterwards, in order, once, from both sides; operator and agents are told meanwhile', async () => {
      const { connectionId, chats } = await open();
      await rest(house.app);
      const screen = await tenancy.openScreen();
      // No webhook of that hour ever arrives.
      fake.webhookHabits({ hold: true });
      fake.plant({ on: 'any', do: 'answer', status: 503, body: 'down', times: Number.POSITIVE_INFINITY });

      const from = time.passed();
      let openAt = 0;
      let late: Omit<Chat, 'ticketId'> | undefined;
      for (let step = 0; time.passed() - from < HOUR; step += 1) {
        const chat = chats[step % CHATS];
        if (chat === undefined) throw new Error('there is a chat');
        await write(connectionId, chat, `word ${step}`);
        if (step % 3 === 0) {
          const answer = `answer ${step}`;
          await fake.agentReplies(chat.ticketId, { email: fake.agents[0]?.email ?? '', text: answer });
          chat.answered.push(answer);
        }
        if (step === 7) {
          const arrived = await tenancy.arriveAndFind('hello late');
          late = { ...arrived, said: ['hello late'], answered: [] };
        }
        await rest(house.app);
        openAt += (await healthOf(connectionId))?.breaker === 'open' ? 1 : 0;
        await time.pass(house.app, STEP);
      }
      // Whenever it has been left alone for long enough somebody looks, and the circuit opens again.
      await time.passUntil(
        house.app,
        'the circuit to be open',
        async () => (await healthOf(connectionId))?.breaker === 'open',
        60,
      );

      // The operator sees for how long, how much, and that nothing is tried for nothing.
      const health = await healthOf(connectionId);
      expect(health).toMatchObject({ breaker: 'open', dead: 0 });
      expect(openAt).toBeGreaterThan(1);
      expect(health?.waiting).toBeGreaterThan(CHATS);
      expect(health?.oldestWaitingSeconds).toBeGreaterThan(HOUR - STEP);
      // Agents are told, once, that the ticket has not got it yet.
      const told = (conversationId: string) =>
        screen.of(conversationId).filter(({ type }) => type === 'action.delayed');
      for (const { conversationId } of chats) {
        await waitFor('the agents to be told', () => told(conversationId).length > 0);
        expect(told(conversationId)).toMatchObject([{ data: { failure: { message: expect.any(String) } } }]);
      }
      // While the circuit is open, what is owed waits and uses up nothing.
      const used = await attempts(connectionId);
      for (const chat of chats) await write(connectionId, chat, `more ${chat.conversationId}`);
      await rest(house.app);
      expect(await attempts(connectionId)).toBe(used);
      expect(await tenancy.deliveries('dead')).toEqual([]);

      fake.clearFaults();
      if (fake.told !== undefined) fake.webhookHabits({});
      const isThere = async (): Promise<boolean> => {
        const words = await Promise.all(chats.map((chat) => heard(chat)));
        const isLateThere = (await fake.tickets()).some(
          ({ reference }) => reference === late?.conversationId,
        );
        return isLateThere && words.every((said, n) => said.length >= (chats[n]?.said.length ?? 0));
      };
      const wellAt = time.passed();
      await time.passUntil(house.app, 'everything to be there', isThere, 20);
      // Not another hour: the circuit looks every minute at the most, and once it is closed nobody's patience counts.
      expect(time.passed() - wellAt).toBeLessThanOrEqual(WELL_SECONDS);
      for (const chat of chats) expect(await heard(chat)).toEqual(chat.said);
      // A chat that began meanwhile has one ticket.
      if (late === undefined) throw new Error('a chat began meanwhile');
      const lateTicket = { ticketId: await linkOf(late.conversationId) };
      expect(await heard(lateTicket)).toEqual(late.said);
      const { conversationId } = late;
      expect((await fake.tickets()).filter(({ reference }) => reference === conversationId)).toHaveLength(1);
      // What agents said in that hour reaches the contacts.
      await waitFor('the answers', async () => {
        const all = await Promise.all(chats.map(({ visitor }) => visitor.heard()));
        return all.every((one, n) => one.length >= (chats[n]?.answered.length ?? 0));
      });
      await tenancy.settle();
      for (const chat of chats) expect(await chat.visitor.heard()).toEqual(chat.answered);
      expect(await tenancy.deliveries('dead')).toEqual([]);
      expect(await tenancy.deliveries('uncertain')).toEqual([]);
      screen.feed.stop();
      await tenancy.program.connections.disconnect(connectionId);
    });
  });
});
