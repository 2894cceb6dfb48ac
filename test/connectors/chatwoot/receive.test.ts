import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createChatwootConnector } from '../../../src/connectors/chatwoot/index.js';

const connector = createChatwootConnector({ allowPrivate: false });
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../fixtures/chatwoot/chatwoot.${name}.json`, import.meta.url));

const vector = {
  headers: {
    'x-chatwoot-timestamp': '1774708578',
    'x-chatwoot-signature': 'sha256=6abb1199439788e6694cc7baf02bbcdbf4cc764fe511fd2deeab15263197703e',
  },
  body: Buffer.from('{"event":"message_created","id":118}'),
};
const signingSecrets = ['vector-secret'];
const at = (seconds: number): Date => new Date((1_774_708_578 + seconds) * 1_000);

describe('Chatwoot’s webhooks', () => {
  it('verifies a signature that was made elsewhere', () => {
    const given = { signingSecrets, settings: { signature: 'required' }, now: at(10) };
    expect(connector.receive(vector, given).outcome).toBe('handshake');
    expect(connector.receive(vector, { ...given, now: at(400) }).outcome).toBe('not_authentic');
    expect(connector.receive(vector, { ...given, signingSecrets: ['other'] }).outcome).toBe('not_authentic');
  });

  it.each([
    ['required', 'not_authentic', 'not_authentic'],
    ['if-present', 'hint', 'not_authentic'],
    ['off', 'hint', 'hint'],
  ])('with signature %s: unsigned is %s, forged is %s', (signature, unsigned, forged) => {
    const body = fixture('message_created.incoming');
    const given = { signingSecrets, settings: { signature }, now: at(0) };
    expect(connector.receive({ headers: {}, body }, given).outcome).toBe(unsigned);
    const headers = { ...vector.headers, 'x-chatwoot-signature': `sha256=${'0'.repeat(64)}` };
    expect(connector.receive({ headers, body }, given).outcome).toBe(forged);
  });

  it('asks for proof when nothing is said of it', () => {
    const settings = connector.parseSettings({ accountId: 1 });
    const body = fixture('message_created.incoming');
    expect(connector.receive({ headers: {}, body }, { signingSecrets, settings, now: at(0) }).outcome).toBe(
      'not_authentic',
    );
  });

  it('takes the conversation’s number from a message and from a conversation', () => {
    const given = { signingSecrets, settings: { signature: 'off' }, now: at(0) };
    for (const name of ['message_created.incoming', 'conversation_status_changed']) {
      const verdict = connector.receive({ headers: {}, body: fixture(name) }, given);
      expect(verdict).toMatchObject({ outcome: 'hint', externalTicketIds: ['10'] });
    }
  });

  it('passes over other inboxes, and what is about no conversation', () => {
    const given = { signingSecrets, settings: { signature: 'off', inboxId: 99 }, now: at(0) };
    const other = connector.receive({ headers: {}, body: fixture('message_created.incoming') }, given);
    expect(other).toMatchObject({ outcome: 'handshake', answer: { status: 200 } });
    const typing = Buffer.from('{"event":"conversation_typing_on","user":{"id":1}}');
    expect(connector.receive({ headers: {}, body: typing }, given).outcome).toBe('handshake');
    const broken = connector.receive({ headers: {}, body: Buffer.from('{"event":') }, given);
    expect(broken).toMatchObject({ outcome: 'malformed', status: 400 });
  });
});
