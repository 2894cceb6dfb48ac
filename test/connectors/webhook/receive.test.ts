import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createWebhookConnector } from '../../../src/connectors/webhook/index.js';

const connector = createWebhookConnector({ allowPrivate: true });
const SECRET = 'a-token-that-the-desk-signs-with';
const keyOf = (secret: string): Webhook =>
  secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });

interface Given {
  id?: string;
  at?: Date;
  secret?: string;
  secrets?: string[];
  /** What arrives instead of what was signed. */
  body?: string;
  headers?: Record<string, string | undefined>;
}

function receive(event: unknown, given: Given = {}) {
  const { id = 'evt_1', at = new Date(), secret = SECRET, secrets = [SECRET] } = given;
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': keyOf(secret).sign(id, at, body),
    ...given.headers,
  };
  const request = { headers, body: Buffer.from(given.body ?? body) };
  return connector.receive(request, { signingSecrets: secrets, settings: {}, now: new Date() });
}

function factsOf(event: unknown) {
  const verdict = receive(event);
  if (verdict.outcome !== 'events') throw new Error(verdict.outcome);
  const [recorded] = verdict.events;
  if (recorded === undefined) throw new Error('no event');
  return connector.read(JSON.parse(JSON.stringify(recorded)) as typeof recorded, {});
}

const said = {
  ticketId: '17',
  messageId: 'm1',
  author: { email: 'Ada@Desk.Example', name: 'Ada' },
  text: 'Hi',
};
const message = { type: 'message.created', data: said };

describe('a webhook of a desk’s back end', () => {
  it('counts when it is signed with the token, now or with the one before it', () => {
    expect(receive(message)).toMatchObject({ outcome: 'events', answer: { status: 200 } });
    const both = ['the-new-token-of-this-connection', SECRET];
    expect(receive(message, { secrets: both })).toMatchObject({ outcome: 'events' });
    const standard = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    expect(receive(message, { secret: standard, secrets: [standard] })).toMatchObject({ outcome: 'events' });
  });

  it.each<[string, Given]>([
    ['signed with another secret', { secret: 'somebody-elses-token-entirely' }],
    ['changed on its way', { body: JSON.stringify({ ...message, data: { ...said, text: 'Pay here' } }) }],
    ['six minutes old', { at: new Date(Date.now() - 360_000) }],
    ['from six minutes ahead', { at: new Date(Date.now() + 360_000) }],
    ['under another id than was signed', { headers: { 'webhook-id': 'evt_2' } }],
    [
      'with a newer time than was signed',
      { headers: { 'webhook-timestamp': String(Math.floor(Date.now() / 1_000) + 60) } },
    ],
    ['without a signature', { headers: { 'webhook-signature': undefined } }],
    ['without an id', { headers: { 'webhook-id': undefined } }],
    ['without a time', { headers: { 'webhook-timestamp': undefined } }],
    ['with a time that is none', { headers: { 'webhook-timestamp': 'yesterday' } }],
    ['with a signature that is none', { headers: { 'webhook-signature': 'v1' } }],
    ['with a signature of another version', { headers: { 'webhook-signature': 'v1a,AAAA' } }],
    ['where no secret is known', { secrets: [] }],
  ])('%s is nobody’s', (_what, given) => {
    expect(receive(message, given)).toEqual({ outcome: 'not_authentic' });
  });

  it('that is no JSON object is refused as such, but only when it is signed', () => {
    for (const body of ['', '[]', 'null', '"text"', '{"type":'])
      expect(receive(body)).toMatchObject({ outcome: 'malformed', status: 400, code: 'invalid_json' });
    expect(receive('{"type":', { secret: 'somebody-elses-token-entirely' }).outcome).toBe('not_authentic');
  });

  it('is the same message however often it comes, and under whatever id', () => {
    const identities = ['evt_1', 'evt_2'].map((id) => receive(message, { id }));
    for (const verdict of identities)
      expect(verdict).toMatchObject({ events: [{ identity: 'm1', laneKey: '17', kind: 'message.created' }] });
    const says = (data: object) => {
      const verdict = receive({ type: 'message.created', data });
      return 'events' in verdict ? verdict.events[0]?.says : undefined;
    };
    expect(says(said)).toBe(says({ ...said, author: {} }));
    expect(says(said)).not.toBe(says({ ...said, text: 'Ho' }));
    const change = { type: 'ticket.updated', data: { ticketId: 17, status: 'solved' } };
    expect(receive(change, { id: 'evt_9' })).toMatchObject({
      events: [{ identity: 'evt_9', laneKey: '17' }],
    });
  });

  it.each<[string, unknown]>([
    ['of a type that is not known', { type: 'ticket.exploded', data: { ticketId: '17' } }],
    ['without a type', { data: said }],
    ['without a ticket', { type: 'message.created', data: { ...said, ticketId: undefined } }],
    ['without the message’s id', { type: 'message.created', data: { ...said, messageId: '' } }],
    ['with a status that is none', { type: 'ticket.updated', data: { ticketId: '17', status: 'done' } }],
    [
      'with 21 files',
      { type: 'message.created', data: { ...said, files: Array(21).fill({ url: 'https://a.example/1' }) } },
    ],
    ['with too long a text', { type: 'message.created', data: { ...said, text: 'x'.repeat(65_537) } }],
  ])('%s is kept as unrecognised and answered 200', (_what, event) => {
    expect(receive(event)).toMatchObject({
      outcome: 'events',
      answer: { status: 200 },
      events: [{ unrecognised: expect.any(String), identity: 'evt_1' }],
    });
  });

  it('may hold what cannot be stored: it is cleaned, and says so', () => {
    const verdict = receive(JSON.stringify({ ...message, data: { ...said, text: 'a\u0000b' } }));
    expect(verdict).toMatchObject({ events: [{ flags: ['cleaned'] }] });
    expect(JSON.stringify(verdict)).not.toContain('\\u0000');
  });
});

describe('what an event says', () => {
  it('message.created: an agent’s answer, with files', () => {
    const file = {
      url: 'https://desk.example/f/1',
      name: 'a.pdf',
      contentType: 'application/pdf',
      sizeBytes: 9,
    };
    expect(factsOf({ type: 'message.created', data: { ...said, files: [file, { url: file.url }] } })).toEqual(
      {
        outcome: 'facts',
        facts: [
          {
            type: 'agent-replied',
            externalId: 'm1',
            author: { type: 'agent', email: 'ada@desk.example', name: 'Ada' },
            text: 'Hi',
            files: [file, { url: file.url, name: 'file' }],
          },
        ],
      },
    );
  });

  it('note.created: a note, and never an answer', () => {
    const reading = factsOf({ type: 'note.created', data: said });
    expect(reading).toMatchObject({ facts: [{ type: 'note-added', externalId: 'm1', text: 'Hi' }] });
    expect(JSON.stringify(reading)).not.toContain('agent-replied');
  });

  it.each([
    [{ status: 'pending' }, { status: 'pending' }],
    [{ priority: 'urgent' }, { priority: 'urgent' }],
    [{ assignee: { email: 'Ada@Desk.Example' } }, { assignee: { agent: { email: 'ada@desk.example' } } }],
    [{ assignee: { team: 'Sales' } }, { assignee: { team: { name: 'Sales' } } }],
    [{ assignee: null }, { assignee: null }],
    [{}, {}],
  ])('ticket.updated: %j is what has changed, and the rest is as it was', (change, state) => {
    const event = { type: 'ticket.updated', data: { ticketId: '17', ...change } };
    expect(factsOf(event)).toEqual({ outcome: 'facts', facts: [{ type: 'ticket-state', state }] });
  });

  it('ticket.deleted and ticket.merged: the ticket is gone, and where to', () => {
    expect(factsOf({ type: 'ticket.deleted', data: { ticketId: '17' } })).toMatchObject({
      facts: [{ type: 'ticket-gone', how: 'deleted' }],
    });
    expect(factsOf({ type: 'ticket.merged', data: { ticketId: '17', into: 18 } })).toMatchObject({
      facts: [{ type: 'ticket-gone', how: 'merged', into: '18' }],
    });
  });
});
