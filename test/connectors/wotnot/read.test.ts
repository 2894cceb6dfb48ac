import { describe, expect, it } from 'vitest';
import type { ChatFact } from '../../../src/domain/chat-fact.js';
import { read } from '../../../src/connectors/wotnot/read.js';
import { event, eventsOf, fixture, token } from './webhook.js';

function readingOf(type: string, payload: unknown) {
  const [split] = eventsOf({ events: [event(type, payload)], token });
  if (!split) throw new Error('no event');
  return read(split);
}

function factsOf(type: string, payload: unknown): ChatFact[] {
  const reading = readingOf(type, payload);
  if (reading.outcome !== 'facts') throw new Error(`unrecognised: ${reading.reason}`);
  return reading.facts;
}

const said = (message: unknown, more: object = {}) =>
  factsOf('message', { message, message_by: 'visitor', ...more })[0];

describe('conversation_create', () => {
  it('reads WotNot’s own sample whole', () => {
    const [split] = eventsOf(fixture('conversation-create'));
    expect(split && read(split)).toEqual({
      outcome: 'facts',
      facts: [
        {
          type: 'conversation-started',
          contact: { externalContactId: '6AFH8gyvwKCB073815082213IgPXtWMj', name: 'nik' },
          title: 'Visitor - A27187',
          channel: 'WEB',
          status: 'open',
          assignee: { type: 'bot' },
          variables: expect.objectContaining({ global_channel_name: 'WEB', visitor_name: 'nik' }),
          aliases: ['7f984da9a15b4bceb512ecad8ca461051693283267'],
          occurredAt: '2023-08-29T04:27:48.236Z',
        },
      ],
    });
  });

  it('takes contact data from visitor_ variables', () => {
    const variables = [
      { name: 'visitor_email', value: 'Nik@Example.com' },
      { name: 'visitor_phone', value: 15551234 },
      { name: '__proto__', value: 'x' },
    ];
    const [fact] = factsOf('conversation_create', { variables });
    expect(fact).toMatchObject({ contact: { email: 'nik@example.com', phone: '15551234' } });
    expect(fact?.type === 'conversation-started' && Object.keys(fact.variables)).toContain('__proto__');
  });
});

describe('message', () => {
  it('reads the usual one', () => {
    const [split] = eventsOf(fixture('message'));
    expect(split && read(split)).toEqual({
      outcome: 'facts',
      facts: [
        {
          type: 'message',
          contact: { externalContactId: '6AFH8gyvwKCB073815082213IgPXtWMj' },
          author: { type: 'contact' },
          kind: 'text',
          text: 'Hello',
          content: {},
        },
      ],
    });
  });

  it.each([
    ['visitor', { type: 'contact' }],
    [
      { type: 'bot', id: 8181, email: 'seq_user@wotnot-seq.com' },
      { type: 'bot', email: 'seq_user@wotnot-seq.com', externalId: '8181' },
    ],
    [
      { type: 'agent', email: 'Ada@Example.COM', name: 'Ada' },
      { type: 'agent', email: 'ada@example.com', name: 'Ada' },
    ],
    ['Ada@Example.com', { type: 'agent', email: 'ada@example.com' }],
    [{ user_type_id: 2 }, { type: 'bot' }],
    [
      { email: 'x@y.z', first_name: 'X', last_name: 'Y' },
      { type: 'agent', email: 'x@y.z', name: 'X Y' },
    ],
    [undefined, { type: 'system' }],
    [{ type: 'constructor' }, { type: 'system' }],
  ])('knows who speaks from %j', (by, author) => {
    const [fact] = factsOf('message', { message: { text: 'x' }, message_by: by });
    expect(fact).toMatchObject({ author });
  });

  it('reads buttons with what they lead to', () => {
    const buttons = {
      title: '<p>How can I help?</p>',
      buttons: [
        { title: 'Track', type: 'text' },
        { title: 'Site', type: 'url', url: 'https://x.io' },
        'Human',
      ],
    };
    expect(said({ type: 'button', payload: buttons })).toMatchObject({
      kind: 'buttons',
      text: 'How can I help?',
      content: { buttons: [{ title: 'Track' }, { title: 'Site', url: 'https://x.io/' }, { title: 'Human' }] },
    });
  });

  const photo = 'https://cdn.x.io/photo.png';
  it.each([
    ['image', { url: photo }, 'image'],
    ['image', { image: photo }, 'image'],
    ['image', { payload: { url: photo } }, 'image'],
    ['file upload', { file: { path: photo, name: 'photo.png', type: 'image/png', size: 1 } }, 'image'],
    ['file', { attachments: [{ url: photo }] }, 'file'],
    ['audio', { payload: { src: photo } }, 'audio'],
    ['video', { text: `<video src="${photo}"></video>` }, 'video'],
    ['document', { payload: { document: { link: photo } } }, 'file'],
    ['text', { text: `<p>See <img src="${photo}" alt="cat"></p>` }, 'image'],
    ['text', { text: `<iframe src="${photo}">not said</iframe>` }, 'page'],
  ])('finds the attachment of a message of the kind %s in %j', (type, parts, kind) => {
    expect(said({ type, ...parts })).toMatchObject({ content: { attachments: [{ kind, url: photo }] } });
  });

  it.each([
    [
      'form',
      {
        payload: {
          title: 'Your details',
          fields: [
            { label: 'Name', value: 'Nik' },
            { label: 'Topics', value: ['a', 'b'] },
          ],
        },
      },
      'Your details\nName: Nik\nTopics: a, b',
    ],
    [
      'form',
      { payload: { title: 'Details', values: { name: 'Nik', news: true } } },
      'Details\nname: Nik\nnews: yes',
    ],
    ['calendar', { payload: { title: 'Pick a day', date: '2026-11-22' } }, 'Pick a day\n2026-11-22'],
    ['calendly', { payload: { text: 'Book', url: 'https://calendly.com/x' } }, 'Book'],
    [
      'list',
      {
        payload: {
          title: 'Menu',
          sections: [{ title: 'Food', rows: [{ title: 'Pie', description: 'warm' }] }],
        },
      },
      'Menu\nFood\nPie\nwarm',
    ],
    [
      'carousel',
      {
        payload: {
          cards: [
            { title: 'Red', description: 'A red one', image_url: photo, buttons: [{ title: 'Buy' }] },
            { title: 'Blue' },
          ],
        },
      },
      'Red\nA red one\nBlue',
    ],
    ['slider', { payload: { title: 'How much?', value: 7 } }, 'How much?: 7'],
    ['appointment booking', { payload: { label: 'Slot', value: 'Monday 10:00' } }, 'Slot: Monday 10:00'],
    ['javascript', { payload: { name: 'Order', value: '42' } }, 'Order: 42'],
    ['text', { data: { body: 'Hi' } }, 'Hi'],
    ['text', 'bare', 'bare'],
  ])('reads the kind %s', (type, parts, text) => {
    const message = typeof parts === 'string' ? parts : { type, ...parts };
    expect(said(message)).toMatchObject({ text });
  });

  it('shows an unknown kind with every title, text and link in it, and a bare one by its name', () => {
    const hologram = {
      type: 'Hologram 3D',
      payload: { heading: 'Look', deep: [{ caption: 'here' }], link: 'https://x.io/h' },
    };
    expect(said(hologram)).toMatchObject({
      kind: 'hologram-3d',
      text: 'Look\nhere',
      content: { links: [{ url: 'https://x.io/h' }] },
    });
    expect(said({ type: 'hologram' })).toMatchObject({ text: '[Message of the kind “hologram”]' });
    expect(said({ type: 'text', text: '  ' })).toMatchObject({ text: '[Empty message]' });
    expect(said({ type: 'image', url: 'data:image/png;base64,AAAA' })).toMatchObject({ kind: 'image' });
  });

  it('carries the id and the time', () => {
    expect(said({ text: 'x', id: 77 }, { created_at: 1_700_000_000 })).toMatchObject({
      externalMessageId: '77',
      occurredAt: '2023-11-14T22:13:20.000Z',
    });
  });
});

describe('the other kinds', () => {
  it.each([
    [{ is_closed: 1 }, 'closed'],
    [{ is_closed: false }, 'open'],
    [{ is_closed: '0' }, 'open'],
    [{ status: 'CLOSE' }, 'closed'],
    [{ status: { name: 'Open' } }, 'open'],
    [{ status: 2 }, 'closed'],
    [{ status: 1 }, 'open'],
    [{ status: { from: 'OPEN', to: 'CLOSED' } }, 'closed'],
  ])('status %j is %s', (payload, status) => {
    expect(factsOf('status', { ...payload, by: 'Ada@x.com' })).toEqual([
      { type: 'status', status, by: { type: 'agent', email: 'ada@x.com' } },
    ]);
  });

  it.each([
    [
      { assigned_to_user: { email: 'Ada@x.com', name: 'Ada', type: 'agent' } },
      { type: 'agent', email: 'ada@x.com', name: 'Ada' },
    ],
    [{ assignee: { to: 'Ada@x.com' } }, { type: 'agent', email: 'ada@x.com' }],
    [{ assigned: { to: { email: 'a@x.com' } } }, { type: 'agent', email: 'a@x.com' }],
    [{ assigned_to: { type: 'bot' } }, { type: 'bot' }],
    [{ user: { to: 'a@x.com', by: 'b@x.com' } }, { type: 'agent', email: 'a@x.com' }],
    [{ team: { to: 'Sales', by: 'b@x.com' } }, { type: 'team', team: 'Sales' }],
    [
      { assigned_to_user: null, assigned_to_team: { id: 3, name: 'Support' } },
      { type: 'team', team: 'Support' },
    ],
    [{ assigned_to_user: null }, { type: 'nobody' }],
    [{ assigned_to_user: { type_id: 2, name: 'Bo' } }, { type: 'bot', name: 'Bo' }],
  ])('assignee %j is %j', (payload, assignee) => {
    expect(factsOf('assignee', payload)[0]).toMatchObject({ type: 'assignee', assignee });
  });

  it.each([
    [{ labels: [{ id: 1, name: 'VIP' }, 'late'] }, [{ labels: ['VIP', 'late'], change: 'set' }]],
    [{ id: 1, name: 'VIP' }, [{ labels: ['VIP'], change: 'add' }]],
    [[{ name: 'a' }, { name: 'b' }], [{ labels: ['a', 'b'], change: 'set' }]],
    [{ label: 'a', action: 'removed' }, [{ labels: ['a'], change: 'remove' }]],
    [
      { added: ['a'], removed: ['b'] },
      [
        { labels: ['a'], change: 'add' },
        { labels: ['b'], change: 'remove' },
      ],
    ],
    [{ labels: [] }, [{ labels: [], change: 'set' }]],
  ])('labels %j', (payload, changes) => {
    expect(factsOf('conversation_labels', payload)).toEqual(
      changes.map((change) => ({ type: 'labels', ...change })),
    );
  });

  it.each([
    [{ note: '<p>call <b>back</b></p>' }],
    [{ text: 'call back' }],
    [{ body: 'call back' }],
    [{ note: { text: 'call back' } }],
  ])('note %j', (payload) => {
    expect(factsOf('note', { ...payload, by: { email: 'a@x.com' } })).toEqual([
      { type: 'note', text: 'call back', author: { type: 'agent', email: 'a@x.com' } },
    ]);
  });

  it.each([
    [{ variables: [{ name: 'city', value: 'Oslo' }] }],
    [{ name: 'city', value: 'Oslo', type: 'text' }],
    [{ variables: { city: 'Oslo' } }],
    [[{ name: 'city', value: 'Oslo' }]],
  ])('variables %j', (payload) => {
    expect(factsOf('variables', payload)[0]).toMatchObject({
      type: 'variables',
      variables: { city: 'Oslo' },
    });
  });

  it('variables of the contact are told apart, and name, e-mail and phone among them are its own', () => {
    const contact = (name: string, value: unknown) => ({ type: 'contact', name, value });
    const variables = [
      { type: 'text', name: 'city', value: 'Oslo' },
      contact('company', 'Fern & Fable'),
      contact('name', ' Rosa Diaz '),
      contact('email', 'Rosa@Customer.Example'),
      contact('phone', 15551234),
    ];
    expect(factsOf('variables', { variables })).toEqual([
      {
        type: 'variables',
        variables: { city: 'Oslo' },
        contact: {
          externalContactId: 'vis-1',
          name: 'Rosa Diaz',
          email: 'rosa@customer.example',
          phone: '15551234',
          variables: { company: 'Fern & Fable' },
        },
      },
    ]);
    expect(factsOf('variables', contact('email', 'call me instead'))).toMatchObject([
      { variables: {}, contact: { variables: { email: 'call me instead' } } },
    ]);
    expect(factsOf('conversation_create', { variables })).toMatchObject([
      { variables: { city: 'Oslo' }, contact: { name: 'Rosa Diaz', variables: { company: 'Fern & Fable' } } },
    ]);
  });

  it('sla_breached keeps name, target and time', () => {
    expect(
      factsOf('sla_breached', {
        sla: { name: 'Gold', target: 'first_response' },
        breached_at: '2026-01-01 00:00:00',
      }),
    ).toEqual([
      {
        type: 'sla-breached',
        breach: { name: 'Gold', target: 'first_response', breachedAt: '2026-01-01T00:00:00.000Z' },
        occurredAt: '2026-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('message_status becomes a receipt', () => {
    expect(factsOf('delivery_status', { message_id: 5, status: 'READ' })).toEqual([
      { type: 'receipt', externalMessageId: '5', receipt: 'read' },
    ]);
    expect(
      factsOf('message_status', { message_id: 'm', status: 'failed', reason: 'no such number' }),
    ).toEqual([
      {
        type: 'receipt',
        externalMessageId: 'm',
        receipt: 'failed',
        failure: { code: 'not_delivered', message: 'no such number' },
      },
    ]);
    expect(factsOf('message_status', { message_id: 'm', status: 'queued' })).toEqual([]);
  });

  it('B14: what cannot be read has a reason', () => {
    const reasons = [
      readingOf('brand_new', {}),
      readingOf('status', { status: 'limbo' }),
      readingOf('assignee_change', { x: 1 }),
      readingOf('message', {}),
      readingOf('message', null),
      readingOf('note', {}),
      readingOf('message_status', { status: 'read' }),
      readingOf('conversation_labels', {}),
      readingOf('variables', {}),
    ].map((reading) => (reading.outcome === 'unrecognised' ? reading.reason : reading.outcome));
    expect(reasons).toEqual([
      'unknown_kind',
      'unknown_status',
      'unknown_assignee',
      'no_message',
      'no_payload',
      'no_words',
      'no_message_id',
      'no_labels',
      'no_variables',
    ]);
  });
});

describe('B19: words without measure', () => {
  it.each([
    ['', '[Empty message]'],
    ['  \n\t ', '[Empty message]'],
    [null, '[Empty message]'],
  ])('a message of %j is shown as one that says nothing', (text, shown) => {
    expect(said({ type: 'text', text })).toMatchObject({ text: shown });
  });

  it('64,000 characters are kept whole; more of them end with a note, and within no character', () => {
    const whole = 'x'.repeat(64_000);
    expect(said({ type: 'text', text: whole })).toMatchObject({ text: whole });
    const [one] = factsOf('note', { note: { text: `${whole}y` }, by: { type: 'agent' } });
    for (const fact of [
      said({ type: 'text', text: `${whole}y` }),
      said({ type: 'text', text: '🌿'.repeat(32_001) }),
      said({ type: 'form', fields: [{ text: whole }, { text: `${whole}y` }] }),
      one,
    ]) {
      const { text } = fact as { text: string };
      expect(text).toMatch(/ \[cut: too long\]$/u);
      expect(text.length).toBeLessThanOrEqual(64_000);
      expect(text).not.toMatch(/\p{Surrogate}/u);
    }
  });
});

describe('times', () => {
  it.each([
    ['2023-08-29 04:27:48.236411', '2023-08-29T04:27:48.236Z'],
    ['2023-08-29T04:27:48.183000+00:00', '2023-08-29T04:27:48.183Z'],
    ['2023-08-29T18:27:48+14:00', '2023-08-29T04:27:48.000Z'],
    [1_693_283_268, '2023-08-29T04:27:48.000Z'],
    [1_693_283_268_236, '2023-08-29T04:27:48.236Z'],
    ['1693283268', '2023-08-29T04:27:48.000Z'],
    [0, undefined],
    [-5, undefined],
    ['yesterday', undefined],
    ['9999-12-31 00:00:00', undefined],
    [undefined, undefined],
    [{}, undefined],
    ['2023-13-45 99:99:99', undefined],
    [1e300, undefined],
    ['', undefined],
  ])('B16: %j is %j', (written, at) => {
    expect(said({ text: 'x' }, { created_at: written })?.occurredAt).toBe(at);
  });
});

describe('S-INJ-3: speed', () => {
  const long = 60_000;
  it.each([
    ['blanks within a question', { payload: { label: `a${' '.repeat(long)}b`, value: 'x' } }],
    [
      'many lines',
      { payload: Array.from({ length: 40 }, (_, a) => Array.from({ length: 900 }, (_, b) => `${a}-${b}`)) },
    ],
    ['colons', { payload: { label: ':'.repeat(long), value: 'x' } }],
    ['a long name', { payload: { ['_'.repeat(long)]: 'x' } }],
    ['a long kind', { type: '-'.repeat(long) }],
    ['capitals in a kind', { type: 'aA'.repeat(long / 2) }],
    [
      'many parts',
      {
        payload: Array.from({ length: 1_000 }, (_, index) => ({
          title: `t${index}`,
          url: `https://x.io/${index}`,
        })),
      },
    ],
  ])('%s take no time', (_, message) => {
    const payload = { event: { type: 'message', payload: { message: { type: 'text', ...message } } } };
    const timeOf = () => {
      const startedAt = performance.now();
      read({ kind: 'message', laneKey: 'c', payload });
      return performance.now() - startedAt;
    };
    expect(Math.min(timeOf(), timeOf(), timeOf())).toBeLessThan(100);
  });
});
