import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebhookRequest } from '../../src/connectors/connector.js';
import { openFakeChatwoot } from '../fakes/chatwoot/open-fake-chatwoot.js';
import type { FakeDesk } from '../fakes/fake-desk.js';
import { openFakeFreshdesk } from '../fakes/freshdesk/open-fake-freshdesk.js';
import { openFakeWebhookDesk } from '../fakes/webhook/open-fake-webhook-desk.js';
import { openFakeZendesk } from '../fakes/zendesk/open-fake-zendesk.js';
import { type House, openHouse } from '../support/house.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const vendors: [connector: string, open: () => Promise<FakeDesk>][] = [
  ['zendesk', () => openFakeZendesk()],
  ['freshdesk', () => openFakeFreshdesk()],
  ['chatwoot', () => openFakeChatwoot()],
  ['webhook', () => openFakeWebhookDesk()],
];

interface Story extends Tenancy {
  fake: FakeDesk;
  connectionId: string;
  webhookUrl: string;
  secret: string;
  visitor: Visitor;
  conversationId: string;
  ticketId: string;
}

onEachDatabase((kind) => {
  let house: House;
  const fakes: FakeDesk[] = [];
  beforeAll(async () => {
    house = await openHouse({ database: kind, env: { SWEEP_SECONDS: '0.2' } });
  });
  afterAll(async () => {
    for (const fake of fakes) await fake.close();
    await house?.close();
  });

  async function begin(connector: string, openDesk: () => Promise<FakeDesk>): Promise<Story> {
    const fake = await openDesk();
    fakes.push(fake);
    const tenancy = await house.addTenancy();
    const made = await tenancy.program.connections.create({
      connector,
      name: connector,
      settings: { ...fake.settings, policy: { assignee: 'nothing' } },
      credentials: fake.credentials,
    });
    const secret = made.webhookToken ?? '';
    fake.webhookTo(made.webhookUrl, secret);
    const arrived = await tenancy.arriveAndFind('hello');
    const { conversationId } = arrived;
    const ticketId = await waitFor(
      'the ticket',
      async () => (await tenancy.program.conversations.ticketLinks(conversationId)).data[0]?.externalTicketId,
      30,
    );
    await tenancy.settle();
    const { id: connectionId } = made.connection;
    return { ...tenancy, ...arrived, fake, connectionId, webhookUrl: made.webhookUrl, secret, ticketId };
  }

  /** The contact's words, whether they came one by one or joined. */
  const wordsIn = async ({ fake }: Story, ticketId: string): Promise<string[]> =>
    ((await fake.ticket(ticketId))?.entries ?? []).flatMap(({ author, text }) =>
      author.kind === 'contact' ? text.split('\n').map(unnamed) : [],
    );

  describe.each(vendors)('%s', (connector, openDesk) => {
    it('believes no webhook that is forged, late or mangled; repeats count once; notes and what nobody knows who may see never reach the contact', async () => {
      const story = await begin(connector, openDesk);
      const { fake, secret, ticketId, visitor } = story;
      const post = async ({ headers, body }: WebhookRequest): Promise<number> => {
        const given = Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined);
        const init = { method: 'POST', headers: Object.fromEntries(given), body: new Uint8Array(body) };
        return (await fetch(story.webhookUrl, init)).status;
      };
      const genuine = fake.webhook(ticketId, secret, new Date());
      expect(await post(fake.webhook(ticketId, 'a-forged-secret-of-many-characters', new Date()))).toBe(401);
      expect(await post({ ...genuine, headers: { 'content-type': 'application/json' } })).toBe(401);
      if (fake.webhookProof === 'signature-at')
        for (const minutes of [-11, 11])
          expect(await post(fake.webhook(ticketId, secret, new Date(Date.now() + minutes * 60_000)))).toBe(
            401,
          );
      const mangled = { ...genuine, body: genuine.body.subarray(0, genuine.body.length - 3) };
      // Where a secret in a header is all the proof there is, the body is a hint and nothing more.
      expect(fake.webhookProof === 'header' ? [200, 400] : [401]).toContain(await post(mangled));
      await story.settle();
      expect(await visitor.heard()).toEqual([]);

      const email = fake.agents[0]?.email ?? '';
      fake.webhookHabits({ hold: true });
      await fake.agentNotes(ticketId, { email, text: 'a secret of the staff' });
      await fake.agentSaysOddly(ticketId, { email, text: 'who may see this?' });
      await fake.agentReplies(ticketId, { email, text: 'an answer' });
      fake.webhookHabits({ repeat: 3, reorder: true });
      fake.webhookHabits({});
      await waitFor('the answer', async () => (await visitor.heard()).length > 0, 30);
      await story.settle();
      expect(await visitor.heard()).toEqual(['an answer']);
    });

    /** One in the desk's account that has no chat yet. */
    async function connect(fake: FakeDesk) {
      const tenancy = await house.addTenancy();
      const made = await tenancy.program.connections.create({
        connector,
        name: connector,
        settings: { ...fake.settings, policy: { assignee: 'nothing' } },
        credentials: fake.credentials,
      });
      const lastInboundAt = async (): Promise<string | undefined> =>
        (await tenancy.program.connections.list()).data.find(({ id }) => id === made.connection.id)
          ?.lastInboundAt;
      return { tenancy, made, lastInboundAt };
    }

    it('a webhook that only hints is noted as the last that has come in', async () => {
      const { fake, ticketId } = await begin(connector, openDesk);
      const { made, lastInboundAt } = await connect(fake);
      expect(await lastInboundAt()).toBeUndefined();
      const { headers, body } = fake.webhook(ticketId, made.webhookToken ?? '', new Date());
      const given = Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined);
      const init = { method: 'POST', headers: Object.fromEntries(given), body: new Uint8Array(body) };
      expect((await fetch(made.webhookUrl, init)).status).toBe(200);
      await waitFor('it to be noted', lastInboundAt);
    });

    it('so is what is found by looking, where no webhook arrives', async ({ skip }) => {
      const fake = await openDesk();
      fakes.push(fake);
      skip(fake.told !== undefined, 'it cannot be asked');
      fake.webhookHabits({ hold: true });
      const { tenancy, lastInboundAt } = await connect(fake);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const link = await waitFor(
        'the ticket',
        async () => (await tenancy.program.conversations.ticketLinks(conversationId)).data[0],
        30,
      );
      await fake.agentReplies(link.externalTicketId, {
        email: fake.agents[0]?.email ?? '',
        text: 'an answer',
      });
      await waitFor('the answer', async () => (await visitor.heard()).length > 0, 40);
      await waitFor('it to be noted', lastInboundAt);
    });

    it('a ticket that was deleted: the words get a new one, and the old one is named', async () => {
      const story = await begin(connector, openDesk);
      const { fake, ticketId, visitor, conversationId } = story;
      await fake.deleteTicket(ticketId);
      await visitor.write('are you there?');
      const next = await waitFor(
        'the words in another ticket',
        async () =>
          (await fake.tickets()).find(
            ({ id, reference, entries }) =>
              reference === conversationId &&
              id !== ticketId &&
              entries.some(({ text }) => text.includes('are you there?')),
          ),
        30,
      );
      await story.settle();
      const words = (await fake.ticket(next.id))?.entries.map(({ text }) => text).join('\n');
      expect(words).toContain(`Continues ticket ${ticketId}`);
      expect(await story.deliveries('dead')).toEqual([]);
      const links = await story.program.conversations.ticketLinks(conversationId);
      expect(links.data).toMatchObject([{ externalTicketId: next.id }]);
    });

    it('a ticket that was merged: the words go to the other', async ({ skip }) => {
      const story = await begin(connector, openDesk);
      const { fake, ticketId, visitor } = story;
      skip(fake.mergeTicket === undefined, 'its tickets cannot be merged');
      const other = await story.arriveAndFind('somebody else');
      const into = await waitFor(
        'the other ticket',
        async () =>
          (await story.program.conversations.ticketLinks(other.conversationId)).data[0]?.externalTicketId,
        30,
      );
      await story.program.ticketLinks.unlink(story.connectionId, into);
      await fake.mergeTicket?.(ticketId, into);
      await visitor.write('still there?');
      await waitFor('the words', async () => (await wordsIn(story, into)).includes('still there?'), 30);
      await story.settle();
      expect(await story.deliveries('dead')).toEqual([]);
    });

    it('a revoked token: the connection pauses, says what to do, uses up nothing, and goes on with all of it', async () => {
      const story = await begin(connector, openDesk);
      const { fake, ticketId, visitor, connectionId } = story;
      fake.plant({ on: 'any', do: 'answer', status: 401, body: {}, times: Number.POSITIVE_INFINITY });
      const words = ['one', 'two', 'three'];
      for (const text of words) await visitor.write(text);
      const paused = await waitFor(
        'the connection to pause',
        async () =>
          (await story.program.connections.list()).data.find(
            ({ id, status }) => id === connectionId && status === 'paused',
          ),
        30,
      );
      expect(paused.pausedReason).toMatch(/[Rr]eplace|[Gg]ive new|[Cc]heck|authorise/u);
      // It pauses before the attempt is written down: that one is seen as under way for a moment.
      await waitFor('nothing used up', async () =>
        (await story.deliveries('pending')).every(({ attempts }) => attempts === 0),
      );
      fake.clearFaults();
      await waitFor(
        'the words',
        async () => {
          // What was asked again while the token was still refused may have paused it once more.
          await story.program.connections.resume(connectionId);
          return (await wordsIn(story, ticketId)).length > words.length;
        },
        30,
      );
      await story.settle();
      expect(await wordsIn(story, ticketId)).toEqual(['hello', ...words]);
    });

    /** All that stands in a conversation’s tickets of what ends so, in order. */
    const saidIn = async ({ fake }: Story, conversationId: string, ending: string): Promise<string[]> =>
      (await fake.tickets())
        .filter(({ reference }) => reference === conversationId)
        .flatMap(({ entries }) => entries.flatMap(({ text }) => text.split('\n').map(unnamed)))
        .filter((line) => line.endsWith(ending));

    it('a field that was renamed in the desk: a sentence says what to do; the next words make the ticket, with all that was said', async () => {
      const story = await begin(connector, openDesk);
      const { fake } = story;
      const { status, body, sentence } = renamed[connector] ?? { status: 422, body: {}, sentence: /./u };
      fake.plant({ on: 'create', do: 'answer', status, body, times: 5 });
      const { visitor, conversationId } = await story.arriveAndFind('before it was mended');
      const dead = await waitFor(
        'the dead letter',
        async () => (await story.deliveries('dead')).find(({ kind }) => kind === 'create-ticket'),
        30,
      );
      expect(dead.reason?.message).toMatch(sentence);
      fake.clearFaults();
      await visitor.write('after it was mended');
      const said = (): Promise<string[]> => saidIn(story, conversationId, 'it was mended');
      await waitFor('the next words', async () => (await said()).length > 1, 30);
      // There is nothing left to be said again.
      expect((await story.deliveries('cancelled')).find(({ id }) => id === dead.id)?.reason?.code).toBe(
        'retold',
      );
      await expect(story.program.deliveries.redrive(dead.id)).rejects.toMatchObject({ status: 409 });
      await story.settle();
      expect(await said()).toEqual(['before it was mended', 'after it was mended']);
      expect(await story.deliveries('dead')).toEqual([]);
    });

    it('what was to open a ticket and is brought back later is said in the ticket that there is by then', async () => {
      const story = await begin(connector, openDesk);
      const { fake, connectionId } = story;
      await story.program.connections.pause(connectionId, 'to be mended');
      const { visitor, conversationId } = await story.arriveAndFind('first of two');
      await visitor.write('second of two');
      await waitFor(
        'both to wait',
        async () =>
          (await story.deliveries('pending')).filter((one) => one.conversationId === conversationId)
            .length === 2,
        30,
      );
      fake.plant({ on: 'create', do: 'answer', status: 422, body: {}, times: 1 });
      await story.program.connections.resume(connectionId);
      const said = (): Promise<string[]> => saidIn(story, conversationId, 'of two');
      await waitFor('the second', async () => (await said()).length === 1, 30);
      const [dead] = await story.deliveries('dead');
      await story.program.deliveries.redrive(dead?.id ?? '');
      await waitFor('the first', async () => (await said()).length > 1, 30);
      await story.settle();
      expect(await said()).toEqual(['second of two', 'first of two']);
      expect((await fake.tickets()).filter(({ reference }) => reference === conversationId)).toHaveLength(1);
      expect(await story.deliveries('dead')).toEqual([]);
    });

    it('a ticket that somebody links while the conversation’s own waits to be made gets all that was said, once', async () => {
      const story = await begin(connector, openDesk);
      const { fake, connectionId, ticketId } = story;
      await story.program.connections.pause(connectionId, 'to be looked at');
      const { visitor, conversationId } = await story.arriveAndFind('one to be linked');
      await visitor.write('two to be linked');
      await story.ada.conversations.addNote(conversationId, { text: 'Noted meanwhile.' });
      const pending = async () =>
        (await story.deliveries('pending')).filter((one) => one.conversationId === conversationId);
      await waitFor('all to wait', async () => (await pending()).length === 3, 30);
      await story.program.ticketLinks.unlink(connectionId, ticketId);
      await story.program.ticketLinks.link(connectionId, ticketId, { conversationId });
      // A note is no part of what is told again.
      await waitFor('the messages to be one', async () => (await pending()).length === 2, 30);
      await story.program.connections.resume(connectionId);
      await visitor.write('three to be linked');
      const said = async (): Promise<string[]> =>
        ((await fake.ticket(ticketId))?.entries ?? []).flatMap(
          ({ text }) => text.match(/\w+ to be linked|Noted meanwhile/gu) ?? [],
        );
      await waitFor('all of it', async () => (await said()).length > 3, 30);
      await story.settle();
      const words = await said();
      expect(words.filter((word) => word !== 'Noted meanwhile')).toEqual(
        ['one', 'two', 'three'].map((word) => `${word} to be linked`),
      );
      expect(words).toHaveLength(4);
      expect((await fake.tickets()).filter(({ reference }) => reference === conversationId)).toEqual([]);
      expect(await pending()).toEqual([]);
      expect(await story.deliveries('dead')).toEqual([]);
    });

    it('what the desk refuses for good is a dead letter with a sentence, holds up nothing, and can be brought back', async () => {
      const story = await begin(connector, openDesk);
      const { fake, ticketId, visitor } = story;
      fake.plant({ on: 'write', do: 'answer', status: 413, body: {}, times: 20 });
      await visitor.write('too much for it');
      const dead = await waitFor('the dead letter', async () => (await story.deliveries('dead'))[0], 30);
      expect(dead.reason?.message.length).toBeGreaterThan(10);
      fake.clearFaults();
      await visitor.write('and this is not');
      await waitFor('the next', async () => (await wordsIn(story, ticketId)).includes('and this is not'), 30);
      await story.program.deliveries.redrive(dead.id);
      await waitFor('it', async () => (await wordsIn(story, ticketId)).includes('too much for it'), 30);
      await story.settle();
      expect(await story.deliveries('dead')).toEqual([]);
    });
  });
});

/** How each says that a field is not there, or is asked for, and what an operator is to read of it. */
const renamed: Record<string, { status: number; body: unknown; sentence: RegExp }> = {
  zendesk: {
    status: 422,
    body: {
      error: 'RecordInvalid',
      description: 'Record validation errors',
      details: {
        base: [{ description: 'Order number: is required when opening a ticket', error: 'BlankValue' }],
      },
    },
    sentence: /requires? .*connection check/u,
  },
  freshdesk: {
    status: 400,
    body: {
      description: 'Validation failed',
      errors: [
        {
          field: 'cf_wotnot_conversation',
          message: 'Unexpected/invalid field(s) in request',
          code: 'invalid_field',
        },
      ],
    },
    sentence: /cf_wotnot_conversation .*referenceField/u,
  },
  chatwoot: {
    status: 422,
    body: { message: 'Custom attributes are invalid', attributes: ['custom_attributes'] },
    sentence: /connection check/u,
  },
  webhook: { status: 422, body: {}, sentence: /see its log/u },
};

/** The words of a joined line, without time and name. */
const unnamed = (line: string): string => line.replace(/^\[[^\]]* UTC\] [^:]*: /u, '');
