import { expect } from 'vitest';
import type { FakeEntry, FakeTicket } from '../../fakes/fake-desk.js';
import { type House, openHouse } from '../../support/house.js';
import { ADA } from '../../support/tenancy.js';
import type { Visitor } from '../../support/visitor.js';
import { waitFor } from '../../support/wait-for.js';
import { openLab } from '../lab.js';
import { openRtDesk, type RtDesk } from '../rt-desk.js';
import { openShelf, type Shelf } from './shelf.js';

/** A real RT takes its time, and waits between attempts belong to what is tested. */
const patience = 180;
const pauseMilliseconds = 300;

/** The two sides know their people by other addresses. */
export const deskAda = 'ada@desk.example';
export const deskGrace = 'grace@desk.example';
export const chatGrace = 'grace@fern.example';

const policy = {
  create: 'first-message',
  onTicketSolved: 'nothing',
  agents: { [deskAda]: ADA.email, [deskGrace]: chatGrace },
  teams: { Support: 'Chat' },
};

type Look<T> = () => Promise<T | undefined | false> | T | undefined | false;

/** A contact in the chat, and the ticket that the chat has become. */
export interface Talk {
  visitor: Visitor;
  conversationId: string;
  ticketId: string;
}

/** A house, a real RT that is connected to it as the page tells, and one conversation that all parts share. */
export interface Story {
  desk: RtDesk;
  house: House;
  shelf: Shelf;
  connectionId: string;
  webhook: { url: string; token: string };
  talk: Talk;
  /** Waits as long as RT may take. */
  until<T>(what: string, look: Look<T>): Promise<T>;
  /** A contact comes and says this; answers when the ticket is there and linked. */
  begin(text: string): Promise<Talk>;
  setPolicy(change: Record<string, unknown>): Promise<void>;
  ticket(talk?: Talk): Promise<FakeTicket | undefined>;
  entries(talk?: Talk): Promise<FakeEntry[]>;
  /** The contact says it. */
  write(...texts: string[]): Promise<void>;
  /** An agent answers in RT. */
  answer(text: string, more?: Partial<Parameters<RtDesk['agentReplies']>[1]>): Promise<void>;
  /** Waits until RT has what was written last, and holds it against everything that was ever written. */
  expectSaid(): Promise<void>;
  /** Waits until the contact has the last answer, and holds it against everything that was ever answered. */
  expectHeard(): Promise<void>;
  /** What the contact is to hear next, wherever it is said. */
  willHear(text: string): void;
  close(): Promise<void>;
}

export async function openStory(): Promise<Story> {
  const desk = await openRtDesk(await openLab());
  const shelf = await openShelf();
  const house = await openHouse({ database: 'embedded', env: { SWEEP_SECONDS: '0.5' } });
  const settings = { ...desk.settings, baseUrl: desk.lab.url };
  const { connection, webhookToken, webhookUrl, registered } = await house.program.connections.create({
    connector: 'request-tracker',
    name: 'RT',
    settings: { ...settings, policy },
    credentials: desk.credentials,
  });
  expect(registered.outcome).toBe('by_hand');
  const webhook = { url: webhookUrl, token: webhookToken ?? '' };
  desk.lab.setScrip(webhook);
  await waitFor('the desk to be told things', async () => {
    const [row] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
      SELECT count(*) AS n FROM desk_mirrors WHERE connection_id = ${connection.id}`;
    return row?.n === 1n;
  });
  const until: Story['until'] = (what, look) => {
    // Each look reads RT's whole database: without a pause it would be looks that RT waits for.
    let next = 0;
    return waitFor(
      what,
      async () => {
        if (Date.now() < next) return undefined;
        const found = await look();
        next = Date.now() + pauseMilliseconds;
        return found;
      },
      patience,
    );
  };
  const written: string[] = [];
  const answered: string[] = [];

  const story: Story = {
    desk,
    house,
    shelf,
    connectionId: connection.id,
    webhook,
    talk: undefined as unknown as Talk,
    until,
    async begin(text) {
      const { visitor, conversationId } = await house.arriveAndFind(text);
      const ticket = await until('the ticket', async () =>
        (await desk.tickets()).find(({ reference }) => reference === conversationId),
      );
      await until('the link', async () => {
        const { data } = await house.program.conversations.ticketLinks(conversationId);
        return data[0]?.externalTicketId === ticket.id;
      });
      return { visitor, conversationId, ticketId: ticket.id };
    },
    async setPolicy(change) {
      await house.program.connections.change(connection.id, {
        settings: { policy: { ...policy, ...change } },
      });
    },
    ticket: async ({ ticketId } = story.talk) => desk.ticket(ticketId),
    entries: async (talk) => (await story.ticket(talk))?.entries ?? [],
    async write(...texts) {
      for (const text of texts) {
        written.push(text);
        await story.talk.visitor.write(text);
      }
    },
    async answer(text, more) {
      answered.push(text);
      await desk.agentReplies(story.talk.ticketId, { email: deskAda, text, ...more });
    },
    async expectSaid() {
      const said = async (): Promise<string[]> =>
        spoken(
          (await story.entries()).filter(({ author }) => author.kind === 'contact'),
          written,
        );
      await until(`RT to have “${written.at(-1)}”`, async () => (await said()).length >= written.length);
      expect(await said()).toEqual(written);
    },
    async expectHeard() {
      const heard = (): Promise<string[]> => story.talk.visitor.heard();
      await until(
        `the contact to hear “${answered.at(-1)}”`,
        async () => (await heard()).length >= answered.length,
      );
      expect(await heard()).toEqual(answered);
    },
    willHear: (text) => void answered.push(text),
    async close() {
      await house.close();
      await shelf.close();
      await desk.close();
    },
  };
  return story;
}

/** The texts that stand in these entries, in their order; several that waited are joined, a line each. */
function spoken(entries: FakeEntry[], known: readonly string[]): string[] {
  const lines = entries.flatMap(({ text }) => text.split('\n')).map((line) => line.trim());
  return lines.flatMap(
    (line) => known.find((text) => line === text) ?? known.find((text) => line.endsWith(` ${text}`)) ?? [],
  );
}
