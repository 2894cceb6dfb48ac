import type { Agent } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { waitFor } from '../../test/support/wait-for.js';
import { call } from './call.js';
import { startChild } from './child.js';
import { startDesk } from './desk-stand-in.js';

/** A desk on the far side of the ticket row: told by the bridge, and answering it as its own agents do. */
export interface TicketDesk {
  connector: string;
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
  /** Its agent, whose answers go out in the name of the bench's. */
  agentEmail: string;
  /** Tells it where the bridge takes its webhooks; one that the bridge registers with knows already. */
  connect(webhookUrl: string, webhookToken: string): Promise<void>;
  /** @returns the tickets' ids by the text that stands in them, once all of the texts do */
  ticketsOf(texts: string[]): Promise<Map<string, string>>;
  /** Ends when the desk has it, and tells the bridge. */
  say(agent: Agent, ticketId: string, text: string): Promise<void>;
  /** When each text was there, by the clock that all processes share. */
  arrived(): Promise<Map<string, number>>;
  stop(): Promise<void>;
}

const SECRET = 'an-example-secret-for-the-bench';
const AGENT = 'ada@bench.example';
const PATIENCE_SECONDS = 60;

/** A back end behind the `webhook` connector. */
export async function openBackEnd(): Promise<TicketDesk> {
  const desk = await startDesk();
  let target = { url: '', signer: new Webhook(SECRET, { format: 'raw' }) };
  let said = 0;
  return {
    connector: 'webhook',
    settings: { url: desk.url },
    credentials: { secret: SECRET },
    agentEmail: AGENT,
    async connect(url, token) {
      target = { url, signer: new Webhook(token, { format: 'raw' }) };
    },
    ticketsOf: (texts) =>
      waitFor(
        'every ticket',
        () => texts.every((text) => desk.ticketOf.has(text)) && desk.ticketOf,
        PATIENCE_SECONDS,
      ),
    async say(agent, ticketId, text) {
      const messageId = `m${(said += 1)}`;
      const at = new Date();
      const body = JSON.stringify({
        type: 'message.created',
        data: { ticketId, messageId, author: { email: AGENT }, text },
      });
      await call(
        agent,
        'POST',
        target.url,
        {
          'webhook-id': messageId,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': target.signer.sign(messageId, at, body),
        },
        body,
      );
    },
    arrived: async () => desk.arrived,
    stop: async () => desk.stop(),
  };
}

/** A vendor's stand-in: its webhooks are hints, and the bridge fetches what it is told of. */
export async function openVendor(connector: 'chatwoot' | 'freshdesk' | 'zendesk'): Promise<TicketDesk> {
  const child = await startChild<
    Pick<TicketDesk, 'settings' | 'credentials' | 'agentEmail'> & { registers: boolean }
  >('bench/support/vendor-process.ts', { args: [connector] });
  // One question at a time: answers carry no number.
  let last: Promise<unknown> = Promise.resolve();
  const ask = <T>(question: object): Promise<T> => {
    const answer = last.then(() => child.ask<T>(question));
    last = answer.catch(() => undefined);
    return answer;
  };
  const { registers, ...ready } = child.ready;
  return {
    connector,
    ...ready,
    async connect(url, secret) {
      if (!registers) await ask({ ask: 'webhookTo', url, secret });
    },
    ticketsOf: (texts) =>
      waitFor(
        'every ticket',
        async () => {
          const tickets = await ask<[id: string, text: string][]>({ ask: 'tickets' });
          const found = new Map<string, string>();
          for (const [id, text] of tickets)
            for (const one of texts)
              if (text.split('\n').some((line) => line.endsWith(one))) found.set(one, id);
          return found.size === texts.length && found;
        },
        PATIENCE_SECONDS,
      ),
    say: async (_agent, ticketId, text) => {
      await ask({ ask: 'say', ticketId, email: ready.agentEmail, text });
    },
    arrived: async () => new Map(await ask<[string, number][]>({ ask: 'arrived' })),
    stop: () => child.stop(),
  };
}
