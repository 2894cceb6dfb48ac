import { describe, expect, it } from 'vitest';
import type { DeskOrder } from '../../../src/domain/desk-order.js';
import type { DeskPolicy } from '../../../src/domain/desk-policy.js';
import type { FactType } from '../../../src/domain/facts.js';
import type { TicketState } from '../../../src/domain/ticket.js';
import type { ConversationView, MessageView } from '../../../src/domain/views.js';
import type { TicketStanding } from '../../../src/store/desk-mirrors.js';
import { daysAgo, DESK, happens, linked, NO_TICKET, ordersFor, says, talk, words } from './facts.js';

type Policy = Partial<DeskPolicy>;
const kinds = (orders: DeskOrder[]): string[] => orders.map(({ kind }) => kind);
const made = (orders: DeskOrder[]) => {
  const [order] = orders;
  if (order?.kind !== 'create-ticket') throw new Error(`no ticket is made: ${JSON.stringify(orders)}`);
  return order;
};
/** What the ticket is told in notes. */
const noted = (orders: DeskOrder[]): string[] =>
  orders.flatMap((order) => (order.kind === 'add-ticket-note' ? order.lines.map(({ text }) => text) : []));
const changed = (orders: DeskOrder[]) =>
  orders.flatMap((order) => (order.kind === 'update-ticket' ? [order.change] : []));

const BOT = { assignee: { type: 'bot' } } as const;
const ADA = { assignee: { type: 'agent', email: 'ada@chat.example' } } as const;
const SALES = { assignee: { type: 'team', team: 'Sales' } } as const;
const SHOP = { labels: ['Shop'] };

describe('which chats get a ticket', () => {
  it.each<[Policy, Partial<ConversationView>, 'a ticket' | 'none']>([
    [{}, {}, 'a ticket'],
    [{}, BOT, 'none'],
    [{ create: 'first-message' }, BOT, 'a ticket'],
    [{ create: 'never' }, ADA, 'none'],
    [{ channels: ['whatsapp'] }, {}, 'none'],
    [{ channels: ['whatsapp', 'web'] }, {}, 'a ticket'],
    [{ labels: ['shop'] }, {}, 'none'],
    [{ labels: ['billing', 'shop'] }, SHOP, 'a ticket'],
    [{ channels: ['sms'], labels: ['shop'] }, SHOP, 'none'],
    [{ create: 'first-message', labels: ['shop'] }, { ...BOT, ...SHOP }, 'a ticket'],
    [{}, { status: 'closed' }, 'none'],
  ])('%j: a message in a chat that is %j makes %s', async (policy, chat, expected) => {
    const orders = await ordersFor([says('Hello', { in: chat })], NO_TICKET, policy);
    expect(kinds(orders)).toEqual(expected === 'none' ? [] : ['create-ticket']);
  });

  it('those of no channel are of none that a policy names', async () => {
    const { channel: _, ...nowhere } = talk();
    const fact = { ...says('Hello'), conversation: nowhere };
    expect(await ordersFor([fact], NO_TICKET, { channels: ['web'] })).toEqual([]);
    expect(kinds(await ordersFor([fact], NO_TICKET))).toEqual(['create-ticket']);
  });

  it.each<[FactType, Partial<ConversationView>, Policy, boolean]>([
    ['conversation.assigned', ADA, {}, true],
    ['conversation.assigned', BOT, {}, false],
    ['labels.changed', SHOP, { labels: ['shop'] }, true],
    ['labels.changed', { labels: ['other'] }, { labels: ['shop'] }, false],
    ['conversation.reopened', ADA, {}, true],
    // A breach is told to people, whoever holds the chat; not against the operator's will.
    ['sla.breached', BOT, {}, true],
    ['sla.breached', BOT, { create: 'never' }, false],
    ['sla.breached', BOT, { channels: ['sms'] }, false],
    ['variables.changed', ADA, {}, false],
    ['conversation.closed', { ...ADA, status: 'closed' }, {}, false],
  ])('%s in a chat that is %j, with %j: %s', async (type, chat, policy, expected) => {
    const orders = await ordersFor([happens(type, { in: chat })], NO_TICKET, policy);
    expect(kinds(orders).includes('create-ticket')).toBe(expected);
  });

  it('none because of a reaction, or of what others than the contact say', async () => {
    const thumb = words('👍', { kind: 'reaction' });
    expect(await ordersFor([says('', { message: thumb })], NO_TICKET)).toEqual([]);
    const bot = words('Hi!', { author: { type: 'bot' } });
    expect(await ordersFor([says('', { message: bot })], NO_TICKET)).toEqual([]);
  });
});

describe('what stands in a new ticket', () => {
  const subjectFor = async (subject: string, chat: Partial<ConversationView> = {}): Promise<string> =>
    made(await ordersFor([says('Hello', { in: chat })], NO_TICKET, { subject })).subject;
  const nameless = { ...talk().contact, name: undefined } as unknown as ConversationView['contact'];

  it('subject and introduction, their placeholders filled, and words in braces that are none left alone', async () => {
    const policy = {
      subject: '{{channel}} {{ conversation.title }}: {{contact.name}} {{contact.age}}',
      introduction: '{{contact.email}} {{contact.phone}}\n{{conversation.id}}',
    };
    const order = made(await ordersFor([says('Hello')], NO_TICKET, policy));
    expect(order.subject).toBe('WEB About ferns: Vera {{contact.age}}');
    expect(order.introduction).toBe('vera@home.example +15551234567\ncnv_1');
    expect(order.reference).toBe('cnv_1');
    expect(order.lines.map(({ text }) => text)).toEqual(['Hello']);
  });

  it('a name where there is any, and one line that every desk takes', async () => {
    const { email: _, ...noEmail } = nameless;
    const { phone: __, ...nothing } = noEmail;
    expect(await subjectFor('Chat with {{contact.name}}')).toBe('Chat with Vera');
    expect(await subjectFor('{{contact.name}}', { contact: nameless })).toBe('vera@home.example');
    expect(await subjectFor('{{contact.name}}', { contact: noEmail })).toBe('+15551234567');
    expect(await subjectFor('{{contact.name}}', { contact: nothing })).toBe('a visitor');
    expect(await subjectFor('{{contact.email}}', { contact: nothing })).toBe('Chat');
    expect(await subjectFor('one\n  two')).toBe('one two');
    expect(await subjectFor('{{contact.name}}', { contact: { ...nothing, name: '🌿'.repeat(200) } })).toBe(
      '🌿'.repeat(150),
    );
  });

  it('that lines stand before the transcript, where it is not all of the chat', async () => {
    const introduced = async (earlier: number, introduction: string): Promise<string> =>
      made(await ordersFor([says('Hello')], NO_TICKET, { introduction }, [words('Hello')], earlier))
        .introduction;
    expect(await introduced(0, 'Hi')).toBe('Hi');
    expect(await introduced(1, '')).toBe(
      'One earlier line of this chat is not shown here; the bridge has it.',
    );
    expect(await introduced(7, 'Hi')).toBe(
      'Hi\n7 earlier lines of this chat are not shown here; the bridge has them.',
    );
  });

  it('the same in a ticket of the desk’s own that somebody links', async () => {
    const fact = happens('ticket.linked', { data: { connectionId: DESK, externalTicketId: '17' } });
    const byHand: TicketStanding = {
      isOwed: false,
      link: { externalTicketId: '17', origin: 'linked', known: {}, livelyAt: daysAgo(0) },
    };
    expect(noted(await ordersFor([fact], byHand, {}, [words('Hello')], 7))).toEqual([
      '7 earlier lines of this chat are not shown here; the bridge has them.',
      'Hello',
    ]);
    expect(noted(await ordersFor([fact], byHand, {}, [words('Hello')]))).toEqual(['Hello']);
  });

  it('no placeholder that a contact has typed as its name is filled', async () => {
    const contact = { ...talk().contact, name: '{{contact.email}}' };
    expect(await subjectFor('Chat with {{contact.name}}', { contact })).toBe('Chat with {{contact.email}}');
  });

  it.each<[Policy, Partial<ConversationView>, object]>([
    [{}, {}, { addTags: ['wotnot'] }],
    [{ tags: ['a', 'b'] }, SHOP, { addTags: ['a', 'b', 'Shop'] }],
    [{ team: 'First line' }, {}, { addTags: ['wotnot'], assignee: { team: 'First line' } }],
    [{ team: 'First line' }, ADA, { addTags: ['wotnot'], assignee: { agentEmail: 'ada@chat.example' } }],
    [
      { agents: { 'ada@desk.example': 'ada@chat.example' } },
      ADA,
      { addTags: ['wotnot'], assignee: { agentEmail: 'ada@desk.example' } },
    ],
    [
      { team: 'First line', assignee: 'to-conversation' },
      ADA,
      { addTags: ['wotnot'], assignee: { team: 'First line' } },
    ],
    [{ assignee: 'nothing' }, ADA, { addTags: ['wotnot'] }],
    [{ teams: { sales: 'Second line' } }, SALES, { addTags: ['wotnot'], assignee: { team: 'Second line' } }],
    [
      { teams: { SALES: '' }, team: 'First line' },
      SALES,
      { addTags: ['wotnot'], assignee: { team: 'First line' } },
    ],
  ])('%j, for a chat that is %j: %j', async (policy, chat, change) => {
    expect(made(await ordersFor([says('Hello', { in: chat })], NO_TICKET, policy)).change).toEqual(change);
  });
});

describe('the chat is closed', () => {
  it.each<[DeskPolicy['onConversationClosed'], TicketState, string[], object[]]>([
    ['solve', { status: 'open' }, [], [{ status: 'solved' }]],
    ['solve', {}, [], [{ status: 'solved' }]],
    ['solve', { status: 'solved' }, [], []],
    ['solve', { status: 'closed' }, [], []],
    ['note', { status: 'open' }, ['The conversation was closed by Ada.'], []],
    ['note', { status: 'solved' }, [], []],
    ['nothing', { status: 'open' }, [], []],
  ])(
    '%s, with a ticket of which is known %j: notes %j, changes %j',
    async (onConversationClosed, known, notes, changes) => {
      const fact = happens('conversation.closed', { data: { by: 'Ada' }, in: { status: 'closed' } });
      const orders = await ordersFor([fact], linked(known), { onConversationClosed });
      expect(noted(orders)).toEqual(notes);
      expect(changed(orders)).toEqual(changes);
    },
  );
});

describe('the contact writes again', () => {
  type Outcome = 'said' | 'opened' | 'follow-up' | 'new';
  const outcomeOf = (orders: DeskOrder[]): Outcome => {
    const [order] = orders;
    if (order?.kind === 'create-ticket') return order.follows === undefined ? 'new' : 'follow-up';
    if (order?.kind !== 'add-ticket-message') throw new Error(JSON.stringify(orders));
    return order.change?.status === 'open' ? 'opened' : 'said';
  };
  const cases: [Policy, TicketState, number, Outcome][] = [
    [{}, { status: 'open' }, 0, 'said'],
    [{}, { status: 'pending' }, 100, 'said'],
    [{}, { status: 'solved' }, 0, 'opened'],
    [{}, { status: 'solved' }, 13.9, 'opened'],
    [{}, { status: 'solved' }, 14.1, 'follow-up'],
    [{ reopenDays: 0.5 }, { status: 'solved' }, 0.4, 'opened'],
    [{ reopenDays: 0.5 }, { status: 'solved' }, 0.6, 'follow-up'],
    [{ reopenDays: 0 }, { status: 'solved' }, 0.01, 'follow-up'],
    [{}, { status: 'closed' }, 0, 'follow-up'],
    [{ onMessageToSolved: 'follow-up' }, { status: 'solved' }, 0, 'follow-up'],
    [{ onMessageToSolved: 'follow-up' }, { status: 'open' }, 0, 'said'],
    [{ onMessageToSolved: 'new' }, { status: 'solved' }, 0, 'new'],
    [{ onMessageToSolved: 'new' }, { status: 'closed' }, 100, 'new'],
  ];
  it.each(cases)(
    '%j, to a ticket of which is known %j, %d days later: %s',
    async (policy, known, days, expected) => {
      const orders = await ordersFor([says('Once more')], linked(known, daysAgo(days)), policy);
      expect(outcomeOf(orders)).toBe(expected);
      expect(orders).toHaveLength(1);
    },
  );

  it.each(cases.filter(([, { status }]) => status === 'solved'))(
    'and by it reopens the chat: %j, %j, %d days later: the same, %s',
    async (policy, known, days, expected) => {
      const facts = [happens('conversation.reopened'), says('Once more')];
      const orders = await ordersFor(facts, linked(known, daysAgo(days)), policy);
      const opens = changed(orders).some(({ status }) => status === 'open');
      expect(opens).toBe(expected === 'opened');
      if (!opens) expect(outcomeOf(orders)).toBe(expected);
    },
  );

  it('the first words make the next ticket, those behind them go there', async () => {
    const facts = ['one', 'two'].map((text) => says(text));
    const orders = await ordersFor(facts, linked({ status: 'solved' }), { onMessageToSolved: 'new' });
    expect(kinds(orders)).toEqual(['create-ticket', 'add-ticket-message']);
    expect(made(orders).lines.map(({ text }) => text)).toEqual(['one']);
    expect(made(orders).subject).toBe('Chat with Vera');
    expect(made(orders).change.addTags).toEqual(['wotnot']);
  });

  it.each<[string, MessageView, FactType]>([
    ['a reaction', words('👍', { kind: 'reaction' }), 'message.received'],
    ['a receipt', words('Our answer', { direction: 'out', author: { type: 'agent' } }), 'message.delivered'],
    [
      'that it was read',
      words('Our answer', { direction: 'out', author: { type: 'agent' } }),
      'message.read',
    ],
  ])('%s opens nothing and makes no ticket', async (_what, message, type) => {
    for (const onMessageToSolved of ['reopen', 'follow-up', 'new'] as const) {
      const fact = happens(type, { message });
      const orders = await ordersFor([fact], linked({ status: 'solved' }), { onMessageToSolved });
      expect(changed(orders)).toEqual([]);
      expect(kinds(orders).filter((kind) => kind !== 'add-ticket-note')).toEqual([]);
    }
  });
});

describe('what is said elsewhere', () => {
  const bot = says('', { message: words('We open at nine.', { author: { type: 'bot', name: 'Fern' } }) });
  const ada = { direction: 'out', author: { type: 'agent', name: 'Ada' } } as const;
  const sent = happens('message.sent', { message: words('At nine.', { ...ada, state: 'sent' }) });
  const fromHere = happens('message.sent', {
    message: words('From the desk.', { ...ada, originConnectionId: DESK }),
  });
  const thumb = says('', { message: words('👍', { kind: 'reaction' }) });
  const failed = happens('message.failed', {
    message: words('At nine.', ada),
    data: { failure: { code: 'blocked', message: 'The contact has blocked us.' } },
  });

  it('is a note, or nothing; the desk’s own answers are none in any case', async () => {
    const facts = [bot, sent, fromHere, thumb];
    expect(noted(await ordersFor(facts, linked({ status: 'open' })))).toEqual([
      'We open at nine.',
      'At nine.',
      '👍',
    ]);
    expect(await ordersFor(facts, linked({ status: 'open' }), { otherMessages: 'nothing' })).toEqual([]);
  });

  it('what did not reach the contact is told in any case, and so are notes', async () => {
    const note = happens('note.added', {
      note: {
        id: 'not_1',
        conversationId: 'cnv_1',
        seq: 9,
        author: { type: 'agent' },
        text: 'Ask the shop.',
        occurredAt: daysAgo(0),
      },
    });
    const told = noted(await ordersFor([failed, note], linked({}), { otherMessages: 'nothing' }));
    expect(told).toEqual([
      'NOT delivered to the contact: "At nine.". The contact has blocked us.',
      'Ask the shop.',
    ]);
  });
});

describe('somebody else has it', () => {
  it.each<[DeskPolicy['assignee'], boolean]>([
    ['both', true],
    ['to-ticket', true],
    ['to-conversation', false],
    ['nothing', false],
  ])('%s: the ticket follows: %s', async (assignee, follows) => {
    const orders = await ordersFor([happens('conversation.assigned', { in: ADA })], linked({}), { assignee });
    expect(changed(orders)).toEqual(follows ? [{ assignee: { agentEmail: 'ada@chat.example' } }] : []);
  });

  it('a bot, nobody, or whoever has the ticket already changes nothing', async () => {
    const known = { assignee: { agent: { email: 'ada@chat.example' } } };
    for (const chat of [BOT, { assignee: { type: 'nobody' } } as const, ADA])
      expect(await ordersFor([happens('conversation.assigned', { in: chat })], linked(known))).toEqual([]);
  });
});

describe('a service level is breached', () => {
  it.each<[Partial<DeskPolicy['onSlaBreach']>, object[], number]>([
    [{}, [{ priority: 'urgent', addTags: ['sla-breached'] }], 1],
    [
      { team: 'Second line' },
      [{ priority: 'urgent', addTags: ['sla-breached'], assignee: { team: 'Second line' } }],
      1,
    ],
    [{ priority: '', tag: '', note: false }, [], 0],
    [{ priority: 'high', tag: '', note: false }, [{ priority: 'high' }], 0],
  ])('%j: changes %j, notes %d', async (asked, changes, notes) => {
    const onSlaBreach = { priority: 'urgent', tag: 'sla-breached', note: true, team: '', ...asked } as const;
    const orders = await ordersFor([happens('sla.breached')], linked({ status: 'open' }), { onSlaBreach });
    expect(changed(orders)).toEqual(changes);
    expect(noted(orders)).toHaveLength(notes);
  });
});
