import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import type { Tenancy } from '../../support/tenancy.js';
import { freePort } from '../../support/free-port.js';
import { waitFor } from '../../support/wait-for.js';

export interface DeskEntry {
  kind: 'message' | 'note';
  author: { type: string; name?: string; email?: string };
  text: string;
  files: { url: string; name: string; contentType?: string; sizeBytes?: number }[];
  told?: 'waiting' | 'told' | 'refused';
}

export interface DeskTicket {
  id: string;
  conversationId: string;
  subject: string;
  contact: { id: string; name?: string; email?: string };
  status: string;
  priority: string;
  assignee: { agentEmail: string } | { team: string } | null;
  tags: string[];
  entries: DeskEntry[];
}

/** The example, as a process of its own, and what its page asks of it. */
export interface TinyDesk {
  url: string;
  connectionId: string;
  secret: string;
  tickets(): Promise<DeskTicket[]>;
  /** The newest ticket of a conversation. */
  ticketOf(conversationId: string, except?: string, seconds?: number): Promise<DeskTicket>;
  /** What the contact and the agents have said in it, and nobody's notes. */
  said(ticketId: string): Promise<string[]>;
  notes(ticketId: string): Promise<string[]>;
  upload(name: string, bytes: string): Promise<string>;
  does(ticketId: string, deed: 'messages' | 'notes' | 'change', what: object): Promise<void>;
  /** A webhook as the bridge would send it. */
  webhook(id: string, body: object, secret?: string, at?: Date): Promise<{ status: number; body: unknown }>;
  start(): Promise<void>;
  /** kill -9: what it knew is gone. */
  kill(): Promise<void>;
}

const SECRET = 'a-secret-that-the-bridge-signs-with';
export const DESK_TOKEN = 'a-token-that-the-tiny-desk-signs-with';
const JSON_HEADERS = { 'content-type': 'application/json' };

/** Links a workspace to a tiny desk of its own, and starts that. */
export async function openTinyDesk(tenancy: Tenancy, policy: object = {}): Promise<TinyDesk> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const made = await tenancy.program.connections.create({
    connector: 'webhook',
    name: 'Tiny desk',
    settings: { url: `${url}/webhooks`, policy },
    credentials: { secret: SECRET },
    webhookToken: DESK_TOKEN,
  });
  let child: ChildProcess | undefined;
  const get = async (): Promise<DeskTicket[]> => {
    const answer = await fetch(`${url}/tickets`);
    return ((await answer.json()) as { tickets: DeskTicket[] }).tickets;
  };
  const entries = async (ticketId: string, kind: string): Promise<string[]> =>
    ((await get()).find(({ id }) => id === ticketId)?.entries ?? [])
      .filter((entry) => entry.kind === kind)
      .map(({ text }) => text);
  const desk: TinyDesk = {
    url,
    connectionId: made.connection.id,
    secret: SECRET,
    tickets: get,
    ticketOf: (conversationId, except, seconds) =>
      waitFor(
        'the ticket in the tiny desk',
        async () =>
          (await get()).findLast(
            (ticket) => ticket.conversationId === conversationId && ticket.id !== except,
          ),
        seconds,
      ),
    said: (ticketId) => entries(ticketId, 'message'),
    notes: (ticketId) => entries(ticketId, 'note'),
    async upload(name, bytes) {
      const answer = await fetch(`${url}/files?name=${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: bytes,
      });
      return ((await answer.json()) as { id: string }).id;
    },
    async does(ticketId, deed, what) {
      const body = JSON.stringify({ by: 'ada@fern.example', ...what });
      const answer = await fetch(`${url}/tickets/${ticketId}/${deed}`, {
        method: 'POST',
        headers: JSON_HEADERS,
        body,
      });
      if (!answer.ok) throw new Error(`the tiny desk answers ${answer.status}: ${await answer.text()}`);
    },
    async webhook(id, body, secret = SECRET, at = new Date()) {
      const text = JSON.stringify(body);
      const signature = new Webhook(secret, { format: 'raw' }).sign(id, at, text);
      const answer = await fetch(`${url}/webhooks`, {
        method: 'POST',
        headers: {
          ...JSON_HEADERS,
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': signature,
        },
        body: text,
      });
      return { status: answer.status, body: await answer.json() };
    },
    async start() {
      const { PATH = '', HOME = '' } = process.env;
      child = spawn(process.execPath, ['examples/tiny-desk.mjs'], {
        env: {
          PATH,
          HOME,
          PORT: String(port),
          SECRET,
          BRIDGE_WEBHOOK_URL: made.webhookUrl,
          BRIDGE_WEBHOOK_SECRET: DESK_TOKEN,
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await waitFor('the tiny desk to listen', async () => {
        const answer = await fetch(url).catch(() => undefined);
        await answer?.arrayBuffer();
        return answer?.ok;
      });
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
  await desk.start();
  return desk;
}
