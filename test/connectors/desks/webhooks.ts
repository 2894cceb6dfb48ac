import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { WebhookRequest, WebhookVerdict } from '../../../src/connectors/connector.js';
import { waitFor } from '../../support/wait-for.js';
import { type DeskStage, openTicket } from './stage.js';

const secret = 'a-secret-of-the-test-with-many-characters';

function receive(
  { connector, account }: DeskStage,
  request: WebhookRequest,
  signingSecrets = [secret],
  now = new Date(),
): WebhookVerdict {
  return connector.receive(request, { signingSecrets, settings: account.settings, now });
}

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

function isAbout(verdict: WebhookVerdict, id: string): boolean {
  if (verdict.outcome === 'events') return verdict.events.some(({ laneKey }) => laneKey === id);
  if (verdict.outcome !== 'hint') return false;
  return verdict.externalTicketIds.length === 0 || verdict.externalTicketIds.includes(id);
}

/** Takes webhooks down as they come. */
async function listen(): Promise<{ url: string; requests: WebhookRequest[]; stop(): Promise<void> }> {
  const requests: WebhookRequest[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      requests.push({ headers, body: Buffer.concat(chunks) });
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/key`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url, requests, stop };
}

export function describeWebhooks(here: () => DeskStage): void {
  describe('webhooks', () => {
    it('takes a genuine one, signed with the new secret or the one before', async () => {
      const { id } = await openTicket(here());
      const request = here().fake.webhook(id, secret, new Date());
      for (const secrets of [[secret], ['the-new-one-with-enough-characters', secret]]) {
        const verdict = receive(here(), request, secrets);
        expect(isAbout(verdict, id)).toBe(true);
        expect(verdict).toMatchObject({ answer: { status: 200 } });
      }
    });

    it('refuses what another secret has signed, or none', async () => {
      const { id } = await openTicket(here());
      const forged = here().fake.webhook(id, 'another-secret-with-many-characters', new Date());
      expect(receive(here(), forged).outcome).toBe('not_authentic');
      const genuine = here().fake.webhook(id, secret, new Date());
      const plain = { 'content-type': 'application/json' };
      expect(receive(here(), { ...genuine, headers: plain }).outcome).toBe('not_authentic');
      expect(receive(here(), genuine, []).outcome).toBe('not_authentic');
      expect(receive(here(), here().fake.webhook(id, '', new Date()), []).outcome).toBe('not_authentic');
    });

    it('refuses one whose body was changed on its way', async ({ skip }) => {
      skip(here().fake.webhookProof === 'header', 'its vendor signs nothing: a secret in a header is all');
      const { id } = await openTicket(here());
      const genuine = here().fake.webhook(id, secret, new Date());
      const longer = Buffer.concat([genuine.body, Buffer.from(' ')]);
      expect(receive(here(), { ...genuine, body: longer }).outcome).toBe('not_authentic');
      const other = Buffer.from(genuine.body);
      other.writeUInt8(other.readUInt8(5) ^ 1, 5);
      expect(receive(here(), { ...genuine, body: other }).outcome).toBe('not_authentic');
      expect(receive(here(), { ...genuine, body: Buffer.alloc(0) }).outcome).toBe('not_authentic');
    });

    it('refuses one that is old, from the future, or whose time was changed', async ({ skip }) => {
      skip(here().fake.webhookProof !== 'signature-at', 'its vendor signs no time');
      const { id } = await openTicket(here());
      for (const minutes of [-11, 11]) {
        const request = here().fake.webhook(id, secret, inMinutes(minutes));
        expect(receive(here(), request).outcome).toBe('not_authentic');
      }
      const old = here().fake.webhook(id, secret, inMinutes(-11));
      const young = here().fake.webhook(id, secret, new Date());
      const redated = Object.fromEntries(
        Object.entries(old.headers).map(([name, value]) => [
          name,
          /time/u.test(name) ? young.headers[name] : value,
        ]),
      );
      expect(receive(here(), { ...old, headers: redated }).outcome).toBe('not_authentic');
    });

    it('takes whatever stands in the headers for a refusal, never for a fault', async () => {
      const { id } = await openTicket(here());
      const genuine = here().fake.webhook(id, secret, new Date());
      const proofs = Object.keys(genuine.headers).filter(
        (name) => !/^(content|user|host|accept)/u.test(name),
      );
      expect(proofs.length).toBeGreaterThan(0);
      const bearing = proofs.filter((name) => {
        const { [name]: _left, ...headers } = genuine.headers;
        return receive(here(), { ...genuine, headers }).outcome === 'not_authentic';
      });
      expect(bearing.length).toBeGreaterThan(0);
      for (const name of bearing) {
        for (const value of [
          '',
          ' ',
          '0',
          'x',
          'é',
          'sha256=',
          'a'.repeat(100_000),
          '9'.repeat(30),
          '-1',
          'NaN',
        ]) {
          const headers = { ...genuine.headers, [name]: value };
          expect(receive(here(), { ...genuine, headers }).outcome).toBe('not_authentic');
        }
      }
    });

    it('sends its webhooks where `register` has told it to, proved by what `register` answers', async () => {
      const { fake, connector, account } = here();
      const door = await listen();
      try {
        const { id } = await openTicket(here());
        const outcome = await connector.register(account, door.url, secret);
        let secrets = [secret];
        if (fake.registers) {
          expect(outcome).toMatchObject({ outcome: 'delivered' });
          if (outcome.outcome === 'delivered') secrets = outcome.signingSecrets ?? secrets;
          // What was kept of it must be settings still.
          const kept = outcome.outcome === 'delivered' ? (outcome.settings ?? {}) : {};
          expect(() => connector.parseSettings({ ...account.settings, ...kept })).not.toThrow();
        } else {
          // A desk that tells by webhooks alone cannot be without; another says that somebody must enter it.
          if (connector.capabilities.fetches) {
            expect(outcome).toEqual({ outcome: 'by_hand', message: expect.any(String) });
            expect(JSON.stringify(outcome)).not.toContain(secret);
          }
          fake.webhookTo(door.url, secret);
        }
        await fake.agentReplies(id, { email: fake.agents[0]!.email, text: 'Knock.' });
        await waitFor('a webhook about the ticket', () =>
          door.requests.some((request) => isAbout(receive(here(), request, secrets), id)),
        );
        for (const request of door.requests) {
          expect(receive(here(), request, ['another-secret-with-many-characters']).outcome).toBe(
            'not_authentic',
          );
        }
      } finally {
        await door.stop();
      }
    }, 60_000);

    it('can be registered again, and still sends each webhook once', async ({ skip }) => {
      const { fake, connector, account } = here();
      skip(!fake.registers, 'its webhook is entered by hand');
      const door = await listen();
      try {
        const { id } = await openTicket(here());
        const first = await connector.register(account, door.url, secret);
        const kept = first.outcome === 'delivered' ? (first.settings ?? {}) : {};
        const settings = connector.parseSettings({ ...account.settings, ...kept });
        const second = await connector.register({ ...account, settings }, door.url, secret);
        expect(second).toMatchObject({ outcome: 'delivered' });
        const before = door.requests.length;
        await fake.agentReplies(id, { email: fake.agents[0]!.email, text: 'Once.' });
        await waitFor('the webhook', () => door.requests.length > before);
        const told = door.requests.slice(before).map(({ body }) => body.toString());
        expect(new Set(told).size).toBe(told.length);
      } finally {
        await door.stop();
      }
    }, 60_000);
  });
}
