import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { deskAda, deskGrace, type Story } from './open-story.js';
import { oddBytes } from './shelf.js';

/** What is said, by whom and to whom. */
export function describeTalk(here: () => Story): void {
  it('a chat becomes a ticket that knows its conversation, its contact and what was said', async () => {
    const story = here();
    story.talk = await story.begin('My order has not come.');
    const { conversationId, ticketId } = story.talk;
    const ticket = await story.ticket();
    expect(ticket?.entries[0]?.text).toContain('My order has not come.');
    expect(ticket).toMatchObject({ reference: conversationId, team: 'Chat' });
    const { contact } = await story.house.program.conversations.read(conversationId);
    expect(ticket?.contact.name).toBe(contact.name);
    const { data } = await story.house.program.conversations.ticketLinks(conversationId);
    expect(data).toMatchObject([
      { externalTicketId: ticketId, url: expect.stringContaining(`id=${ticketId}`) },
    ]);
  });

  it('what the contact says arrives as the contact’s, in order, equal words too', async () => {
    const story = here();
    await story.write('It is number 4711.', 'ok then', 'Are you there?', 'ok', 'ok');
    await story.expectSaid();
    const [entry] = (await story.entries()).filter(({ author }) => author.kind === 'contact');
    expect(entry).toMatchObject({ visibility: 'public' });
    expect(entry?.author.email).toBe((await story.ticket())?.contact.email);
  });

  it('an agent’s answers reach the contact in their order, once, markup as text', async () => {
    const story = here();
    const html = '<p>It is <b>on its way</b>.</p><blockquote>old words</blockquote>';
    await story.desk.act('ada', 'POST', `/ticket/${story.talk.ticketId}/correspond`, {
      Content: html,
      ContentType: 'text/html',
    });
    story.willHear('It is on its way.');
    await story.answer('It left on Monday.');
    await story.answer('It comes by ship.', { email: deskGrace });
    await story.answer('So be patient.');
    await story.expectHeard();
  });

  it('a comment becomes a note and never reaches the contact', async () => {
    const story = here();
    const { conversationId, ticketId } = story.talk;
    await story.desk.agentNotes(ticketId, { email: deskGrace, text: 'Difficult customer.' });
    await story.until('the comment as a note', async () => {
      const { data } = await story.house.program.conversations.events(conversationId, { limit: 200 });
      return data.some(
        (event) => event.type === 'note.added' && JSON.stringify(event).includes('Difficult customer.'),
      );
    });
    // What is said after it shows that it was passed by.
    await story.answer('Anything else?');
    await story.expectHeard();
  });

  it('files go both ways as files, byte for byte', async () => {
    const story = here();
    const { talk, shelf, house } = story;
    const sent = { path: `${shelf.url}/fern.bin`, name: 'fern grün.bin', type: 'application/octet-stream' };
    await talk.visitor.sendFile(sent);
    const kept = await story.until('the contact’s file', async () =>
      (await story.entries())
        .filter(({ author }) => author.kind === 'contact')
        .flatMap(({ files }) => files)
        .find(({ name }) => name === sent.name),
    );
    expect(kept.bytes.equals(oddBytes)).toBe(true);
    const bill = { name: 'bill.bin', contentType: 'application/octet-stream', bytes: oddBytes.subarray(1) };
    await story.answer('The bill.', { files: [bill] });
    story.willHear(bill.name);
    await story.expectHeard();
    await story.until('its bytes', async () => {
      const message = (await talk.visitor.see()).messages.find((one) => one.file?.name === bill.name);
      return (await house.bytes(message?.file?.url ?? '')).equals(bill.bytes);
    });
  });

  it('what is said and noted in the console is a comment', async () => {
    const story = here();
    const { conversations } = story.house.ada;
    await conversations.addNote(story.talk.conversationId, { text: 'Ask the shop first.' });
    await conversations.sendMessage(story.talk.conversationId, { type: 'text', text: 'I ask the shop.' });
    story.willHear('I ask the shop.');
    for (const text of ['Ask the shop first.', 'I ask the shop.']) {
      const note = await story.until('the comment', async () =>
        (await story.entries()).find((entry) => entry.text.includes(text)),
      );
      expect(note).toMatchObject({ visibility: 'private', author: { kind: 'api-user' } });
    }
    await story.expectHeard();
  });

  it('RT’s webhook is believed only with our signature', async () => {
    const { webhook, talk } = here();
    const post = async (token: string): Promise<number> => {
      const body = `{"ticket":${talk.ticketId}}`;
      const time = String(Math.floor(Date.now() / 1_000));
      const signature = createHmac('sha256', token).update(`${time}.${body}`).digest('hex');
      const response = await fetch(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-desk-bridge-timestamp': time,
          'x-desk-bridge-signature': `sha256=${signature}`,
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
    const story = here();
    story.desk.lab.setScrip(null);
    await story.answer('Found without a webhook.', { email: deskAda });
    await story.expectHeard();
    story.desk.lab.setScrip(story.webhook);
  });
}
