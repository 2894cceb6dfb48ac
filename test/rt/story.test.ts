import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeEntry } from '../fakes/fake-desk.js';
import { type House, openHouse } from '../support/house.js';
import { ADA } from '../support/tenancy.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';
import { openLab, rtIsInstalled } from './lab.js';
import { openRtDesk, type RtDesk } from './rt-desk.js';

/** A real RT takes its time, and waits between attempts belong to what is tested. */
const patience = 150;
const downSeconds = Number(process.env['RT_DOWN_SECONDS'] ?? '10');

const fern = Buffer.from('how to water a fern');

/** Where the chat keeps the contact's files. */
async function openShelf(): Promise<{ url: string; close(): Promise<void> }> {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', connection: 'close' });
    response.end(fern);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe.skipIf(process.env['TEST_RT'] !== '1' || !rtIsInstalled)('a chat and a real Request Tracker', () => {
  let desk: RtDesk;
  let house: House;
  let shelf: Awaited<ReturnType<typeof openShelf>>;
  let visitor: Visitor;
  let conversationId: string;
  let ticketId: string;
  let webhook: { url: string; token: string };

  beforeAll(async () => {
    desk = await openRtDesk(await openLab());
    shelf = await openShelf();
    house = await openHouse({ database: 'embedded', env: { SWEEP_SECONDS: '0.5' } });
    const { connection, webhookToken, webhookUrl } = await house.program.connections.create({
      connector: 'request-tracker',
      name: 'RT',
      settings: {
        ...desk.settings,
        baseUrl: desk.lab.url,
        policy: {
          create: 'first-message',
          onTicketSolved: 'nothing',
          // The two sides know their people by other addresses.
          agents: { 'ada@desk.example': ADA.email, 'grace@desk.example': 'grace@fern.example' },
        },
      },
      credentials: desk.credentials,
    });
    expect(connection.connector).toBe('request-tracker');
    webhook = { url: webhookUrl ?? '', token: webhookToken ?? '' };
    desk.lab.setScrip(webhook);
    await waitFor('the desk to be told things', async () => {
      const [row] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM desk_mirrors WHERE connection_id = ${connection.id}`;
      return row?.n === 1n;
    });
  }, 240_000);
  afterAll(async () => {
    await house?.close();
    await shelf?.close();
    await desk?.close();
  }, 60_000);

  const entries = async (): Promise<FakeEntry[]> => (await desk.ticket(ticketId))?.entries ?? [];
  const said = async (): Promise<string[]> =>
    (await entries()).filter(({ author }) => author.kind === 'contact').map(({ text }) => text.trim());
  const write = async (...texts: string[]): Promise<void> => {
    for (const text of texts) await visitor.write(text);
  };
  /** These words of the contact's are in the ticket, each once, in this order. */
  const expectSaid = async (...texts: string[]): Promise<void> => {
    const all = async (): Promise<string> => (await said()).join('\n');
    await waitFor(
      `RT to have ${texts.join(', ')}`,
      async () => (await all()).includes(texts.at(-1)!),
      patience,
    );
    const whole = await all();
    const places = texts.map((text) => whole.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect([...places].sort((one, other) => one - other)).toEqual(places);
    for (const text of texts) expect(whole.split(text)).toHaveLength(2);
  };
  const expectHeard = (text: string): Promise<unknown> =>
    waitFor(`the contact to hear “${text}”`, async () => (await visitor.heard()).includes(text), patience);

  it('a chat becomes a ticket that knows its conversation, its contact and what was said', async () => {
    ({ visitor, conversationId } = await house.arriveAndFind('My order has not come.'));
    const ticket = await waitFor(
      'the ticket',
      async () => (await desk.tickets()).find(({ reference }) => reference === conversationId),
      patience,
    );
    ticketId = ticket.id;
    expect(ticket.entries[0]?.text).toContain('My order has not come.');
    const links = await waitFor(
      'the link',
      async () => {
        const { data } = await house.program.conversations.ticketLinks(conversationId);
        return data.length > 0 && data;
      },
      patience,
    );
    expect(links).toMatchObject([
      { externalTicketId: ticketId, url: expect.stringContaining(`id=${ticketId}`) },
    ]);
  }, 200_000);

  it('what the contact says arrives as the contact’s, in order, equal words too', async () => {
    await write('It is number 4711.', 'ok then', 'Are you there?');
    await expectSaid('It is number 4711.', 'ok then', 'Are you there?');
    await write('ok');
    await write('ok');
    await waitFor('both', async () => (await said()).filter((text) => text === 'ok').length === 2, patience);
  }, 300_000);

  it('an agent’s correspondence reaches the contact, its markup as text; a comment never does', async () => {
    await desk.agentNotes(ticketId, { email: 'grace@desk.example', text: 'Difficult customer.' });
    const html = '<p>It is <b>on its way</b>.</p><blockquote>old words</blockquote>';
    await desk.act('ada', 'POST', `/ticket/${ticketId}/correspond`, {
      Content: html,
      ContentType: 'text/html',
    });
    await expectHeard('It is on its way.');
    await waitFor(
      'the comment as a note',
      async () => {
        const page = await house.program.conversations.events(conversationId, { limit: 200 });
        return JSON.stringify(page.data).includes('Difficult customer.');
      },
      patience,
    );
    expect((await visitor.heard()).join()).not.toContain('Difficult');
  }, 300_000);

  it('files go both ways, byte for byte', async () => {
    await visitor.sendFile({ path: `${shelf.url}/fern.txt`, name: 'fern.txt', type: 'text/plain' });
    const file = await waitFor(
      'the contact’s file',
      async () => (await entries()).flatMap(({ files }) => files).find(({ name }) => name === 'fern.txt'),
      patience,
    );
    expect(file.bytes.equals(fern)).toBe(true);
    const files = [{ name: 'bill.txt', contentType: 'text/plain', bytes: Buffer.from('42 in all') }];
    await desk.agentReplies(ticketId, { email: 'ada@desk.example', text: 'The bill.', files });
    await expectHeard('bill.txt');
    await waitFor(
      'its bytes',
      async () => {
        const message = (await visitor.see()).messages.find((one) => one.file?.name === 'bill.txt');
        return (await house.bytes(message?.file?.url ?? '')).toString('utf8') === '42 in all';
      },
      patience,
    );
  }, 300_000);

  it('a note of the console is a comment', async () => {
    await house.ada.conversations.addNote(conversationId, { text: 'Ask the shop first.' });
    const note = await waitFor(
      'the comment',
      async () => (await entries()).find(({ text }) => text.includes('Ask the shop first.')),
      patience,
    );
    expect(note).toMatchObject({ visibility: 'private', author: { kind: 'api-user' } });
  }, 200_000);

  it('owner and assignee follow each other', async () => {
    await desk.assign(ticketId, 'grace@desk.example');
    await waitFor(
      'Grace to have the chat',
      async () => (await visitor.see()).assignee.email === 'grace@fern.example',
      patience,
    );
    await house.act(visitor.id, 'assign', { to: ADA.email });
    await waitFor(
      'Ada to have the ticket',
      async () => (await desk.ticket(ticketId))?.assigneeEmail === 'ada@desk.example',
      patience,
    );
  }, 400_000);

  it('a solved ticket opens again when the contact writes', async () => {
    await desk.setStatus(ticketId, 'resolved');
    await write('It broke again.');
    await expectSaid('It broke again.');
    await waitFor('it to be open', async () => (await desk.ticket(ticketId))?.status === 'open', patience);
  }, 400_000);

  it('a restart of RT in the middle loses nothing and doubles nothing', async () => {
    await write('before the restart');
    await desk.lab.stop();
    await write('during the restart');
    await desk.lab.start();
    await write('after the restart');
    await expectSaid('before the restart', 'during the restart', 'after the restart');
    await desk.agentReplies(ticketId, { email: 'ada@desk.example', text: 'Back again.' });
    await expectHeard('Back again.');
  }, 400_000);

  it(`RT down for ${downSeconds} seconds: everything arrives afterwards, in order, once`, async () => {
    await desk.lab.stop();
    const upAt = Date.now() + downSeconds * 1_000;
    await write('down one', 'down two', 'down three');
    await waitFor('the time to be over', () => Date.now() >= upAt, downSeconds + 5);
    await desk.lab.start();
    await expectSaid('down one', 'down two', 'down three');
  }, 600_000);

  it('its webhook is believed only with our signature', async () => {
    const post = async (token: string): Promise<number> => {
      const body = `{"ticket":${ticketId}}`;
      const time = String(Math.floor(Date.now() / 1_000));
      const response = await fetch(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-desk-bridge-timestamp': time,
          'x-desk-bridge-signature': `sha256=${createHmac('sha256', token).update(`${time}.${body}`).digest('hex')}`,
        },
        body,
      });
      await response.arrayBuffer();
      return response.status;
    };
    expect(await post('forged-with-enough-characters')).toBe(401);
    expect(await post(webhook.token)).toBe(200);
  });

  it('without the Scrip, looking alone finds the answer', async () => {
    desk.lab.setScrip(null);
    await desk.agentReplies(ticketId, { email: 'ada@desk.example', text: 'Found without a webhook.' });
    await expectHeard('Found without a webhook.');
  }, 300_000);

  it('every answer was heard once, no comment ever, and RT has mailed nothing to contacts', async () => {
    const heard = await visitor.heard();
    for (const text of ['It is on its way.', 'The bill.', 'Back again.', 'Found without a webhook.'])
      expect(heard.filter((one) => one === text)).toHaveLength(1);
    expect(heard.join()).not.toMatch(/Difficult|Ask the shop/u);
    const { contact } = (await desk.ticket(ticketId))!;
    expect(contact.email).toBeTruthy();
    expect(desk.lab.mails()).not.toContain(`To: ${contact.email}`);
  });
});
