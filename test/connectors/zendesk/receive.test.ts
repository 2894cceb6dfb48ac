import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';

const fixture = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../fixtures/zendesk', name), 'utf8');
const connector = createZendeskConnector({ allowPrivate: true });
const secret = 'dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==';

function request(body: string, at: string, signature: string) {
  const headers = {
    'x-zendesk-webhook-signature': signature,
    'x-zendesk-webhook-signature-timestamp': at,
  };
  return { headers, body: Buffer.from(body) };
}

function receive(body: string, settings: Record<string, unknown> = {}) {
  const at = '2026-11-22T10:00:00Z';
  const signature = createHmac('sha256', secret).update(at).update(body).digest('base64');
  const now = new Date('2026-11-22T10:00:30Z');
  return connector.receive(request(body, at, signature), { signingSecrets: [secret], settings, now });
}

interface Vector {
  secret: string;
  timestamp: string;
  signature: string;
  body: string;
}

describe('a webhook of Zendesk’s', () => {
  it.each(JSON.parse(fixture('signature-vectors.json')) as Vector[])(
    'is verified as Zendesk signs it: $signature',
    ({ secret: theirs, timestamp, signature, body }) => {
      const secrets = { signingSecrets: [theirs], settings: {}, now: new Date(timestamp) };
      const genuine = connector.receive(request(body, timestamp, signature), secrets);
      // The body is no ticket's event; what counts is that it is not taken for a forgery.
      expect(genuine.outcome).not.toBe('not_authentic');
      const forged = connector.receive(request(`${body} `, timestamp, signature), secrets);
      expect(forged.outcome).toBe('not_authentic');
      const late = { ...secrets, now: new Date(Date.parse(timestamp) + 301_000) };
      expect(connector.receive(request(body, timestamp, signature), late).outcome).toBe('not_authentic');
    },
  );

  it('says which ticket to look at', () => {
    for (const name of ['event-comment-added.json', 'event-agent-assignment-changed.json'])
      expect(receive(fixture(name))).toMatchObject({ outcome: 'hint', externalTicketIds: ['5158'] });
  });

  it('says so when a trigger has called it', () => {
    expect(receive('{"ticket_id":"5158"}')).toMatchObject({ outcome: 'hint', externalTicketIds: ['5158'] });
  });

  it('asks for nothing when it tells what we did ourselves', () => {
    const event = JSON.parse(fixture('event-agent-assignment-changed.json')) as { detail: object };
    const ours = { ...event, detail: { ...event.detail, actor_id: '77' } };
    expect(receive(JSON.stringify(ours), { apiUserId: '77' }).outcome).toBe('handshake');
    expect(receive(JSON.stringify(ours), { apiUserId: '78' }).outcome).toBe('hint');
  });

  it('is looked at when our own user has answered publicly: it may have been the person', () => {
    const event = fixture('event-comment-added.json');
    expect(receive(event, { apiUserId: '8447388090495' }).outcome).toBe('hint');
  });

  it('is malformed, not a fault, when it is signed and no JSON', () => {
    for (const body of ['', 'x', '[', 'null', '7'])
      expect(receive(body)).toMatchObject({ outcome: 'malformed', status: 400 });
  });

  it('names no ticket by anything but a number', () => {
    for (const id of ['1/../2', '', ' ', '-1', 'x', '9'.repeat(30)])
      expect(receive(JSON.stringify({ ticket_id: id })).outcome).toBe('handshake');
  });
});
