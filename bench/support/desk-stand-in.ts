import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { preciseNow } from './statistics.js';

/** A desk that takes what it is told and answers at once. */
export interface DeskStandIn {
  url: string;
  /** When a message of the contact was in its ticket, by its text. */
  arrived: Map<string, number>;
  ticketOf: Map<string, string>;
  /** How many messages came, those that came again too. */
  told(): number;
  stop(): void;
}

interface Told {
  type: string;
  /** Of a ping there is none. */
  data?: { ticketId?: string; messages?: { text: string }[] };
}

export async function startDesk(): Promise<DeskStandIn> {
  const arrived = new Map<string, number>();
  const ticketOf = new Map<string, string>();
  let tickets = 0;
  let told = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { type, data = {} } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Told;
      tickets += type === 'ticket.create' ? 1 : 0;
      const ticketId = data.ticketId ?? `ticket-${tickets}`;
      for (const { text } of data.messages ?? []) {
        told += 1;
        arrived.set(text, preciseNow());
        ticketOf.set(text, ticketId);
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ticketId }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived,
    ticketOf,
    told: () => told,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
