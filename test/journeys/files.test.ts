import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signFileLink } from '../../src/access/file-link.js';
import { loadConfig } from '../../src/config/config.js';
import { type House, openHouse } from '../support/house.js';
import { LYING_FILES, png, wav } from '../support/lying-files.js';
import { createMemoryDesk, type MemoryDesk, type MemoryTicket } from '../support/memory-desk.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

// What is not there yet is asked for again after some seconds.
vi.setConfig({ testTimeout: 90_000 });

describe('files are what their bytes are', () => {
  onEachDatabase((kind) => {
    let house: House;
    let desk: MemoryDesk;
    let shelf: Server;
    let shelfUrl: string;
    /** What lies on the shelf, by its path, and what was asked of it. */
    const answers = new Map<string, (response: ServerResponse, turn: number) => void>();
    const asked: string[] = [];
    const turns = (path: string): number => asked.filter((one) => one === path).length;

    beforeAll(async () => {
      desk = createMemoryDesk();
      house = await openHouse({
        database: kind,
        connectors: [desk.connector],
        env: { SWEEP_SECONDS: '0.5' },
      });
      shelf = createServer((request, response) => {
        const path = request.url ?? '';
        // WotNot looks as well; how often the bridge does is what counts.
        if (request.headers['user-agent'] === 'agent-desk-bridge') asked.push(path);
        const answer = answers.get(path);
        if (answer === undefined) response.writeHead(404).end();
        else answer(response, turns(path));
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => shelf.once('listening', resolve));
      shelfUrl = `http://127.0.0.1:${(shelf.address() as AddressInfo).port}`;
      await house.program.connections.create({
        connector: 'memory',
        name: 'Desk',
        settings: {},
        credentials: {},
      });
    });
    afterAll(async () => {
      shelf?.closeAllConnections();
      shelf?.close();
      await house?.close();
    });

    const lay = (path: string, bytes: Buffer | string, type: string): string => {
      answers.set(path, (response) => response.setHeader('content-type', type).end(bytes));
      return `${shelfUrl}${path}`;
    };
    const upload = async (file: { name: string; claims: string; bytes: Buffer }) => {
      const { fileId, contentType, url } = await house.ada.files.upload({
        name: file.name,
        bytes: file.bytes,
        contentType: file.claims,
      });
      return { fileId, contentType, url };
    };
    const messagesOf = async (conversationId: string) =>
      (await house.ada.conversations.events(conversationId, { limit: 200 })).data.flatMap((fact) =>
        fact.type === 'message.queued' || fact.type === 'message.received' ? [fact.data.message] : [],
      );
    const ticketOf = (conversationId: string): Promise<MemoryTicket> =>
      waitFor('the ticket', () => desk.tickets.findLast(({ reference }) => reference === conversationId));
    const inTicket = (ticket: MemoryTicket, words: string): Promise<MemoryTicket['comments'][number]> =>
      waitFor(`"${words}" in the ticket`, () =>
        ticket.comments.find(
          ({ text, files }) => text.includes(words) || files.some(({ name }) => name === words),
        ),
      );

    it.each(LYING_FILES)(
      'B35: $name that claims to be $claims is $is, and nothing of it runs',
      async ({ name, claims, bytes, is, inline }) => {
        const startedAt = performance.now();
        const file = await upload({ name, claims, bytes });
        expect(performance.now() - startedAt).toBeLessThan(5_000);
        expect(file.contentType).toBe(is);
        const answer = await fetch(file.url);
        expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
        const headers = Object.fromEntries(answer.headers);
        expect(headers['content-disposition']).toMatch(inline ? /^inline; / : /^attachment; /);
        if (inline) expect(headers['content-type']).toBe(is);
        else expect(headers['content-type']).not.toMatch(/html|xml|svg|script/);
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'cache-control': 'private, no-store',
        });
        const policy = headers['content-security-policy']?.split(';').map((part) => part.trim());
        expect(policy).toEqual(
          expect.arrayContaining(["default-src 'none'", 'sandbox', "frame-ancestors 'none'"]),
        );
      },
    );

    it('B35: the agent and the contact are told of a file by its bytes', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('send me something');
      const kinds: [name: string, claims: string, bytes: Buffer, kind: string, type: string][] = [
        ['page.png', 'image/png', Buffer.from('<html><script>alert(1)</script>'), 'file', 'text/plain'],
        ['photo.txt', 'text/plain', png(1, 1), 'image', 'image/png'],
      ];
      for (const [name, claims, bytes] of kinds) {
        const { fileId } = await upload({ name, claims, bytes });
        await house.ada.conversations.sendMessage(conversationId, { type: 'file', fileId });
        const url = lay(`/${name}`, bytes, claims);
        await house.ada.conversations.sendMessage(conversationId, { type: 'file', url });
      }
      await house.settle();
      const told = (await messagesOf(conversationId)).flatMap(({ attachments }) => attachments);
      expect(told.map(({ name, kind: is, contentType }) => [name, is, contentType])).toEqual(
        kinds.flatMap(([name, , , is, type]) => [
          [name, is, type],
          [name, is, type],
        ]),
      );
      const heard = (await visitor.see()).messages.filter(({ from }) => from === 'agent');
      expect(heard.map(({ file }) => file?.name)).toEqual(kinds.flatMap(([name]) => [name, name]));
    });

    it('B35: what a contact sends reaches the ticket by its bytes too', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('look at this');
      const ticket = await ticketOf(conversationId);
      const page = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
      await visitor.sendFile({
        path: lay('/photo.png', page, 'image/png'),
        name: 'photo.png',
        type: 'image/png',
      });
      expect((await inTicket(ticket, 'photo.png')).files).toEqual([{ name: 'photo.png', bytes: page }]);
      const [kept] = await house.app.database.prisma.$queryRaw<{ id: string; content_type: string }[]>`
        SELECT id, content_type FROM files WHERE workspace_id = ${house.workspaceId} AND name = 'photo.png'`;
      expect(kept?.content_type).toBe('text/plain');
      // In the thread it stays where it lies: no link of ours leads to it.
      const told = (await messagesOf(conversationId)).flatMap(({ attachments }) => attachments);
      expect(told).toMatchObject([{ name: 'photo.png', url: `${shelfUrl}/photo.png` }]);
    });

    it('B38: a link opens its own file for a while, and nothing else; no cache keeps what it says', async () => {
      const other = await house.addTenancy();
      const [ours, theirs] = await Promise.all(
        [house, other].map(({ ada }) => ada.files.upload({ name: 'ours.txt', bytes: Buffer.from('ours') })),
      );
      const url = new URL(ours?.url ?? '');
      const change = (part: 'expires' | 'signature' | 'path', to: (value: string) => string): URL => {
        const changed = new URL(url);
        if (part === 'path') changed.pathname = to(url.pathname);
        else changed.searchParams.set(part, to(url.searchParams.get(part) ?? ''));
        return changed;
      };
      const loaded = loadConfig(house.env);
      if (loaded.outcome !== 'loaded') throw new Error('no key');
      const linkKey = loaded.secrets.key('file-links').key;
      const linkTo = (fileId: string, at: number): URL =>
        new URL(
          signFileLink(
            { publicUrl: house.url, linkKey },
            { workspaceId: house.workspaceId, fileId, name: 'x' },
            at,
          ).url,
        );
      const ask = async (link: URL) => {
        const answer = await fetch(link);
        const text = await answer.text();
        expect(answer.headers.get('cache-control')).toContain('no-store');
        const { error } = (answer.status === 200 ? {} : JSON.parse(text)) as { error?: { code: string } };
        return [answer.status, error?.code ?? text];
      };
      expect(await ask(url)).toEqual([200, 'ours']);
      const wrong = [403, 'link_invalid'];
      for (const tampered of [
        change('signature', (value) => `${value.slice(0, -2)}AA`),
        change('signature', () => ''),
        change('signature', () => '\u00ff'.repeat(43)),
        change('expires', (value) => String(Number(value) + 1_800)),
        change('expires', () => 'NaN'),
        change('path', (path) => path.replace(house.workspaceId, other.workspaceId)),
        change('path', (path) => path.replace(ours?.fileId ?? '', theirs?.fileId ?? '')),
        change('path', (path) => path.replace(ours?.fileId ?? '', '__proto__')),
        new URL(url.pathname, house.url),
      ])
        expect({ link: tampered.href, answer: await ask(tampered) }).toMatchObject({ answer: wrong });
      expect(await ask(linkTo(ours?.fileId ?? '', Date.now()))).toEqual([200, 'ours']);
      expect(await ask(linkTo(ours?.fileId ?? '', Date.now() - 7_200_000))).toEqual([410, 'link_expired']);
      // The other's file is none of this workspace's, whoever signs for it; nor is one that is gone.
      expect(await ask(linkTo(theirs?.fileId ?? '', Date.now()))).toEqual([404, 'not_found']);
      await house.app.database.prisma.$executeRaw`
        DELETE FROM file_pieces WHERE workspace_id = ${house.workspaceId} AND file_id = ${ours?.fileId}`;
      await house.app.database.prisma.$executeRaw`
        DELETE FROM files WHERE workspace_id = ${house.workspaceId} AND id = ${ours?.fileId}`;
      expect(await ask(url)).toEqual([404, 'not_found']);
    });

    it.each([
      ['an executable', 'note.ogg', 'audio/ogg', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
      ['a page', 'note.mp3', 'audio/mpeg', Buffer.from('<html><script>alert(1)</script>')],
      ['a page in UTF-16', 'note.mp3', 'audio/mpeg', Buffer.from('\ufeff<html>Hello</html>', 'utf16le')],
      ['a picture', 'note.wav', 'audio/wav', png(1, 1)],
      ['noise', 'note.aac', 'audio/aac', Buffer.alloc(300, 1)],
    ])(
      'B35, B50: %s is no voice, by upload or by address, and nothing is sent',
      async (_what, name, claims, bytes) => {
        const { visitor, conversationId } = await house.arriveAndFind('say something');
        await house.settle();
        const { fileId } = await upload({ name, claims, bytes });
        const url = lay(`/voice/${name}`, bytes, claims);
        for (const source of [{ fileId }, { url }]) {
          const sending = house.ada.conversations.sendMessage(conversationId, { type: 'voice', ...source });
          await expect(sending).rejects.toMatchObject({
            code: 'file_not_voice',
            status: 422,
            message: 'A voice message needs a sound file.',
          });
        }
        await house.settle();
        expect((await messagesOf(conversationId)).filter(({ direction }) => direction === 'out')).toEqual([]);
        expect(await visitor.heard()).toEqual([]);
      },
    );

    it('B50: a voice is told by its bytes, not by a size or a length that is given with it', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('say something');
      const { fileId } = await upload({ name: 'note.exe', claims: 'application/x-msdownload', bytes: wav });
      for (const claim of [{ duration: 5 }, { sizeBytes: 1 }, { contentType: 'audio/ogg' }]) {
        const sending = house.ada.conversations.sendMessage(conversationId, {
          type: 'voice',
          fileId,
          ...claim,
        });
        await expect(sending).rejects.toMatchObject({
          code: 'unknown_field',
          status: 400,
          details: [{ path: Object.keys(claim)[0] }],
        });
      }
      await house.ada.conversations.sendMessage(conversationId, { type: 'voice', fileId });
      await house.settle();
      const [message] = (await messagesOf(conversationId)).filter(({ direction }) => direction === 'out');
      expect(message).toMatchObject({
        kind: 'voice',
        attachments: [{ kind: 'audio', contentType: 'audio/wav', sizeBytes: wav.length }],
      });
      expect((await visitor.see()).messages.filter(({ from }) => from === 'agent')).toMatchObject([
        { type: 'voice' },
      ]);
    });

    it.each([
      ['/gone.pdf', 410],
      ['/sign-in.pdf', 401],
      ['/not-for-us.pdf', 403],
    ])(
      'B37: a contact’s file whose address answers %s → %i is told as such, and asked for once',
      async (path, status) => {
        const { visitor, conversationId } = await house.arriveAndFind('see the file');
        const ticket = await ticketOf(conversationId);
        answers.set(path, (response) => response.writeHead(status).end('no'));
        await visitor.sendFile({ path: `${shelfUrl}${path}`, name: 'bill.pdf', type: 'application/pdf' });
        await visitor.write('did you get it?');
        await inTicket(ticket, 'did you get it?');
        const { text, files } = await inTicket(ticket, 'could not be fetched');
        expect(text).toContain(`[file "bill.pdf" could not be fetched: `);
        expect(text).toContain(`the URL answers ${status}. ${shelfUrl}${path}]`);
        expect(files).toEqual([]);
        expect(turns(path)).toBe(1);
        expect(await house.deliveries('dead')).toEqual([]);
      },
    );

    it('B37: a page in place of the file is no file; one that was meant is', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('see the file');
      const ticket = await ticketOf(conversationId);
      const url = lay('/bill', '<html><form>Sign in</form></html>', 'text/html; charset=utf-8');
      await visitor.sendFile({ path: url, name: 'bill.pdf', type: 'application/pdf' });
      const { text, files } = await inTicket(ticket, 'could not be fetched');
      expect(text).toContain('web page in place of the file');
      expect([files, turns('/bill')]).toEqual([[], 1]);
      await visitor.sendFile({ path: url, name: 'saved.html', type: 'text/html' });
      await inTicket(ticket, 'saved.html');
      const sending = house.ada.conversations.sendMessage(conversationId, { type: 'file', url });
      await expect(sending).rejects.toMatchObject({ code: 'url_unreachable', status: 422 });
    });

    it('B37: what fails for a moment is asked for again, and the words behind it wait for it', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('see the file');
      const ticket = await ticketOf(conversationId);
      answers.set('/soon.pdf', (response, turn) => {
        if (turn < 2) response.writeHead(503).end();
        else response.end('%PDF-1.7 at last');
      });
      await visitor.sendFile({ path: `${shelfUrl}/soon.pdf`, name: 'soon.pdf', type: 'application/pdf' });
      expect((await inTicket(ticket, 'soon.pdf')).files).toEqual([
        { name: 'soon.pdf', bytes: '%PDF-1.7 at last' },
      ]);
      expect(turns('/soon.pdf')).toBe(2);
    });
  });
});
