import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BridgeError, type MessageInput } from '../../src/client/index.js';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';

describe('what an agent attaches', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    let shelf: Server;
    let shelfUrl: string;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      screen = await house.openScreen();
      shelf = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
      await new Promise((resolve) => shelf.once('listening', resolve));
      shelfUrl = `http://127.0.0.1:${(shelf.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      shelf?.closeAllConnections();
      shelf?.close();
      await house?.close();
    });

    const upload = async (name: string): Promise<string> =>
      (await house.ada.files.upload({ name, bytes: Buffer.from(`the bytes of ${name}`) })).fileId;
    const heard = async (visitor: Visitor): Promise<[type: string, words: string | undefined][]> =>
      (await visitor.see()).messages
        .filter(({ from }) => from === 'agent')
        .map(({ type, text, file }) => [type, text ?? file?.name]);
    const queued = (conversationId: string) =>
      screen
        .of(conversationId)
        .flatMap((fact) => (fact.type === 'message.queued' ? [fact.data.message] : []));
    const filesKept = async (): Promise<number> => {
      const [row] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM files WHERE workspace_id = ${house.workspaceId}`;
      return Number(row?.n);
    };

    it.each<[how: string, init: () => RequestInit]>([
      ['as the body', () => ({ headers: { 'content-type': 'text/plain' }, body: new Uint8Array(0) })],
      [
        'in a form',
        () => {
          const body = new FormData();
          body.append('file', new Blob([]), 'nothing.txt');
          return { body };
        },
      ],
    ])('B34: an empty file %s is refused, and nothing is kept', async (_how, init) => {
      const before = await filesKept();
      const { headers, ...rest } = init();
      const answer = await fetch(`${house.url}/v1/files?name=nothing.txt`, {
        method: 'POST',
        headers: { ...(headers as Record<string, string>), authorization: `Bearer ${house.apiKey}` },
        ...rest,
      });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ error: { code: 'file_empty' } });
      expect(await filesKept()).toBe(before);
    });

    it('B34: the client says so too, and a message by an address that gives nothing is not sent', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('send me something');
      await house.settle();
      const nothing = house.ada.files.upload({ name: 'nothing.txt', bytes: new Uint8Array(0) });
      await expect(nothing).rejects.toMatchObject({ status: 422, code: 'file_empty' });
      const message = { type: 'file', url: `${shelfUrl}/nothing.txt`, caption: 'look' } as const;
      const sent = house.ada.conversations.sendMessage(conversationId, message);
      await expect(sent).rejects.toMatchObject({ status: 422, code: 'file_empty' });
      await house.settle();
      expect(queued(conversationId)).toEqual([]);
      expect(await heard(visitor)).toEqual([]);
    });

    it('a file with a text is two messages: the file, then its text, before what is said next', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('which one?');
      const fern = await upload('fern.txt');
      const moss = await upload('moss.txt');
      const answer = await house.ada.conversations.sendMessage(conversationId, {
        type: 'file',
        fileId: fern,
        caption: '  This fern  ',
      });
      const { message } = await screen.feed.command('message:send', {
        conversationId,
        message: { type: 'file', fileId: moss, caption: 'or this moss' },
      });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'Which?' });
      await house.settle();
      const words = [
        ['file', 'fern.txt'],
        ['text', 'This fern'],
        ['file', 'moss.txt'],
        ['text', 'or this moss'],
        ['text', 'Which?'],
      ];
      expect(await heard(visitor)).toEqual(words);
      const told = queued(conversationId);
      expect(told.map(({ kind: is, text }) => [is, text])).toEqual(words);
      // What is answered is the file; its text is a message like any other.
      expect([answer.id, message.id]).toEqual([told[0]?.id, told[2]?.id]);
      expect(new Set(told.map(({ id }) => id)).size).toBe(words.length);
      expect(told.every(({ author }) => author.email === ADA.email)).toBe(true);
      for (const { id } of told) await screen.until('message.sent', ({ data }) => data.message.id === id);
    });

    it('no text beside it, or blanks only, is the file alone', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('just the file');
      const fileId = await upload('alone.txt');
      for (const caption of [undefined, '', '  \n '])
        await house.ada.conversations.sendMessage(conversationId, {
          type: 'file',
          fileId,
          ...(caption === undefined ? {} : { caption }),
        });
      await house.settle();
      expect(await heard(visitor)).toEqual(Array.from({ length: 3 }, () => ['file', 'alone.txt']));
    });

    it('to a conversation that the bot holds it goes in order as well', async () => {
      const visitor = await house.arrive({ human: false, text: 'hours' });
      const conversationId = await house.conversationOf(visitor);
      await house.settle();
      const fileId = await upload('plan.txt');
      const message: MessageInput = { type: 'file', fileId, caption: 'Our hours' };
      await house.ada.conversations.sendMessage(conversationId, message);
      await house.settle();
      expect(await heard(visitor)).toEqual([
        ['file', 'plan.txt'],
        ['text', 'Our hours'],
      ]);
      expect((await visitor.see()).assignee).toMatchObject({ email: ADA.email });
    });

    it('repeated with its idempotency key both go out once; with another text it is another message', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('once, please');
      const fileId = await upload('once.txt');
      const input = {
        conversationId,
        idempotencyKey: 'with-a-text',
        message: { type: 'file', fileId, caption: 'only once' },
      } as const;
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => screen.feed.command('message:send', input)),
      );
      expect(new Set(answers.map(({ message }) => message.id)).size).toBe(1);
      await house.settle();
      await screen.feed.command('message:send', input);
      for (const caption of ['other words', undefined]) {
        const message = { type: 'file', fileId, ...(caption === undefined ? {} : { caption }) } as const;
        const refused = await screen.feed.command('message:send', { ...input, message }).then(
          () => 'carried out',
          (error: unknown) => (error instanceof BridgeError ? error.code : String(error)),
        );
        expect({ caption, refused }).toEqual({ caption, refused: 'idempotency_key_reused' });
      }
      await house.settle();
      expect(await heard(visitor)).toEqual([
        ['file', 'once.txt'],
        ['text', 'only once'],
      ]);
    });
  });
});
