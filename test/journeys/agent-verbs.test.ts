import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BridgeError } from '../../src/client/index.js';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';

const PNG = Buffer.concat([
  Buffer.from(
    '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000049454e44ae426082',
    'hex',
  ),
  Buffer.alloc(1_500_000, 7),
]);
const WAV = Buffer.concat([
  Buffer.from(
    '524946462c00000057415645666d74201000000001000100401f0000401f0000010008006461746108000000',
    'hex',
  ),
  Buffer.alloc(64, 128),
]);

describe('what agents do and what happens outside', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    let shelf: Server;
    let shelfUrl: string;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      screen = await house.openScreen();
      shelf = createServer((_request, response) => response.end(PNG)).listen(0, '127.0.0.1');
      await new Promise((resolve) => shelf.once('listening', resolve));
      shelfUrl = `http://127.0.0.1:${(shelf.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      shelf?.closeAllConnections();
      shelf?.close();
      await house?.close();
    });

    it('a text, an uploaded file, a file by address, a voice message and a template arrive in order, byte for byte', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('send me everything');
      const { sendMessage } = house.ada.conversations;
      const picture = await house.ada.files.upload({ name: 'fern.png', bytes: PNG });
      const sound = await house.ada.files.upload({ name: 'hello.wav', bytes: WAV });
      expect(picture).toMatchObject({ contentType: 'image/png', sizeBytes: PNG.length });
      await sendMessage(conversationId, { type: 'text', text: 'Here it is' });
      await sendMessage(conversationId, { type: 'file', fileId: picture.fileId });
      await sendMessage(conversationId, { type: 'file', url: `${shelfUrl}/from%20afar.png` });
      await sendMessage(conversationId, { type: 'voice', fileId: sound.fileId });
      await sendMessage(conversationId, {
        type: 'template',
        template: { name: 'welcome', parameters: { body: ['Vera'] } },
      });
      await house.settle();
      const received = (await visitor.see()).messages.filter(({ from }) => from === 'agent');
      expect(received.map(({ type }) => type)).toEqual(['text', 'file', 'file', 'voice', 'template']);
      expect(received.map(({ text, file }) => text ?? file?.name)).toEqual([
        'Here it is',
        'fern.png',
        'from afar.png',
        'hello.wav',
        'Hello Vera, welcome to Fern & Fable! How can we help you?',
      ]);
      const bytes = await Promise.all(
        received.flatMap(({ file }) => (file?.url === undefined ? [] : [house.bytes(file.url)])),
      );
      expect(bytes.map((file, index) => file.equals([PNG, PNG, WAV][index] ?? Buffer.alloc(0)))).toEqual([
        true,
        true,
        true,
      ]);
      // None of the five comes back as news.
      const { data } = await house.ada.conversations.events(conversationId, { limit: 200 });
      expect(data.filter(({ type }) => type === 'message.received')).toHaveLength(1);
      expect(data.filter(({ type }) => type === 'message.sent')).toHaveLength(5);
    });

    it('a file that the visitor sends is on the screen with its name', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('look');
      await visitor.sendFile({ path: `${shelfUrl}/leaf.png`, name: 'leaf.png', type: 'image/png' });
      const { data } = await screen.until(
        'message.received',
        (fact) => fact.conversationId === conversationId && fact.data.message.attachments.length > 0,
      );
      expect(data.message.attachments[0]).toMatchObject({ name: 'leaf.png' });
    });

    it('an assignment to a team and to an agent is carried out over there, and the screen and REST agree on it', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('whose am I?');
      await house.ada.conversations.assign(conversationId, { team: 'Sales' });
      await screen.until(
        'conversation.assigned',
        (fact) =>
          fact.conversationId === conversationId &&
          fact.data.assignee.type === 'team' &&
          fact.data.assignee.team === 'Sales',
      );
      expect((await visitor.see()).assignee).toMatchObject({ type: 'team', name: 'Sales' });
      await house.ada.conversations.assign(conversationId, { agent: ADA.email });
      await screen.until(
        'conversation.assigned',
        (fact) => fact.conversationId === conversationId && fact.data.assignee.type === 'agent',
      );
      await house.settle();
      expect((await visitor.see()).assignee).toMatchObject({ type: 'agent', email: ADA.email });
      expect((await house.ada.conversations.read(conversationId)).assignee).toMatchObject({
        email: ADA.email,
      });
      const mine = await house.ada.conversations.list({ assignee: 'me', limit: 200 });
      expect(mine.data.map(({ id }) => id)).toContain(conversationId);
    });

    it('what is done in WotNot’s own screens is seen here: note, label, variable, breach, assignment, close', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('watch me');
      const here = (fact: { conversationId: string | null }): boolean =>
        fact.conversationId === conversationId;
      await house.act(visitor.id, 'note', { text: 'a good customer' });
      await house.act(visitor.id, 'label', { name: 'VIP' });
      await house.act(visitor.id, 'variable', { name: 'order', value: '42' });
      await house.act(visitor.id, 'sla-breach', { name: 'First response' });
      await house.act(visitor.id, 'assign', { to: 'linus@fern.example' });
      await house.act(visitor.id, 'close');
      expect((await screen.until('note.added', here)).data.note.text).toBe('a good customer');
      expect((await screen.until('labels.changed', here)).data.labels).toEqual(['VIP']);
      expect((await screen.until('variables.changed', here)).data.variables).toMatchObject({ order: '42' });
      expect((await screen.until('sla.breached', here)).data.name).toBe('First response');
      await screen.until(
        'conversation.assigned',
        (fact) =>
          here(fact) &&
          fact.data.assignee.type === 'agent' &&
          fact.data.assignee.email === 'linus@fern.example',
      );
      await screen.until('conversation.closed', here);
      const conversation = await house.ada.conversations.read(conversationId);
      expect(conversation).toMatchObject({
        status: 'closed',
        labels: ['VIP'],
        sla: { name: 'First response' },
      });
      expect(conversation.variables).toMatchObject({ order: '42' });
      const breached = await house.ada.conversations.list({ slaBreached: true, limit: 200 });
      expect(breached.data.map(({ id }) => id)).toContain(conversationId);
    });

    it('variables set and conversations closed by an agent are so over there; after that nothing can be sent', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('bye');
      await house.ada.conversations.setVariables(conversationId, [{ name: 'mood', value: 'good' }]);
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'Goodbye' });
      await house.ada.conversations.close(conversationId);
      await house.settle();
      const there = await visitor.see();
      expect(there.status).toBe('closed');
      expect(there.variables.some(({ name, value }) => name === 'mood' && value === 'good')).toBe(true);
      expect(await visitor.heard()).toEqual(['Goodbye']);
      const late = house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'One more' });
      await expect(late).rejects.toMatchObject({ code: 'conversation_closed', status: 409 });
    });

    it('a note stays among agents: the visitor hears nothing of it', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('psst');
      await house.ada.conversations.addNote(conversationId, { text: 'careful with this one' });
      const { data } = await screen.until('note.added', (fact) => fact.conversationId === conversationId);
      expect(data.note).toMatchObject({ text: 'careful with this one', author: { email: ADA.email } });
      await house.settle();
      expect(await visitor.heard()).toEqual([]);
    });

    it('a ticket is found from both ends, and linking it elsewhere names the conversation that has it', async () => {
      const { conversationId } = await house.arriveAndFind('a ticket, please');
      const other = await house.arriveAndFind('mine!');
      const { link, find } = house.program.ticketLinks;
      await link(house.connectionId, 'T-1', { conversationId, url: 'https://desk.example/T-1' });
      await link(house.connectionId, 'T-1', { conversationId });
      expect((await find(house.connectionId, 'T-1')).conversationId).toBe(conversationId);
      const links = await house.ada.conversations.ticketLinks(conversationId);
      expect(links.data.map(({ externalTicketId }) => externalTicketId)).toEqual(['T-1']);
      await screen.until('ticket.linked', (fact) => fact.data.externalTicketId === 'T-1');
      const refused = link(house.connectionId, 'T-1', { conversationId: other.conversationId });
      await expect(refused).rejects.toSatisfy(
        (error) =>
          error instanceof BridgeError &&
          error.code === 'ticket_linked_elsewhere' &&
          JSON.stringify(error.details).includes(conversationId),
      );
      await house.program.ticketLinks.unlink(house.connectionId, 'T-1');
      await expect(find(house.connectionId, 'T-1')).rejects.toMatchObject({ code: 'not_found' });
    });

    it('the same reply with the same idempotency key goes out once, over REST and over the socket', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('once, please');
      const message = { type: 'text', text: 'exactly once' } as const;
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (;;) {
            try {
              return await house.ada.conversations.sendMessage(conversationId, message, {
                idempotencyKey: 'k-1',
              });
            } catch (error) {
              // The first is still under way.
              if (!(error instanceof BridgeError) || error.code !== 'idempotency_key_in_use') throw error;
            }
          }
        }),
      );
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      const overSocket = {
        conversationId,
        idempotencyKey: 'k-2',
        message: { ...message, text: 'and once more' },
      };
      const [first, second] = await Promise.all([
        screen.feed.command('message:send', overSocket),
        screen.feed.command('message:send', overSocket),
      ]);
      expect(first.message.id).toBe(second.message.id);
      await house.settle();
      expect(await visitor.heard()).toEqual(['exactly once', 'and once more']);
      const reused = house.ada.conversations.sendMessage(
        conversationId,
        { type: 'text', text: 'something else' },
        { idempotencyKey: 'k-1' },
      );
      await expect(reused).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    });
  });
});
