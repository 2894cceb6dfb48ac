import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, openApp, openHouse } from '../support/house.js';
import { createMemoryDesk, type MemoryDesk, type MemoryTicket } from '../support/memory-desk.js';
import { createPassingTime } from '../support/passing-time.js';
import { ADA, type Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor as waitForSeconds } from '../support/wait-for.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

/** Long enough for a machine that does much else, and for what is tried every 15 seconds. */
const PATIENCE_SECONDS = 60;
const waitFor = <T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> => waitForSeconds(what, look, PATIENCE_SECONDS);

/** A place outside where a contact’s file lies, or does not yet, or not any more. */
async function openShelf() {
  let isThere = true;
  const server: Server = createServer((_request, response) => {
    response.statusCode = isThere ? 200 : 404;
    response.end(isThere ? 'a picture of a fern' : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    file: { path: `http://127.0.0.1:${port}/fern.txt`, name: 'fern.txt', type: 'text/plain' },
    set: (there: boolean) => void (isThere = there),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('files between a chat and its ticket', () => {
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
    afterAll(() => house?.close());

    const ticketOf = (conversationId: string): Promise<MemoryTicket> =>
      waitFor('the ticket', () => desk.tickets.findLast(({ reference }) => reference === conversationId));

    async function begin() {
      const tenancy = await house.addTenancy();
      const { connection } = await tenancy.program.connections.create({
        connector: 'memory',
        name: 'Desk',
        settings: {},
        credentials: {},
      });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await tenancy.settle();
      return { ...tenancy, deskId: connection.id, visitor, conversationId, ticket };
    }

    const pendingReason = async (tenancy: Tenancy) =>
      (await tenancy.deliveries('pending')).find(({ kind: one }) => one === 'add-ticket-message')?.reason;
    const hasFile = (ticket: MemoryTicket) =>
      ticket.comments.some(({ as, files }) => as === 'contact' && files[0]?.bytes === 'a picture of a fern');
    const keptFiles = async ({ workspaceId }: Tenancy): Promise<number> => {
      const [row] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM files WHERE workspace_id = ${workspaceId}`;
      return Number(row?.n);
    };

    it('a contact’s file that is not there yet is tried again, and goes as a file', async () => {
      const story = await begin();
      const shelf = await openShelf();
      shelf.set(false);
      await story.visitor.sendFile(shelf.file);
      await waitFor(
        'it to be missed',
        async () => (await pendingReason(story))?.code === 'file_not_there_yet',
      );
      shelf.set(true);
      await waitFor('the file in the ticket', () => hasFile(story.ticket));
      shelf.close();
      expect(await story.deliveries('dead')).toEqual([]);
    });

    it('a contact’s file is fetched while the desk is left alone, and goes as a file when its address is gone', async () => {
      const story = await begin();
      const shelf = await openShelf();
      await story.program.connections.pause(story.deskId, 'to be mended');
      await story.visitor.sendFile(shelf.file);
      await waitFor('the file to be kept', async () => (await keptFiles(story)) === 1);
      shelf.close();
      expect(hasFile(story.ticket)).toBe(false);
      await story.program.connections.resume(story.deskId);
      await waitFor('the file in the ticket', () => hasFile(story.ticket));
      await story.settle();
      expect(await keptFiles(story)).toBe(1);
    });

    it('what an ended process was still to fetch is fetched by the next', async () => {
      const story = await begin();
      const shelf = await openShelf();
      shelf.set(false);
      await story.program.connections.pause(story.deskId, 'to be mended');
      await story.visitor.sendFile(shelf.file);
      await waitFor('it to be owed', async () => (await story.deliveries('pending')).length > 0);
      await house.app.stop();
      shelf.set(true);
      const { app } = await openApp(house.env, [desk.connector]);
      await app.start();
      try {
        await waitFor('the file to be kept', async () => {
          const [row] = await app.database.prisma.$queryRaw<{ n: bigint }[]>`
            SELECT count(*) AS n FROM files WHERE workspace_id = ${story.workspaceId}`;
          return row?.n === 1n;
        });
        shelf.close();
        await story.program.connections.resume(story.deskId);
        await waitFor('the file in the ticket', () => hasFile(story.ticket));
      } finally {
        await app.stop();
      }
    });
  });
});

describe('a file store that is full', () => {
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
    afterAll(() => house?.close());

    /** No file finds room, as on a disk that is full; small things still do. */
    async function fill(): Promise<() => Promise<void>> {
      const { prisma } = house.app.database;
      await prisma.$executeRawUnsafe(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$`);
      await prisma.$executeRawUnsafe(
        'CREATE TRIGGER no_room BEFORE INSERT ON file_pieces FOR EACH ROW EXECUTE FUNCTION no_room()',
      );
      return async () => {
        await prisma.$executeRawUnsafe('DROP TRIGGER no_room ON file_pieces');
        await prisma.$executeRawUnsafe('DROP FUNCTION no_room()');
      };
    }

    it('says what to do, loses nothing, and everything flows once there is room: the contact’s file, the agent’s from the desk, and an upload', async () => {
      const tenancy = await house.addTenancy();
      await tenancy.program.connections.create({
        connector: 'memory',
        name: 'Desk',
        settings: {},
        credentials: {},
      });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await waitFor('the ticket', () =>
        desk.tickets.findLast(({ reference }) => reference === conversationId),
      );
      await tenancy.settle();
      const shelf = await openShelf();
      const makeRoom = await fill();

      await visitor.sendFile(shelf.file);
      const waiting = await waitFor('the operator to be told', async () =>
        (await tenancy.deliveries('pending')).find(({ reason }) => reason?.code === 'file_store_failed'),
      );
      expect(waiting).toMatchObject({
        attempts: 0,
        reason: { message: expect.stringMatching(/store is full or not writable.*Make room.*DATA_DIR/u) },
      });
      const answer = {
        email: ADA.email,
        text: 'Here it is',
        files: [{ name: 'guide.txt', bytes: 'how to water a fern' }],
      };
      desk.agentReplies(ticket.id, answer);
      await waitFor('the log to say so', () => house.log.some((line) => line.includes('file_store.failed')));
      const upload = () => tenancy.ada.files.upload({ name: 'a.txt', bytes: Buffer.from('an upload') });
      await expect(upload()).rejects.toMatchObject({ status: 503, code: 'file_store_failed' });
      expect(await tenancy.deliveries('dead')).toEqual([]);
      expect(await tenancy.deliveries('uncertain')).toEqual([]);

      await makeRoom();
      await upload();
      await waitFor('the contact’s file in the ticket', () =>
        ticket.comments.some(({ files }) => files[0]?.bytes === 'a picture of a fern'),
      );
      await waitFor('the agent’s answer', async () => (await visitor.heard()).length > 1);
      shelf.close();
      await tenancy.settle();
      expect((await visitor.see()).messages.filter(({ from }) => from === 'agent')).toMatchObject([
        { text: 'Here it is' },
        { file: { name: 'guide.txt' } },
      ]);
    });
  });
});

describe('a desk whose files cannot be had for longer than a minute', () => {
  onEachDatabase((kind) => {
    const time = createPassingTime();
    let forward = 0;
    let house: House;
    let desk: MemoryDesk;
    beforeAll(async () => {
      desk = createMemoryDesk();
      house = await openHouse({
        database: kind,
        connectors: [desk.connector],
        env: { SWEEP_SECONDS: '0.5' },
        time: { ...time, steady: () => time.steady() + forward },
      });
    });
    afterAll(() => house?.close());

    it('an agent’s file arrives once the desk is back, in order, once; other tickets do not wait for it', async () => {
      const tenancy = await house.addTenancy();
      const { connection } = await tenancy.program.connections.create({
        connector: 'memory',
        name: 'Desk',
        settings: {},
        credentials: {},
      });
      const begin = async () => {
        const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
        const ticket = await waitFor('the ticket', () =>
          desk.tickets.findLast(({ reference }) => reference === conversationId),
        );
        return { visitor, ticket };
      };
      const story = await begin();
      const other = await begin();
      await tenancy.settle();
      const say = (text: string, files: { name: string; bytes: string }[] = []): void =>
        desk.agentReplies(story.ticket.id, { email: ADA.email, text, files });
      const heard = async () =>
        (await story.visitor.see()).messages
          .filter(({ from }) => from === 'agent')
          .map(({ text, file }) => file?.name ?? text);
      /** What comes in for a ticket has it looked at again at once. */
      const lookedAgain = async (text: string): Promise<void> => {
        const before = desk.awayLooks;
        say(text);
        await waitFor('another look', () => desk.awayLooks > before);
      };

      desk.filesAway = 'The desk does not answer.';
      say('Here it is', [
        { name: 'guide.txt', bytes: 'how to water a fern' },
        { name: 'light.txt', bytes: 'how much light it needs' },
      ]);
      await waitFor('a look', () => desk.awayLooks > 0);
      forward += 10 * 60_000;
      await house.app.database.prisma.$executeRaw`
        UPDATE inbound_events SET received_at = received_at - interval '10 minutes'
        WHERE connection_id = ${connection.id}`;
      await lookedAgain('Did you find it?');
      await lookedAgain('Anything else?');
      desk.agentReplies(other.ticket.id, { email: ADA.email, text: 'meanwhile' });
      await waitFor('the other contact', async () => (await other.visitor.heard()).length > 0);
      expect(await heard()).toEqual([]);
      expect(house.log.filter((line) => line.includes('desk_file.awaited'))).toHaveLength(1);

      // The desk is back, and has not put the file in its place yet.
      desk.filesAfterLooks = 1;
      desk.filesAway = undefined;
      say('Bye');
      const all = ['Here it is', 'guide.txt', 'light.txt', 'Did you find it?', 'Anything else?', 'Bye'];
      await waitFor('all of it', async () => (await heard()).length >= all.length);
      await tenancy.settle();
      expect(await heard()).toEqual(all);
      expect(desk.notes(story.ticket.id).filter((note) => note.includes('NOT sent'))).toEqual([]);
      const [kept] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM files WHERE workspace_id = ${tenancy.workspaceId}`;
      expect(kept?.n).toBe(2n);
    });
  });
});
