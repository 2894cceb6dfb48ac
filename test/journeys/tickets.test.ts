import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { createMemoryDesk, type MemoryDesk, type MemoryTicket } from '../support/memory-desk.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor as waitForSeconds } from '../support/wait-for.js';
import { withDesk } from '../support/with-desk.js';

// Budgets and retries take their time, on whatever machine this is.
vi.setConfig({ testTimeout: 90_000 });

/** Long enough for a machine that does much else. */
const PATIENCE_SECONDS = 40;
const waitFor = <T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = PATIENCE_SECONDS,
): Promise<T> => waitForSeconds(what, look, seconds);

describe('a chat is a ticket', () => {
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
    const heard = (ticket: MemoryTicket, words: string[]): Promise<unknown> =>
      waitFor(
        `the ticket to have ${JSON.stringify(words)}, it has ${JSON.stringify(desk.heard(ticket.id))}`,
        () => desk.heard(ticket.id).length >= words.length,
      ).then(() => expect(desk.heard(ticket.id)).toEqual(words));

    it('from the handover on: what was said so far, then every word as the contact, in order; the agent’s answer reaches the contact once', async () => {
      const tenancy = await withDesk(house);
      const visitor = await tenancy.arrive({
        human: false,
        text: 'hours',
        name: 'Vera',
        email: 'vera@home.example',
      });
      const conversationId = await tenancy.conversationOf(visitor);
      await tenancy.settle();
      expect(desk.tickets.some(({ reference }) => reference === conversationId)).toBe(false);
      await tenancy.act(visitor.id, 'assign', { to: ADA.email });
      const ticket = await ticketOf(conversationId);
      expect(ticket.subject).toBe('Chat with Vera');
      expect(ticket.contact).toMatchObject({ name: 'Vera', email: 'vera@home.example' });
      expect(ticket.tags).toContain('wotnot');
      for (const text of ['one', 'two', 'ok', 'ok']) await visitor.write(text);
      await heard(ticket, ['hours', 'one', 'two', 'ok', 'ok']);

      desk.agentReplies(ticket.id, { email: ADA.email, text: 'We open at nine.' });
      desk.agentReplies(ticket.id, { email: ADA.email, text: 'And close at six.' });
      await waitFor('the contact to have the answers', async () => (await visitor.heard()).length === 2);
      await tenancy.settle();
      expect(await visitor.heard()).toEqual(['We open at nine.', 'And close at six.']);
      // None of it comes back to the ticket, neither the contact's words nor the agent's own.
      expect(desk.notes(ticket.id).filter((note) => /nine|six/u.test(note))).toEqual([]);
      const links = await tenancy.program.conversations.ticketLinks(conversationId);
      expect(links.data).toMatchObject([{ connectionId: tenancy.deskId, externalTicketId: ticket.id }]);
    });

    it('B21: an answer under the id of another one, which an operator has looked at and replayed, is an answer of its own', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      desk.agentReplies(ticket.id, { email: ADA.email, text: 'as said' });
      desk.agentNotes(ticket.id, ADA.email, 'as noted');
      await waitFor('the answer', async () => (await visitor.heard()).length === 1);
      await tenancy.settle();
      await house.app.database.prisma.$executeRaw`
        INSERT INTO inbound_events (workspace_id, connection_id, lane_key, kind, payload, flags, state, detail)
        SELECT workspace_id, connection_id, lane_key, kind, jsonb_set(payload, '{text}', '"said anew"'),
          '{contradiction}', 'unrecognised', 'same_id_other_content'
        FROM inbound_events WHERE workspace_id = ${tenancy.workspaceId} AND payload->>'text' IN ('as said', 'as noted')
        ORDER BY position`;
      const parked = (await tenancy.program.inboundEvents.list({ state: 'unrecognised' })).data;
      expect(parked).toHaveLength(2);
      for (const { id } of parked) await tenancy.program.inboundEvents.replay(id);
      await tenancy.settle();
      expect(await visitor.heard()).toEqual(['as said', 'said anew']);
      const page = await tenancy.program.conversations.events(conversationId, { limit: 200 });
      expect(page.data.flatMap((fact) => (fact.type === 'note.added' ? [fact.data.note.text] : []))).toEqual([
        'as noted',
        'said anew',
      ]);
    });

    it('notes never reach the contact; each side has the other’s', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      desk.agentNotes(ticket.id, ADA.email, 'a secret of the staff');
      await tenancy.ada.conversations.addNote(conversationId, { text: 'a note of the console' });
      await waitFor('the note in the conversation', async () => {
        const page = await tenancy.program.conversations.events(conversationId, { limit: 200 });
        return page.data.filter(({ type }) => type === 'note.added').length === 2;
      });
      await waitFor('the note in the ticket', () => desk.notes(ticket.id).includes('a note of the console'));
      await tenancy.settle();
      expect(await visitor.heard()).toEqual([]);
      expect(desk.notes(ticket.id).filter((note) => note.includes('secret'))).toHaveLength(1);
    });

    it('assignee and status follow on both sides, and do not chase each other', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await tenancy.settle();
      desk.change(ticket.id, { status: 'open', assignee: { agent: { email: 'grace@fern.example' } } });
      await waitFor(
        'Grace to have the chat',
        async () => (await visitor.see()).assignee.email === 'grace@fern.example',
      );
      await tenancy.act(visitor.id, 'assign', { to: ADA.email });
      await waitFor('Ada to have the ticket', () => {
        const { assignee } = ticket.state;
        return (
          assignee !== null &&
          assignee !== undefined &&
          'agent' in assignee &&
          assignee.agent.email === ADA.email
        );
      });
      await tenancy.settle();
      const assigns = (await tenancy.requests('assign-user')).filter((r) => r.conversationId === visitor.id);
      expect(assigns).toHaveLength(1);
      desk.change(ticket.id, { status: 'solved' });
      await waitFor(
        'the chat to be closed',
        async () => (await visitor.see()).status.toLowerCase() !== 'open',
      );
      await tenancy.settle();
      expect(
        (await tenancy.requests('close-conversation')).filter((r) => r.conversationId === visitor.id),
      ).toHaveLength(1);
      expect(ticket.state.status).toBe('solved');
      desk.agentReplies(ticket.id, { email: ADA.email, text: 'One more thing' });
      await waitFor('the agent to be told that it cannot be sent', () =>
        desk.notes(ticket.id).some((note) => note.includes('NOT delivered') && note.includes('closed')),
      );
      expect(await visitor.heard()).toEqual([]);
    });

    it('teams have their own names on both sides; one that the desk is not to hear of leaves the ticket alone', async () => {
      const tenancy = await withDesk(house, { teams: { sales: 'Second line', Support: '' } });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await tenancy.settle();
      expect(await visitor.see()).toMatchObject({ assignee: { type: 'team', name: 'Support' } });
      expect(ticket.state.assignee ?? null).toBeNull();
      await tenancy.act(visitor.id, 'assign', { to: 'Sales' });
      await waitFor('the second line to have the ticket', () => {
        const { assignee } = ticket.state;
        return assignee !== null && assignee !== undefined && 'team' in assignee
          ? assignee.team.name === 'Second line'
          : false;
      });
      await tenancy.settle();
      // The desk’s own news of it assign nothing over there.
      expect(await tenancy.requests('assign-team')).toEqual([]);
      desk.change(ticket.id, { assignee: { team: { name: 'Support' } } });
      await waitFor(
        'Support to have the chat',
        async () => (await visitor.see()).assignee.name === 'Support',
      );
      desk.change(ticket.id, { assignee: { team: { name: 'second line' } } });
      await waitFor('Sales to have the chat', async () => (await visitor.see()).assignee.name === 'Sales');
      await tenancy.settle();
      expect(await tenancy.deliveries('dead')).toEqual([]);
    });

    it('files go both ways as files', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      const shelf = createServer((_request, response) => response.end('a picture of a fern'));
      await new Promise<void>((resolve) => shelf.listen(0, '127.0.0.1', resolve));
      const { port } = shelf.address() as AddressInfo;
      await visitor.sendFile({
        path: `http://127.0.0.1:${port}/fern.txt`,
        name: 'fern.txt',
        type: 'text/plain',
      });
      await waitFor('the contact’s file in the ticket', () =>
        ticket.comments.some(
          ({ as, files }) => as === 'contact' && files[0]?.bytes === 'a picture of a fern',
        ),
      );
      shelf.close();
      shelf.closeAllConnections();
      desk.filesAfterLooks = 1;
      desk.agentReplies(ticket.id, {
        email: ADA.email,
        text: 'Here it is',
        files: [{ name: 'guide.txt', bytes: 'how to water a fern' }],
      });
      await waitFor('text and file', async () => (await visitor.heard()).length === 2, 30);
      const { messages } = await visitor.see();
      const [text, file] = messages.filter(({ from }) => from === 'agent');
      expect(text?.text).toBe('Here it is');
      expect(file?.file?.name).toBe('guide.txt');
      await waitFor('its bytes', async () => {
        const seen = (await visitor.see()).messages.find(({ id }) => id === file?.id);
        const bytes = await tenancy.bytes(seen?.file?.url ?? '');
        return bytes.toString('utf8') === 'how to water a fern';
      });
    });

    it('an agent’s file that cannot be had: the contact is told in words, the agent in the ticket, with its name and the reason', async () => {
      const tenancy = await withDesk(house, { unsentFile: 'La fiche « {{file.name}} » suit par la poste.' });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      desk.filesUnavailable = 'The file is larger than 25 MB.';
      desk.agentReplies(ticket.id, {
        email: ADA.email,
        text: 'Here it is',
        files: [{ name: 'film.mp4', bytes: 'x' }],
      });
      await waitFor('the words', async () => (await visitor.heard()).length > 0);
      await waitFor('the note in the ticket', () =>
        desk.notes(ticket.id).some((note) => /"film\.mp4" was NOT sent .*larger than 25 MB/u.test(note)),
      );
      await tenancy.settle();
      desk.filesUnavailable = undefined;
      expect(await visitor.heard()).toEqual(['Here it is\nLa fiche « film.mp4 » suit par la poste.']);
      expect(desk.notes(ticket.id).filter((note) => note.includes('film.mp4'))).toHaveLength(1);
    });

    it('an agent’s sound recording reaches the contact as a voice message', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      const files = [{ name: 'hello.wav', bytes: 'RIFF$$$$WAVEfmt sound' }];
      desk.agentReplies(ticket.id, { email: ADA.email, text: '', files });
      const voice = await waitFor('the voice message', async () =>
        (await visitor.see()).messages.find(({ from }) => from === 'agent'),
      );
      expect(voice).toMatchObject({ type: 'voice', file: { name: 'hello.wav' } });
      await tenancy.settle();
      expect(await tenancy.requests('send-message')).toMatchObject([
        { body: { message: { type: 'voice' } } },
      ]);
    });

    it('an agent’s file that WotNot does not take: the contact gets a link that leads to it, the ticket a note', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await tenancy.plant({
        do: 'answer',
        operation: 'send-message',
        status: 422,
        code: 'INVALID_DATA',
        times: 1,
      });
      desk.agentReplies(ticket.id, {
        email: ADA.email,
        text: '',
        files: [{ name: 'guide.txt', bytes: 'how to water a fern' }],
      });
      await waitFor('the link', async () => (await visitor.heard()).length > 0);
      const [link = ''] = await visitor.heard();
      const url = /^guide\.txt: (http\S+)$/u.exec(link)?.[1] ?? '';
      expect(await (await fetch(url)).text()).toBe('how to water a fern');
      await waitFor('the note in the ticket', () =>
        desk.notes(ticket.id).some((note) => /link to "guide\.txt".*did not accept/u.test(note)),
      );
      await tenancy.settle();
      expect(await tenancy.deliveries('dead')).toEqual([]);
    });

    it('a breach of the service level escalates the ticket', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await tenancy.act(visitor.id, 'sla-breach', { name: 'First answer' });
      await waitFor('the ticket to be urgent', () => ticket.state.priority === 'urgent');
      await waitFor('the note', () => desk.notes(ticket.id).some((note) => note.includes('service level')));
      expect(ticket.tags).toContain('sla-breached');
      const isShown = (priority: string) =>
        waitFor(`the ticket’s link to say ${priority}`, async () => {
          const { data } = await tenancy.program.conversations.ticketLinks(conversationId);
          return data[0]?.ticketPriority === priority;
        });
      await isShown('urgent');
      desk.change(ticket.id, { priority: 'low' });
      await isShown('low');
      const { ticketLinks } = await tenancy.program.conversations.read(conversationId);
      expect(ticketLinks).toMatchObject([{ ticketPriority: 'low' }]);
    });

    it('what the desk can carry is known before anything is sent', async () => {
      const tenancy = await withDesk(house);
      const told = { mostFileBytes: 1_000_000, mostFilesPerMessage: 5, carriesFiles: true };
      expect((await tenancy.program.connections.read(tenancy.deskId)).capabilities).toMatchObject(told);
      // Agents see it as well, and of the chat nothing of the kind.
      const { data } = await tenancy.ada.connections.list();
      for (const { side, capabilities } of data) expect(capabilities === undefined).toBe(side === 'chat');
      expect(data.find(({ id }) => id === tenancy.deskId)?.capabilities).toMatchObject(told);
    });

    it('an answer that is lost is looked for: nothing twice, nothing lost', async () => {
      const tenancy = await withDesk(house);
      const lost = {
        outcome: 'uncertain',
        code: 'connection_lost',
        message: 'The answer was lost.',
      } as const;
      desk.after = (order) => (order.kind === 'create-ticket' ? lost : undefined);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      await waitFor(
        'the link',
        async () => (await tenancy.program.conversations.ticketLinks(conversationId)).data.length === 1,
      );
      let n = 0;
      desk.after = (order) => (order.kind === 'add-ticket-message' && n++ === 0 ? lost : undefined);
      for (const text of ['one', 'two', 'three']) await visitor.write(text);
      await heard(ticket, ['hello', 'one', 'two', 'three']);
      n = 0;
      desk.after = undefined;
      // Not carried out, and not known to be so.
      desk.before = (order) => (order.kind === 'add-ticket-message' && n++ === 0 ? lost : undefined);
      await visitor.write('four');
      await heard(ticket, ['hello', 'one', 'two', 'three', 'four']);
      desk.before = undefined;
      await tenancy.settle();
      expect(desk.tickets.filter(({ reference }) => reference === conversationId)).toHaveLength(1);
    });

    it('a desk that is down for a while gets everything afterwards, in order, once', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      desk.before = () => ({ outcome: 'retry', code: 'down', message: 'Down.', retryAfterSeconds: 1 });
      const words = Array.from({ length: 12 }, (_none, index) => `word ${index}`);
      for (const text of words) await visitor.write(text);
      await waitFor('a delivery to fail', async () =>
        (await tenancy.deliveries('pending')).some(({ attempts }) => attempts > 0),
      );
      desk.before = undefined;
      await waitFor('all of it', () => desk.heard(ticket.id).length === words.length + 1, 40);
      expect(desk.heard(ticket.id)).toEqual(['hello', ...words]);
    });

    it('a ticket that is deleted is replaced by a new one, a merged one by the other; no word is lost', async () => {
      const tenancy = await withDesk(house);
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const first = await ticketOf(conversationId);
      desk.remove(first.id);
      await visitor.write('are you there?');
      const second = await waitFor('another ticket', () =>
        desk.tickets.find(({ reference, id }) => reference === conversationId && id !== first.id),
      );
      await waitFor('the words', () => desk.heard(second.id).includes('are you there?'));
      await waitFor('the link', async () => {
        const { data } = await tenancy.program.conversations.ticketLinks(conversationId);
        return data[0]?.externalTicketId === second.id;
      });
      const other = await tenancy.arriveAndFind('somebody else');
      const target = await ticketOf(other.conversationId);
      await waitFor(
        'its link',
        async () => (await tenancy.program.conversations.ticketLinks(other.conversationId)).data.length === 1,
      );
      await tenancy.program.ticketLinks.unlink(tenancy.deskId, target.id);
      desk.merge(second.id, target.id);
      await visitor.write('still there?');
      await waitFor('the words in the other ticket', () => desk.heard(target.id).includes('still there?'));
      // Whoever reads it is told that nobody here has done it; by hand there is no reason.
      const ends = async (id: string) =>
        (await tenancy.program.conversations.events(id, { limit: 200 })).data.flatMap(({ type, data }) =>
          type === 'ticket.unlinked' ? [data] : [],
        );
      expect(await ends(conversationId)).toEqual([
        { connectionId: tenancy.deskId, externalTicketId: first.id, reason: 'deleted' },
        { connectionId: tenancy.deskId, externalTicketId: second.id, reason: 'merged' },
      ]);
      expect(await ends(other.conversationId)).toEqual([
        { connectionId: tenancy.deskId, externalTicketId: target.id },
      ]);
    });

    it('a message to a solved ticket reopens it; after the time for that it gets a ticket that follows it', async () => {
      const tenancy = await withDesk(house, { onTicketSolved: 'nothing' });
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const ticket = await ticketOf(conversationId);
      const solve = async (): Promise<void> => {
        desk.change(ticket.id, { status: 'solved' });
        await waitFor('the bridge to know', async () => {
          const { data } = await tenancy.program.conversations.ticketLinks(conversationId);
          return data[0]?.ticketStatus === 'solved';
        });
        await tenancy.settle();
      };
      const lastHappened = (days: number) => house.app.database.prisma.$executeRaw`
        UPDATE ticket_follows SET lively_at = now() - make_interval(days => ${days}::int)
        WHERE connection_id = ${tenancy.deskId} AND external_ticket_id = ${ticket.id}`;
      await solve();
      await lastHappened(13);
      await visitor.write('not solved at all');
      await waitFor('it to be open', () => ticket.state.status === 'open');
      await heard(ticket, ['hello', 'not solved at all']);
      // The note has come with a look at the ticket, which has seen that it is open.
      desk.agentNotes(ticket.id, ADA.email, 'I look into it.');
      await waitFor('a look at the ticket', async () => {
        const page = await tenancy.program.conversations.events(conversationId, { limit: 200 });
        return page.data.some(({ type }) => type === 'note.added');
      });
      await solve();
      await lastHappened(15);
      await visitor.write('something new');
      const next = await waitFor('the next ticket', () =>
        desk.tickets.find(({ follows }) => follows === ticket.id),
      );
      expect(desk.heard(next.id)).toEqual(['something new']);
      await visitor.write('and more');
      await heard(next, ['something new', 'and more']);
      expect(desk.heard(ticket.id)).toEqual(['hello', 'not solved at all']);
      expect(ticket.state.status).toBe('solved');
    });

    it('a webhook is a hint that is believed only when it is signed', async () => {
      const tenancy = await withDesk(house);
      const { connections } = tenancy.program;
      const rotated = await connections.rotateWebhookToken(tenancy.deskId);
      const listed = (await connections.list()).data.find(({ id }) => id === tenancy.deskId);
      const url = listed?.webhookUrl ?? '';
      const post = (secret: string) =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-desk-secret': secret },
          body: JSON.stringify({ tickets: ['1'] }),
        });
      expect((await post('forged')).status).toBe(401);
      expect((await post(rotated.webhookToken)).status).toBe(200);
    });
  });
});

describe('a desk that limits changes to a ticket', () => {
  onEachDatabase((kind) => {
    it('60 messages in a burst: all there, in order, joined, and never more changes than it allows', async () => {
      const desk = createMemoryDesk({ budget: { most: 9, seconds: 12 } });
      const house = await openHouse({
        database: kind,
        connectors: [desk.connector],
        env: { SWEEP_SECONDS: '0.5' },
      });
      try {
        const tenancy = await withDesk(house);
        const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
        const ticket = await waitFor('the ticket', () =>
          desk.tickets.find(({ reference }) => reference === conversationId),
        );
        const words = Array.from({ length: 60 }, (_none, index) => `word ${index}`);
        for (const text of words) await visitor.write(text);
        await waitFor('all of it', () => desk.heard(ticket.id).length >= 61, 60);
        expect(desk.heard(ticket.id)).toEqual(['hello', ...words]);
        const { writes } = ticket;
        for (const from of writes)
          expect(writes.filter((at) => at >= from && at < from + 12_000).length).toBeLessThanOrEqual(9);
      } finally {
        await house.close();
      }
    });
  });
});
