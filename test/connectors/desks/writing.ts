import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { OrderedFile } from '../../../src/domain/order.js';
import type { FakeEntry } from '../../fakes/fake-desk.js';
import {
  contactOf,
  contextOf,
  createOrder,
  delivered,
  type DeskStage,
  expectExplained,
  fileLinks,
  findContextOf,
  fresh,
  lineOf,
  messageOrder,
  openTicket,
  send,
  ticketOf,
} from './stage.js';

/** As many bytes as stand in one line of a mail, so that they can be found there. */
const LINE = 48;

const textOf = (entries: FakeEntry[]): string => entries.map(({ text }) => text).join('\n');

function fileOf(fileId: string, sizeBytes: number, name = `${fileId}.png`): OrderedFile {
  return { fileId, name, contentType: 'image/png', sizeBytes };
}

export function describeWriting(here: () => DeskStage): void {
  describe('writing', () => {
    it('makes a ticket that carries our reference, the contact, the subject and the transcript', async () => {
      const contact = contactOf();
      const opened = await openTicket(here(), {
        contact,
        introduction: 'From the chat on example.com.',
        lines: [
          lineOf(contact, 'My order has not come.'),
          {
            author: { type: 'bot', name: 'Bobby' },
            text: 'Which number?',
            files: [],
            at: '2026-11-22T10:00:01Z',
          },
          lineOf(contact, 'It is 4711.'),
        ],
      });
      const ticket = await ticketOf(here(), opened.id);
      expect(ticket.reference).toBe(opened.order.reference);
      expect(ticket.contact.email).toBe(contact.email);
      expect(ticket.contact.name).toBe(contact.name);
      if (ticket.subject !== '') expect(ticket.subject).toBe('Chat with Rosa');
      const text = textOf(ticket.entries);
      const places = ['From the chat', 'has not come', 'Bobby', 'Which number?', 'It is 4711'].map((words) =>
        text.indexOf(words),
      );
      expect(places.every((place) => place >= 0)).toBe(true);
      expect([...places].sort((one, other) => one - other)).toEqual(places);
    });

    it('makes one ticket for one reference, however often the same order is sent', async () => {
      if (here().connector.capabilities.repeats === 'all-keys') {
        const order = createOrder();
        const context = contextOf();
        const made = [
          await send(here(), order, undefined, context),
          await send(here(), order, undefined, context),
        ];
        expect(new Set(made.map((outcome) => delivered(outcome).ticket?.externalTicketId)).size).toBe(1);
        return;
      }
      const opened = await openTicket(here());
      const context = findContextOf(new Date(Date.now() - 60_000));
      const { connector, account } = here();
      const target = { conversationId: opened.order.reference };
      const found = await connector.find(opened.order, target, account, context);
      expect(found).toMatchObject({ outcome: 'delivered', ticket: { externalTicketId: opened.id } });
    });

    it('makes a ticket for somebody of whom nothing is known but an id', async () => {
      const contact = { id: fresh('contact') };
      const opened = await openTicket(here(), { contact, lines: [lineOf(contact, 'Hello?')] });
      expect(textOf((await ticketOf(here(), opened.id)).entries)).toContain('Hello?');
    });

    it('makes a ticket with status, assignee, priority and tags', async () => {
      const { fake, connector } = here();
      const agent = fake.agents[0]!;
      const change = {
        assignee: { agentEmail: agent.email },
        ...(connector.capabilities.priorities ? { priority: 'high' as const } : {}),
        ...(connector.capabilities.tags ? { addTags: ['wotnot', 'vip'] } : {}),
      };
      const opened = await openTicket(here(), { change });
      const ticket = await ticketOf(here(), opened.id);
      expect(ticket.assigneeEmail).toBe(agent.email);
      if (connector.capabilities.priorities) expect(ticket.priority).toBe(fake.priorityWords.high);
      if (connector.capabilities.tags) expect(ticket.tags).toEqual(expect.arrayContaining(['wotnot', 'vip']));
    });

    it('makes the ticket even when the agent it is for is unknown', async () => {
      const opened = await openTicket(here(), { change: { assignee: { agentEmail: 'nobody@example.net' } } });
      expect((await ticketOf(here(), opened.id)).assigneeEmail).toBeUndefined();
    });

    it('says the contact’s words as the contact, in public', async () => {
      const { id, contact } = await openTicket(here());
      const outcome = delivered(await send(here(), messageOrder(contact, 'Are you there?'), id));
      const entry = (await ticketOf(here(), id)).entries.at(-1);
      expect(entry).toMatchObject({ visibility: 'public' });
      expect(entry?.text).toContain('Are you there?');
      if (here().connector.capabilities.writesAsContact) expect(entry?.author.kind).toBe('contact');
      else expect(entry?.text).toContain(contact.name ?? '');
      if (outcome.writtenIds.length > 0) expect(outcome.writtenIds).toContain(entry?.externalId);
    });

    it('keeps a note among agents', async () => {
      const { id } = await openTicket(here());
      const author = { type: 'agent' as const, name: 'Ada' };
      const lines = [{ author, text: 'Ask the shop first.', files: [], at: '2026-11-22T10:00:00Z' }];
      delivered(await send(here(), { kind: 'add-ticket-note', lines }, id));
      const entry = (await ticketOf(here(), id)).entries.at(-1);
      expect(entry).toMatchObject({ visibility: 'private' });
      expect(entry?.text).toMatch(/Ada[\s\S]*Ask the shop first\./u);
    });

    it('joins several messages in their order, each with its time', async () => {
      const { id, contact } = await openTicket(here());
      const before = (await ticketOf(here(), id)).entries.length;
      const lines = ['one', 'two', 'three'].map((text, at) => ({
        ...lineOf(contact, `part ${text}`),
        at: `2026-11-22T10:00:0${at}.000Z`,
      }));
      delivered(await send(here(), { kind: 'add-ticket-message', contact, lines }, id));
      const entries = (await ticketOf(here(), id)).entries.slice(before);
      const text = entries.map(({ at = '', text }) => `${at} ${text}`).join('\n');
      expect(text).toMatch(
        /10:00:00[\s\S]*part one[\s\S]*10:00:01[\s\S]*part two[\s\S]*10:00:02[\s\S]*part three/u,
      );
    });

    it('carries odd words unchanged: markup, emoji, other scripts, many lines', async () => {
      const { id, contact } = await openTicket(here());
      const text = 'a < b && <b>c</b> "q" <script>alert(1)</script>\n👩‍👩‍👧 שלום\n\nend & done';
      delivered(await send(here(), messageOrder(contact, text), id));
      const squeezed = (words: string | undefined): string => (words ?? '').replaceAll(/\s+/gu, ' ').trim();
      expect(squeezed((await ticketOf(here(), id)).entries.at(-1)?.text)).toContain(squeezed(text));
    });

    it('splits what is too long, in order, and loses nothing', async ({ skip }) => {
      const { mostTextCharacters } = here().connector.capabilities;
      skip(mostTextCharacters > 300_000, 'nothing is too long for it (capabilities.mostTextCharacters)');
      const { id, contact } = await openTicket(here());
      const before = (await ticketOf(here(), id)).entries.length;
      const words = Array.from({ length: Math.ceil((mostTextCharacters * 1.5) / 8) }, (_, at) =>
        String(at).padStart(7, '0'),
      );
      delivered(await send(here(), messageOrder(contact, words.join(' ')), id));
      const arrived = (await ticketOf(here(), id)).entries.slice(before);
      for (const { text } of arrived) expect(text.length).toBeLessThanOrEqual(mostTextCharacters);
      expect(textOf(arrived).match(/\d{7}/gu)).toEqual(words);
    }, 60_000);

    it('sets status, assignee, team, priority and tags, and leaves the rest alone', async () => {
      const { fake, connector } = here();
      const { id } = await openTicket(here());
      const [ada, ben] = fake.agents;
      for (const status of connector.capabilities.statuses) {
        if (status === 'new' || status === 'closed') continue;
        delivered(await send(here(), { kind: 'update-ticket', change: { status } }, id));
        expect((await ticketOf(here(), id)).status).toBe(status);
      }
      for (const { email } of [ada!, ben!]) {
        delivered(
          await send(here(), { kind: 'update-ticket', change: { assignee: { agentEmail: email } } }, id),
        );
        expect((await ticketOf(here(), id)).assigneeEmail).toBe(email);
      }
      delivered(await send(here(), { kind: 'update-ticket', change: { assignee: null } }, id));
      expect((await ticketOf(here(), id)).assigneeEmail).toBeUndefined();
    });

    it('gives a ticket to a team', async ({ skip }) => {
      const { fake, connector } = here();
      skip(!connector.capabilities.teams, 'it has no teams (capabilities.teams)');
      const { id } = await openTicket(here());
      const team = fake.teams[0]!;
      delivered(await send(here(), { kind: 'update-ticket', change: { assignee: { team } } }, id));
      expect((await ticketOf(here(), id)).team).toBe(team);
      const unknown = await send(
        here(),
        { kind: 'update-ticket', change: { assignee: { team: 'No Such' } } },
        id,
      );
      expect(unknown.outcome).toBe('refused');
      expectExplained(here(), unknown);
      expect((await ticketOf(here(), id)).team).toBe(team);
    });

    it('sets each priority, and adds tags to those that are there', async () => {
      const { fake, connector } = here();
      const { id } = await openTicket(here());
      for (const priority of connector.capabilities.priorities ? (['urgent', 'low'] as const) : []) {
        delivered(await send(here(), { kind: 'update-ticket', change: { priority } }, id));
        expect((await ticketOf(here(), id)).priority).toBe(fake.priorityWords[priority]);
      }
      for (const tag of connector.capabilities.tags ? ['first', 'second'] : []) {
        delivered(await send(here(), { kind: 'update-ticket', change: { addTags: [tag] } }, id));
        expect((await ticketOf(here(), id)).tags).toContain(tag);
      }
      if (connector.capabilities.tags) expect((await ticketOf(here(), id)).tags).toContain('first');
    });

    it('refuses an unknown agent with a sentence, and changes nothing', async () => {
      const { id } = await openTicket(here());
      const change = { assignee: { agentEmail: 'nobody@example.net' } };
      const outcome = await send(here(), { kind: 'update-ticket', change }, id);
      expect(outcome.outcome).toBe('refused');
      expectExplained(here(), outcome);
      expect((await ticketOf(here(), id)).assigneeEmail).toBeUndefined();
    });

    it('opens a solved ticket again with the contact’s message', async () => {
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      await fake.setStatus(id, fake.statusWords.solved ?? '');
      const order = { ...messageOrder(contact, 'It broke again.'), change: { status: 'open' as const } };
      delivered(await send(here(), order, id));
      const ticket = await ticketOf(here(), id);
      expect(ticket.status).toBe('open');
      expect(ticket.entries.at(-1)?.text).toContain('It broke again.');
    });

    it('puts words for a ticket that is closed for good into one that follows it', async ({ skip }) => {
      const { fake } = here();
      skip(fake.statusWords.closed === undefined, 'its tickets are never closed for good');
      if (fake.statusWords.closed === undefined) return;
      const { id, contact } = await openTicket(here());
      await fake.setStatus(id, fake.statusWords.closed);
      const outcome = delivered(await send(here(), messageOrder(contact, 'One thing more.'), id));
      expect(outcome.ticket?.externalTicketId).not.toBe(id);
      const next = await ticketOf(here(), outcome.ticket?.externalTicketId ?? '');
      expect(textOf(next.entries)).toContain('One thing more.');
      expect(next.follows).toBe(id);
    });

    it('tells files as links that it may fetch', async ({ skip }) => {
      skip(!here().connector.capabilities.linksFiles, 'it takes files as files (capabilities.linksFiles)');
      const { id, contact } = await openTicket(here());
      const files = [fileOf('f1', 70_000, 'päckchen “1”.png'), fileOf('f2', 10)];
      delivered(await send(here(), messageOrder(contact, '', files), id));
      const text = textOf((await ticketOf(here(), id)).entries);
      for (const file of files) expect(text).toContain(`${file.name}: ${fileLinks}${file.fileId}`);
    });

    it('carries files as files, byte for byte', async ({ skip }) => {
      skip(here().connector.capabilities.linksFiles === true, 'it is told links (capabilities.linksFiles)');
      const { id, contact } = await openTicket(here());
      const bytes = { f1: randomBytes(70_000), f2: randomBytes(10) };
      const files = [fileOf('f1', 70_000, 'päckchen “1”.png'), fileOf('f2', 10)];
      const before = (await ticketOf(here(), id)).entries.length;
      delivered(await send(here(), messageOrder(contact, 'Look.', files), id, contextOf(bytes)));
      const arrived = (await ticketOf(here(), id)).entries.slice(before);
      expect(textOf(arrived)).toContain('Look.');
      const carried = arrived.flatMap((entry) => entry.files);
      expect(carried.map((file) => file.bytes.equals(bytes.f1) || file.bytes.equals(bytes.f2))).toEqual([
        true,
        true,
      ]);
      expect(carried[1]?.name).toBe('f2.png');
    });

    it('carries a file without words', async ({ skip }) => {
      skip(here().connector.capabilities.linksFiles === true, 'it is told links (capabilities.linksFiles)');
      const { id, contact } = await openTicket(here());
      const bytes = { f1: randomBytes(100) };
      delivered(await send(here(), messageOrder(contact, '', [fileOf('f1', 100)]), id, contextOf(bytes)));
      const { entries } = await ticketOf(here(), id);
      expect(entries.flatMap((entry) => entry.files.map((file) => file.bytes))).toEqual([bytes.f1]);
    });

    it('links what is too large, and says so', async () => {
      const { id, contact } = await openTicket(here());
      const file = fileOf('big', here().connector.capabilities.mostFileBytes + 1, 'film.mp4');
      delivered(await send(here(), messageOrder(contact, 'The film.', [file]), id));
      const text = textOf((await ticketOf(here(), id)).entries);
      expect(text).toContain(`${fileLinks}big`);
      expect(text).toContain('film.mp4');
    });

    it('loses none of more files than fit into one message', async ({ skip }) => {
      const { mostFilesPerMessage } = here().connector.capabilities;
      skip(mostFilesPerMessage > 50, 'any number fits (capabilities.mostFilesPerMessage)');
      const { id, contact } = await openTicket(here());
      const names = Array.from({ length: mostFilesPerMessage + 2 }, (_, at) => `file-${at}`);
      const bytes = Object.fromEntries(names.map((name) => [name, Buffer.from(name)]));
      const files = names.map((name) => fileOf(name, bytes[name]!.length));
      delivered(await send(here(), messageOrder(contact, 'All.', files), id, contextOf(bytes)));
      const { entries } = await ticketOf(here(), id);
      const carried = entries.flatMap((entry) => entry.files.map((file) => file.bytes.toString()));
      const text = textOf(entries);
      expect(
        names.filter((name) => !carried.includes(name) && !text.includes(`${fileLinks}${name}`)),
      ).toEqual([]);
    });

    it('says the words when the desk does not take a file with them, and links it', async ({ skip }) => {
      const { fake, connector } = here();
      skip(connector.capabilities.linksFiles === true, 'it is told links (capabilities.linksFiles)');
      const bytes = { odd: randomBytes(LINE), fine: randomBytes(LINE) };
      const files = [fileOf('odd', LINE, 'odd.exe')];
      fake.plant({ on: 'any', do: 'answer', status: 422, body: {}, carrying: bytes.odd, times: 100 });
      try {
        const contact = contactOf();
        const order = createOrder({ contact, lines: [lineOf(contact, 'It begins with this.', files)] });
        const made = delivered(await send(here(), order, undefined, contextOf(bytes)));
        const id = made.ticket?.externalTicketId ?? '';
        delivered(await send(here(), messageOrder(contact, 'And this.', files), id, contextOf(bytes)));
        const { entries } = await ticketOf(here(), id);
        const text = textOf(entries);
        expect(text).toMatch(/It begins with this\.[\s\S]*odd\.exe[\s\S]*And this\.[\s\S]*odd\.exe/u);
        for (const words of ['It begins with this.', 'And this.'])
          expect(text.split(words), words).toHaveLength(2);
        expect(text.split(`${fileLinks}odd`).length).toBeGreaterThanOrEqual(3);
        expect(
          entries.flatMap((entry) => entry.files.filter(({ bytes: have }) => have.equals(bytes.odd))),
        ).toEqual([]);
      } finally {
        fake.clearFaults();
      }
    });

    it('links one of more files than fit into one message, says the words once, and carries the others', async ({
      skip,
    }) => {
      const { fake, connector } = here();
      const { mostFilesPerMessage, linksFiles } = connector.capabilities;
      skip(linksFiles === true, 'it is told links (capabilities.linksFiles)');
      skip(mostFilesPerMessage > 50, 'any number fits (capabilities.mostFilesPerMessage)');
      const { id, contact } = await openTicket(here());
      const names = Array.from({ length: mostFilesPerMessage + 2 }, (_, at) => `part-${at}`);
      const bytes = Object.fromEntries(names.map((name) => [name, randomBytes(LINE)]));
      const last = names.at(-1)!;
      const files = names.map((name) => fileOf(name, LINE));
      fake.plant({ on: 'any', do: 'answer', status: 413, body: {}, carrying: bytes[last]!, times: 100 });
      try {
        delivered(await send(here(), messageOrder(contact, 'All of it.', files), id, contextOf(bytes)));
      } finally {
        fake.clearFaults();
      }
      const { entries } = await ticketOf(here(), id);
      const text = textOf(entries);
      expect(text.split('All of it.')).toHaveLength(2);
      expect(text).toContain(`${fileLinks}${last}`);
      const carried = entries.flatMap((entry) => entry.files.map((file) => file.bytes));
      for (const name of names) {
        const isThere =
          carried.some((have) => have.equals(bytes[name]!)) || text.includes(`${fileLinks}${name}`);
        expect(isThere, name).toBe(true);
      }
      expect(carried.length).toBeGreaterThanOrEqual(Math.min(mostFilesPerMessage, names.length - 2));
    });

    it('says the words even when the file is gone, and names it', async () => {
      const { id, contact } = await openTicket(here());
      delivered(await send(here(), messageOrder(contact, 'See this.', [fileOf('lost', 10, 'lost.png')]), id));
      const text = textOf((await ticketOf(here(), id)).entries);
      expect(text).toContain('See this.');
      expect(text).toContain('lost.png');
    });
  });
}
