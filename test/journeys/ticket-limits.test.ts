import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type FakeZendesk, openFakeZendesk } from '../fakes/zendesk/open-fake-zendesk.js';
import { type House, openHouse } from '../support/house.js';
import { createPassingTime, type PassingTime } from '../support/passing-time.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const MOST = 30;
const WINDOW_MILLISECONDS = 600_000;

onEachDatabase((kind) => {
  let time: PassingTime;
  let fake: FakeZendesk;
  let house: House;
  beforeEach(async () => {
    time = createPassingTime();
    fake = await openFakeZendesk({ now: time.now });
    house = await openHouse({ database: kind, env: { SWEEP_SECONDS: '0.1' }, time });
  });
  afterEach(async () => {
    await house?.close();
    await fake?.close();
  });

  async function open(): Promise<{
    visitor: Awaited<ReturnType<House['arriveAndFind']>>['visitor'];
    conversationId: string;
    ticketId: string;
    /** The words are on their way into the ticket, or in it. */
    isOwed(text: string): Promise<unknown>;
    /** The contact's words in the ticket, each comment one text. */
    comments(): Promise<string[]>;
  }> {
    await house.program.connections.create({
      connector: 'zendesk',
      name: 'Zendesk',
      settings: fake.settings,
      credentials: fake.credentials,
    });
    const { visitor, conversationId } = await house.arriveAndFind('hello');
    const ticketId = await waitFor(
      'the ticket',
      async () => (await house.program.conversations.ticketLinks(conversationId)).data[0]?.externalTicketId,
    );
    return {
      visitor,
      conversationId,
      ticketId,
      isOwed: (text) =>
        waitFor(`${text} to be owed to the ticket`, async () => {
          const owed = await house.app.database.prisma.$queryRaw<object[]>`
            SELECT id FROM deliveries WHERE kind = 'add-ticket-message' AND payload->'lines' @> ${JSON.stringify([{ text }])}::jsonb`;
          return owed.length > 0;
        }),
      comments: async () =>
        ((await fake.ticket(ticketId))?.entries ?? [])
          .filter(({ author }) => author.kind === 'contact')
          .map(({ text }) => text),
    };
  }

  /** What the contact said, comment by comment, with the times that the text itself gives. */
  function linesOf(comments: string[]): { text: string; at?: string }[] {
    return comments.flatMap((comment) =>
      comment.split('\n').map((line) => {
        const named = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC\] [^:]*: (.*)$/u.exec(line);
        return named === null ? { text: line } : { text: named[2] ?? '', at: named[1] ?? '' };
      }),
    );
  }

  function expectWithinLimits(): void {
    expect(fake.world.updates.filter(({ taken }) => !taken)).toEqual([]);
    for (const { at: from } of fake.world.updates)
      expect(
        fake.world.updates.filter(({ at }) => at >= from && at < from + WINDOW_MILLISECONDS).length,
      ).toBeLessThanOrEqual(MOST);
  }

  it('60 messages in a minute into one Zendesk ticket: all there, in order, once, each with its time, and no window of ten minutes has more than 30 updates', async () => {
    const { visitor, comments, isOwed } = await open();
    const words = Array.from({ length: 60 }, (_none, n) => `word ${n}`);
    for (const text of words) {
      await visitor.write(text);
      await isOwed(text);
      await time.pass(house.app, 1);
    }
    const all = async (): Promise<boolean> => linesOf(await comments()).length >= 61;
    await time.passUntil(house.app, 'all of it', all, 15);
    const lines = linesOf((await comments()).slice(1));
    expect(lines.map(({ text }) => text)).toEqual(words);
    expectWithinLimits();
    expect(fake.world.updates.length).toBeGreaterThan(19);
    // What was joined says when it was said; what went by itself went at once, and stands at its own time.
    const { messages } = await visitor.see();
    const saidAt = new Map(messages.map(({ text, receivedAt }) => [text, receivedAt.slice(0, 19)]));
    const joined = lines.filter(({ at }) => at !== undefined);
    expect(joined.length).toBeGreaterThan(20);
    for (const { text, at } of joined) expect(at?.replace(' ', 'T')).toBe(saidAt.get(text));
  });

  it('what takes more than one update counts as many: an agent who sets the ticket to pending after each message', async () => {
    const { visitor, ticketId, comments, isOwed } = await open();
    const words = Array.from({ length: 24 }, (_none, n) => `word ${n}`);
    for (const text of words) {
      await fake.setStatus(ticketId, 'pending');
      await visitor.write(text);
      await isOwed(text);
      await time.pass(house.app, 10);
    }
    await time.passUntil(house.app, 'all of it', async () => linesOf(await comments()).length >= 25, 15);
    expect(linesOf((await comments()).slice(1)).map(({ text }) => text)).toEqual(words);
    expectWithinLimits();
    expect((await fake.ticket(ticketId))?.vendorStatus).toBe('open');
  });

  it('an account on trial with many chats at once: none of its calls is refused, no attempt is used up, and everything arrives', async () => {
    const CHATS = 6;
    const trial = await openFakeZendesk({ now: time.now, callsPerMinute: 60, budgets: { perAccount: 20 } });
    try {
      const { connection } = await house.program.connections.create({
        connector: 'zendesk',
        name: 'On trial',
        settings: { ...trial.settings, callsPerMinute: 60, updatesPerMinute: 20 },
        credentials: trial.credentials,
      });
      const chats = await Promise.all(
        Array.from({ length: CHATS }, (_none, n) => house.arriveAndFind(`hello ${n}`)),
      );
      for (let word = 0; word < 4; word += 1)
        for (const { visitor } of chats) await visitor.write(`word ${word}`);
      const wordsOf = async (conversationId: string): Promise<string[]> =>
        (await trial.tickets())
          .filter(({ reference }) => reference === conversationId)
          .flatMap(({ entries }) => linesOf(entries.map(({ text }) => text)))
          .map(({ text }) => text)
          .filter((text) => text.startsWith('word'));
      const areThere = async (): Promise<boolean> => {
        const all = await Promise.all(chats.map(({ conversationId }) => wordsOf(conversationId)));
        return all.every((words) => words.length >= 4);
      };
      await time.passUntil(house.app, 'all of it', areThere, 10);
      for (const { conversationId } of chats)
        expect(await wordsOf(conversationId)).toEqual(['word 0', 'word 1', 'word 2', 'word 3']);
      expect(trial.overLimit?.()).toBe(0);
      const [row] = await house.app.database.prisma.$queryRaw<{ most: number }[]>`
        SELECT max(attempts)::int AS most FROM deliveries WHERE connection_id = ${connection.id}`;
      expect(row?.most).toBe(1);
      expect(await house.deliveries('dead')).toEqual([]);
    } finally {
      await trial.close();
    }
  });
});
