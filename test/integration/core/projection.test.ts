import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConversation } from '../../../src/desk/change-conversation.js';
import type { ChatFact } from '../../../src/domain/chat-fact.js';
import { onEachDatabase } from '../../support/test-database.js';
import { hello, openRooms, type Place, type Rooms } from './rooms.js';

const at = (second: number): string => `2026-11-22T10:00:0${second}.000Z`;

/** A conversation's life, each event with its own time. */
const STORY: ChatFact[] = [
  {
    type: 'conversation-started',
    contact: { externalContactId: 'v1', name: 'Vera', email: 'vera@example.org' },
    title: 'Vera',
    channel: 'web',
    status: 'open',
    assignee: { type: 'bot' },
    variables: { browser: 'Chrome', order: 'none' },
    aliases: [],
    occurredAt: at(0),
  },
  { ...hello, contact: { externalContactId: 'v1' }, externalMessageId: 'm1', occurredAt: at(1) } as ChatFact,
  { type: 'assignee', assignee: { type: 'agent', email: 'ada@example.org' }, occurredAt: at(2) },
  { type: 'variables', variables: { order: '42' }, contact: {}, occurredAt: at(3) },
  { type: 'labels', change: 'add', labels: ['VIP'], occurredAt: at(4) },
  { type: 'status', status: 'closed', occurredAt: at(5) },
];

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('projection', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    beforeAll(async () => {
      rooms = await openRooms(kind);
      place = await rooms.addPlace();
    });
    afterAll(() => rooms?.close());

    const finalState = async (laneKey: string) => {
      const row = await rooms.database.prisma.conversation.findFirstOrThrow({
        where: { workspaceId: place.scope.workspaceId, externalConversationId: laneKey },
      });
      const contact = await rooms.database.prisma.contact.findFirstOrThrow({
        where: { workspaceId: place.scope.workspaceId, id: row.contactId },
      });
      return {
        status: row.status,
        closedAt: row.closedAt?.toISOString(),
        assignee: [row.assigneeType, row.assigneeKey],
        labels: row.labels,
        variables: row.variables,
        title: row.title,
        channel: row.channel,
        startedAt: row.startedAt.toISOString(),
        contact: [contact.externalContactId, contact.name, contact.email],
      };
    };

    it('F53: all 720 orders of a six-event story give the same final state', {
      timeout: 60_000,
    }, async () => {
      const orders = permutations(STORY);
      expect(orders).toHaveLength(720);
      const laneKeys = orders.map((_order, index) => `story ${index}`);
      for (const [index, order] of orders.entries())
        await rooms.record(
          place,
          laneKeys[index] ?? '',
          order.map((fact) => [fact]),
        );
      for (let from = 0; from < laneKeys.length; from += 50)
        await rooms.projectAll(place, laneKeys.slice(from, from + 50));
      const expected = await finalState('story 0');
      expect(expected).toMatchObject({
        status: 'closed',
        assignee: ['agent', 'ada@example.org'],
        variables: { order: '42' },
      });
      for (const [index, laneKey] of laneKeys.entries()) {
        const order = orders[index]?.map(({ type }) => type);
        expect({ order, state: await finalState(laneKey) }).toEqual({ order, state: expected });
      }
    });

    /** Closed, and then the contact writes again: with the time of that word it can be told which came first. */
    const closedAndThen = (second: number): ChatFact[] => [
      STORY[0] as ChatFact,
      STORY[1] as ChatFact,
      STORY[2] as ChatFact,
      STORY[5] as ChatFact,
      { ...hello, text: 'one more thing', externalMessageId: 'm2', occurredAt: at(second) } as ChatFact,
    ];

    it.each([
      ['after it was closed', 7, 'open'],
      ['before it was closed', 4, 'closed'],
    ])(
      'F53: what a contact said %s leaves it so in all 120 orders',
      {
        timeout: 60_000,
      },
      async (when, second, status) => {
        const orders = permutations(closedAndThen(second));
        expect(orders).toHaveLength(120);
        const laneKeys = orders.map((_order, index) => `said ${when} ${index}`);
        for (const [index, order] of orders.entries())
          await rooms.record(
            place,
            laneKeys[index] ?? '',
            order.map((fact) => [fact]),
          );
        for (let from = 0; from < laneKeys.length; from += 40)
          await rooms.projectAll(place, laneKeys.slice(from, from + 40));
        const expected = await finalState(laneKeys[0] ?? '');
        expect(expected).toMatchObject({ status, assignee: ['agent', 'ada@example.org'] });
        for (const [index, laneKey] of laneKeys.entries()) {
          const order = orders[index]?.map((fact) => `${fact.type} ${fact.occurredAt}`);
          expect({ order, state: await finalState(laneKey) }).toEqual({ order, state: expected });
        }
      },
    );

    it.each([
      ['a contact', 'open', { type: 'contact' }, 'text'],
      ['a contact with a thumb up', 'closed', { type: 'contact' }, 'reaction'],
      ['the bot', 'closed', { type: 'bot' }, 'text'],
      ['an agent in the chat', 'closed', { type: 'agent', email: 'ada@example.org' }, 'text'],
    ] as const)(
      'B20: a message of %s for a closed conversation, no times told: it is %s',
      async (who, status, author, messageKind) => {
        const laneKey = `closed, then ${who}`;
        const word = { ...hello, author, kind: messageKind, text: 'after all' } as ChatFact;
        await rooms.record(place, laneKey, [[hello], [{ type: 'status', status: 'closed' }], [word]]);
        await rooms.projectAll(place, [laneKey]);
        expect((await finalState(laneKey)).status).toBe(status);
      },
    );

    it('a closing that carries the time at which the conversation began closes it all the same', async () => {
      await rooms.record(place, 'odd times', [
        [STORY[0] as ChatFact],
        [STORY[1] as ChatFact],
        [{ type: 'status', status: 'closed', occurredAt: at(0) }],
      ]);
      await rooms.projectAll(place, ['odd times']);
      expect((await finalState('odd times')).status).toBe('closed');
    });

    it('an order split over several projections comes to the same, with every fact numbered once', async () => {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
          fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
          async (order, pauses) => {
            const laneKey = `split ${run++}`;
            for (const [index, which] of order.entries()) {
              const fact = STORY[which];
              if (fact !== undefined) await rooms.record(place, laneKey, [[fact]]);
              if (pauses[index] === true) await rooms.projectAll(place, [laneKey]);
            }
            await rooms.projectAll(place, [laneKey]);
            expect(await finalState(laneKey)).toMatchObject({
              status: 'closed',
              assignee: ['agent', 'ada@example.org'],
              labels: ['VIP'],
              contact: ['v1', 'Vera', 'vera@example.org'],
            });
            const { id, lastSeq } = await rooms.database.prisma.conversation.findFirstOrThrow({
              where: { workspaceId: place.scope.workspaceId, externalConversationId: laneKey },
            });
            const facts = await rooms.feed.readConversation(place.scope, id, { after: 0, limit: 100 });
            expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_fact, index) => index + 1));
            expect(lastSeq).toBe(facts.length);
          },
        ),
        { numRuns: 40 },
      );
    });

    it('two projections of the same lane at once project each event once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const laneKey = `race ${round}`;
        const said = Array.from({ length: 20 }, (_none, n) => [{ ...hello, text: `line ${n}` } as ChatFact]);
        await rooms.record(place, laneKey, said);
        await Promise.all([1, 2, 3].map(() => rooms.projectAll(place, [laneKey])));
        const { id } = await rooms.database.prisma.conversation.findFirstOrThrow({
          where: { workspaceId: place.scope.workspaceId, externalConversationId: laneKey },
        });
        const facts = await rooms.feed.readConversation(place.scope, id, { after: 0, limit: 100 });
        expect(facts.flatMap(({ message }) => (message === undefined ? [] : [message.text]))).toEqual(
          Array.from({ length: 20 }, (_none, n) => `line ${n}`),
        );
      }
    });

    it('F65: an agent’s word gets through while the conversation changes without pause', async () => {
      const { conversationId } = await rooms.addConversation(place, 'busy');
      const look = () => rooms.reader.readById(place.scope, conversationId);
      let isOver = false;
      // As a projection with a long backlog does: it looks, looks again, and writes.
      const busy = (async () => {
        while (!isOver) {
          await look();
          await look();
          await rooms.database.prisma.$executeRaw`UPDATE conversations SET version = version + 1
            WHERE workspace_id = ${place.scope.workspaceId} AND id = ${conversationId}`;
        }
      })();
      const deps = { conversations: rooms.reader, writer: rooms.writer };
      const answers = [];
      for (let n = 0; n < 20; n += 1) {
        answers.push(
          await changeConversation<number>(deps, place.principal, conversationId, async () => {
            await look();
            return { outcome: 'change', value: n };
          }),
        );
      }
      isOver = true;
      await busy;
      expect(answers).toEqual(Array.from({ length: 20 }, (_none, n) => ({ outcome: 'done', value: n })));
    });

    it('F47: an event that cannot be projected is parked as failed, and the lane goes on without it', async () => {
      const poison = { type: 'variables', variables: null, contact: {} } as unknown as ChatFact;
      await rooms.record(place, 'poisoned', [[hello], [poison], [{ ...hello, text: 'after' } as ChatFact]]);
      await rooms.projectAll(place, ['poisoned']);
      const failed = await rooms.inbox.list(place.scope, { state: 'failed', limit: 10 });
      expect(failed?.items).toHaveLength(1);
      const { id } = await rooms.database.prisma.conversation.findFirstOrThrow({
        where: { workspaceId: place.scope.workspaceId, externalConversationId: 'poisoned' },
      });
      const facts = await rooms.feed.readConversation(place.scope, id, { after: 0, limit: 100 });
      expect(facts.flatMap(({ message }) => (message === undefined ? [] : [message.text]))).toEqual([
        'hello',
        'after',
      ]);
    });
  });
});
