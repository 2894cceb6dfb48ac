import { describe, expect, it } from 'vitest';
import type { PeopleMemory, Tracker } from '../../../src/connectors/request-tracker/calling/open-tracker.js';
import { addressOf, plainName } from '../../../src/connectors/request-tracker/sending/contact-address.js';
import { encodedWords, mailMessage } from '../../../src/connectors/request-tracker/sending/mail-message.js';
import { cutQuotes } from '../../../src/connectors/request-tracker/reading/cut-quotes.js';
import { htmlToText } from '../../../src/connectors/request-tracker/reading/html-to-text.js';
import { advance } from '../../../src/connectors/request-tracker/fetch-cursor.js';

const asked: PeopleMemory = { recall: (_key, ask) => ask() };

/** An RT that knows these users by name and by address. */
function rtOf(users: { Name: string; EmailAddress: string; Privileged: number }[]): Tracker {
  const settings = { contactAddress: 'own', contactDomain: 'chat.invalid' };
  const rest: Tracker['rest'] = async (_method, path) => {
    const name = decodeURIComponent(/^\/user\/(.*)$/u.exec(path)?.[1] ?? '');
    const user = users.find(({ Name }) => Name === name);
    const items = users
      .filter(({ EmailAddress }) => decodeURIComponent(path).includes(`"${EmailAddress}"`))
      .map(({ Name }) => ({ id: Name }));
    const json = path.startsWith('/users') ? { items } : user;
    const status = json === undefined ? 404 : 200;
    return { outcome: 'answered', status, headers: {}, bytes: Buffer.alloc(0), json };
  };
  return { settings, people: asked, rest } as unknown as Tracker;
}

describe('whose address a contact writes from', () => {
  it('is the contact’s own, where it belongs to nobody on the staff', async () => {
    const rt = rtOf([{ Name: 'bob@home.example', EmailAddress: 'bob@home.example', Privileged: 0 }]);
    expect(await addressOf(rt, { id: 'cnt_1', email: 'Bob@Home.example' })).toBe('bob@home.example');
  });

  it('is never an agent’s, by address or by name', async () => {
    const rt = rtOf([
      { Name: 'ada', EmailAddress: 'ada@desk.example', Privileged: 1 },
      { Name: 'eve@desk.example', EmailAddress: 'other@desk.example', Privileged: 1 },
    ]);
    for (const email of ['ada@desk.example', 'ADA@desk.example', 'eve@desk.example'])
      expect(await addressOf(rt, { id: 'cnt_1', email })).toBe('cnt_1@chat.invalid');
  });

  it.each([
    'a@b',
    'a b@c.example',
    '"x"@c.example',
    'a@c.example, ada@desk.example',
    'a@c.example\r\nBcc: x@y.example',
    '',
  ])('is made up when “%s” is no plain one', async (email) => {
    expect(await addressOf(rtOf([]), { id: 'cnt/../1', email })).toBe('cnt-..-1@chat.invalid');
  });
});

describe('a mail to the gateway', () => {
  const mail = (name: string, text: string): string =>
    mailMessage({
      from: { name: plainName(name), address: 'a@b.example' },
      subject: 'Chat message',
      messageId: 'one@chat.invalid',
      date: new Date('2026-11-22T10:00:00Z'),
      piece: { text, files: [] },
    });

  it('is ASCII, and nothing that was said becomes a header or a part', () => {
    const odd = 'Bob\r\nFrom: ada@desk.example\r\n\r\n--x';
    const written = mail(odd, `${odd} ✓`);
    expect(written).toMatch(/^[\x20-\x7e\r\n]*$/u);
    expect(written.match(/^From:/gmu)).toHaveLength(1);
    expect(written.split('\r\n\r\n')).toHaveLength(2);
    expect(Buffer.from(written.split('\r\n\r\n')[1] ?? '', 'base64').toString('utf8')).toBe(`${odd} ✓`);
  });

  it('has encoded words of 75 characters at most', () => {
    const words = encodedWords('äöü✓👩'.repeat(30)).split(' ');
    expect(words.every((word) => word.length <= 75)).toBe(true);
    expect(words.map((word) => Buffer.from(word.slice(10, -2), 'base64').toString('utf8')).join('')).toBe(
      'äöü✓👩'.repeat(30),
    );
  });
});

describe('an agent’s words', () => {
  it('lose the signature and what is quoted, and nothing else', () => {
    expect(cutQuotes('Yes.\n\nOn Sunday, Bob wrote:\n> Is it?\n> Really?\n\nBest\n-- \nAda')).toBe(
      'Yes.\n\n\nBest',
    );
    expect(cutQuotes('> only this')).toBe('> only this');
    expect(cutQuotes('Two lines:\nsecond')).toBe('Two lines:\nsecond');
  });

  it('lose their markup', () => {
    const html =
      '<p>Hi &lt;Bob&gt;</p><ul><li>one</li><li><a href="https://x.example/y">two</a></li></ul><script>1</script>';
    expect(htmlToText(html, { cutQuotes: true })).toBe('Hi <Bob>\n\n- one\n- two (https://x.example/y)');
  });
});

describe('where to begin the next time', () => {
  const at = (id: number, created: string) => ({
    id,
    type: 'Correspond',
    creator: 'ada',
    created,
    ticketId: '1',
  });

  it('stays below what is younger than a minute, and remembers what of it was told', () => {
    const seen = [at(5, '2026-11-22T10:00:00Z'), at(9, '2026-11-22T10:04:50Z')];
    expect(advance({ after: 3, told: [4] }, seen, new Date('2026-11-22T10:05:00Z'))).toEqual({
      after: 5,
      told: [9],
    });
  });
});
