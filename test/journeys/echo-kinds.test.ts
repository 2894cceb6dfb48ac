import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MessageInput } from '../../src/client/index.js';
import type { Fault } from '../../src/sandbox/index.js';
import { type House, openHouse } from '../support/house.js';
import { createMemoryDesk, type MemoryDesk } from '../support/memory-desk.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

// Each story waits for the desk too, on whatever machine this is.
vi.setConfig({ testTimeout: 60_000 });

const PNG = Buffer.from(
  '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000049454e44ae426082',
  'hex',
);
const WAV = Buffer.concat([
  Buffer.from(
    '524946462c00000057415645666d74201000000001000100401f0000401f0000010008006461746108000000',
    'hex',
  ),
  Buffer.alloc(64, 128),
]);

const OWN = /^message\.(queued|sent|delivered|read)$/u;

/** What is not words: as an agent says it, and as the contact has it. */
const KINDS: { kind: string; say(house: House): Promise<MessageInput>; reads: string }[] = [
  {
    kind: 'a file',
    say: async ({ ada }) => {
      const { fileId } = await ada.files.upload({ name: 'fern.png', bytes: PNG });
      return { type: 'file', fileId };
    },
    reads: 'fern.png',
  },
  {
    kind: 'a voice message',
    say: async ({ ada }) => {
      const { fileId } = await ada.files.upload({ name: 'hello.wav', bytes: WAV });
      return { type: 'voice', fileId };
    },
    reads: 'hello.wav',
  },
  {
    kind: 'a template',
    say: async () => ({
      type: 'template',
      template: { name: 'welcome', parameters: { body: ['Vera'] } },
    }),
    reads: 'Hello Vera, welcome to Fern & Fable! How can we help you?',
  },
  {
    kind: 'a template without values',
    say: async () => ({ type: 'template', template: { name: 'welcome' } }),
    reads: 'Hello, welcome to Fern & Fable! How can we help you?',
  },
];

/** Every way in which WotNot may bring it back. */
const ECHOES: { how: string; faults: Fault[] }[] = [
  { how: 'with its id, after the answer', faults: [] },
  { how: 'without an id', faults: [{ do: 'echo-without-id' }] },
  { how: 'before the answer', faults: [{ do: 'echo-first' }] },
  { how: 'before the answer and without an id', faults: [{ do: 'echo-first' }, { do: 'echo-without-id' }] },
  { how: 'late', faults: [{ do: 'echo-delay', ms: 400 }] },
  { how: 'never', faults: [{ do: 'echo-none' }] },
];

/** Every way in which the answer may be lost. */
const LOSSES: { how: string; faults: Fault[] }[] = [
  { how: 'the connection ends', faults: [{ do: 'accept-then-drop', operation: 'send-message' }] },
  { how: 'a 500 comes instead', faults: [{ do: 'accept-then-500', operation: 'send-message' }] },
  {
    how: 'the connection ends, and the echo has no id',
    faults: [{ do: 'accept-then-drop', operation: 'send-message' }, { do: 'echo-without-id' }],
  },
  {
    how: 'the connection ends after the echo',
    faults: [{ do: 'accept-then-drop', operation: 'send-message' }, { do: 'echo-first' }],
  },
];

const ALL = KINDS.map(({ reads }) => reads);

describe('files, voice messages and templates never come back as news', () => {
  onEachDatabase((database) => {
    let house: House;
    let desk: MemoryDesk;
    beforeAll(async () => {
      desk = createMemoryDesk();
      house = await openHouse({
        database,
        connectors: [desk.connector],
        env: { SWEEP_SECONDS: '0.5' },
      });
      const { connection } = await house.program.connections.create({
        connector: 'memory',
        name: 'Desk',
        settings: { policy: {} },
        credentials: {},
      });
      await waitFor('the desk to be told things', async () => {
        const [row] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
          SELECT count(*) AS n FROM desk_mirrors WHERE connection_id = ${connection.id}`;
        return row?.n === 1n;
      });
    });
    afterEach(() => house?.clearFaults());
    afterAll(() => house?.close());

    const arrive = async () => {
      const there = await house.arriveAndFind('hello');
      const ticket = await waitFor('the ticket', () =>
        desk.tickets.find(({ reference }) => reference === there.conversationId),
      );
      await house.settle();
      return { ...there, ticketId: ticket.id };
    };
    const plant = async (visitor: Visitor, faults: Fault[], times?: number) => {
      for (const fault of faults)
        await house.plant({
          ...fault,
          conversationId: visitor.id,
          ...(times === undefined ? {} : { times }),
        });
    };
    const facts = async (conversationId: string) =>
      (await house.program.conversations.events(conversationId, { limit: 200 })).data;
    const news = async (conversationId: string) =>
      (await facts(conversationId)).flatMap((fact) =>
        fact.type === 'message.received' ? [fact.data.message.text] : [],
      );
    /** What the ticket was told that agents have said, once it was told everything. */
    const toldOfAgents = async (visitor: Visitor, ticketId: string) => {
      await visitor.write('that was all');
      await waitFor('the ticket to be told the last words', () =>
        desk.heard(ticketId).includes('that was all'),
      );
      await house.settle();
      return desk.tickets
        .filter(({ id }) => id === ticketId)
        .flatMap(({ comments }) => comments)
        .filter((comment) => comment.as !== 'contact')
        .map(({ text, files }) => text || files[0]?.name);
    };
    const echoed = (visitor: Visitor, count: number) =>
      waitFor('the echoes', async () => {
        const told = (await house.webhooks()).filter((event) => event.conversationId === visitor.id);
        return told.filter(({ type, state }) => type === 'message' && state === 'delivered').length === count;
      });
    const isUnderWay = async () =>
      (await house.deliveries('sending')).some(({ connectionId }) => connectionId === house.connectionId);
    /** An agent types it in WotNot's own screen; like WotNot it comes again when it was told to. */
    const type = (visitor: Visitor, text: string, id?: string) => {
      const payload = {
        message: { type: 'text', text, ...(id === undefined ? {} : { id }) },
        message_by: { type: 'agent', email: ADA.email, name: ADA.name },
        created_at: new Date().toISOString(),
      };
      const event = { event: { type: 'message', payload }, conversation: { key: visitor.id } };
      return waitFor(`"${text}" to be taken`, async () => (await house.webhook([event])) === 200);
    };

    it.each(ECHOES)('when the echo comes $how', async ({ faults }) => {
      const { visitor, conversationId, ticketId } = await arrive();
      await plant(visitor, faults);
      for (const { say } of KINDS)
        for (let n = 0; n < 2; n += 1)
          await house.ada.conversations.sendMessage(conversationId, await say(house));
      await house.settle();
      const twice = ALL.flatMap((reads) => [reads, reads]);
      if (faults.some((fault) => fault.do === 'echo-delay')) await echoed(visitor, twice.length + 1);
      await house.settle();
      await house.clearFaults();
      expect(await visitor.heard()).toEqual(twice);
      const told = (await facts(conversationId)).filter(({ type: what }) => what.startsWith('message.'));
      expect(await news(conversationId)).toEqual(['hello']);
      expect(told.filter(({ type: what }) => what === 'message.sent')).toHaveLength(twice.length);
      expect(told.filter(({ type: what }) => !OWN.test(what))).toHaveLength(1);
      expect(await toldOfAgents(visitor, ticketId)).toHaveLength(twice.length);
    });

    it.each(LOSSES)(
      'F43, F45: when the answer is lost, as $how, the echo settles it, and nobody is asked',
      async ({ faults }) => {
        const { visitor, conversationId, ticketId } = await arrive();
        await plant(visitor, faults, KINDS.length);
        for (const { say } of KINDS)
          await house.ada.conversations.sendMessage(conversationId, await say(house));
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'next' });
        await house.settle();
        await house.clearFaults();
        expect(await visitor.heard()).toEqual([...ALL, 'next']);
        const types = (await facts(conversationId)).map(({ type: what }) => what);
        expect(types.filter((what) => what === 'message.sent')).toHaveLength(ALL.length + 1);
        expect(types).not.toContain('message.uncertain');
        expect(await news(conversationId)).toEqual(['hello']);
        expect(await toldOfAgents(visitor, ticketId)).toHaveLength(ALL.length + 1);
      },
    );

    it.each(KINDS)(
      'F43: $kind sent again because its echo was late: both echoes are its own',
      async ({ say, reads }) => {
        const { visitor, conversationId, ticketId } = await arrive();
        await plant(
          visitor,
          [
            { do: 'accept-then-drop', operation: 'send-message' },
            { do: 'echo-delay', ms: 3_500 },
          ],
          1,
        );
        await house.ada.conversations.sendMessage(conversationId, await say(house));
        await waitFor('the second sending', async () => (await visitor.heard()).length === 2);
        await echoed(visitor, 3);
        await house.settle();
        await house.clearFaults();
        expect(await visitor.heard()).toEqual([reads, reads]);
        expect(await news(conversationId)).toEqual(['hello']);
        const sent = (await facts(conversationId)).flatMap((fact) =>
          fact.type === 'message.sent' ? [fact.data.message.flags] : [],
        );
        expect(sent).toEqual([['possibleDuplicate']]);
        expect(await toldOfAgents(visitor, ticketId)).toHaveLength(1);
      },
    );

    it.each(KINDS)(
      'F43: $kind of which neither answer nor echo comes is sent again, and says so',
      async ({ say, reads }) => {
        const { visitor, conversationId } = await arrive();
        await plant(visitor, [{ do: 'accept-then-drop', operation: 'send-message' }, { do: 'echo-none' }], 1);
        const { id } = await house.ada.conversations.sendMessage(conversationId, await say(house));
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'behind it' });
        await house.settle();
        await house.clearFaults();
        expect(await visitor.heard()).toEqual([reads, reads, 'behind it']);
        const sent = (await facts(conversationId)).find(
          (fact) => fact.type === 'message.sent' && fact.data.message.id === id,
        );
        expect(sent?.type === 'message.sent' && sent.data.message.flags).toContain('possibleDuplicate');
      },
    );

    it('what the agent types elsewhere while a template’s answer is awaited is news, in its order, and holds up nobody’s words', async () => {
      const { visitor, conversationId } = await arrive();
      await plant(visitor, [
        { do: 'echo-none' },
        { do: 'delay', ms: 4_000, after: true, operation: 'send-message' },
      ]);
      await house.ada.conversations.sendMessage(conversationId, {
        type: 'template',
        template: { name: 'welcome' },
      });
      await waitFor('the template to be there', async () => (await visitor.heard()).length === 1);
      await type(visitor, 'typed first', 'typed-1');
      await type(visitor, 'typed second', 'typed-2');
      await visitor.write('and I?');
      await waitFor('the contact’s words', async () => (await news(conversationId)).includes('and I?'));
      expect(await isUnderWay()).toBe(true);
      await house.settle();
      expect(await news(conversationId)).toEqual(['hello', 'and I?', 'typed first', 'typed second']);
    });

    it('what the agent types elsewhere is news, where the template is refused or is filled with other words', async () => {
      const { visitor, conversationId } = await arrive();
      await plant(visitor, [
        { do: 'echo-none' },
        { do: 'delay', ms: 1_000, after: true, operation: 'send-message' },
      ]);
      await house.ada.conversations.sendMessage(conversationId, {
        type: 'template',
        template: { name: 'pending_template' },
      });
      await waitFor('it to be under way', isUnderWay);
      await type(visitor, 'typed amid a refusal');
      await house.settle();
      await house.ada.conversations.sendMessage(conversationId, {
        type: 'template',
        template: { name: 'welcome', parameters: { body: ['Vera'] } },
      });
      await house.settle();
      await type(visitor, 'typed behind a template');
      await house.settle();
      expect(await news(conversationId)).toEqual([
        'hello',
        'typed amid a refusal',
        'typed behind a template',
      ]);
    });
  });
});
