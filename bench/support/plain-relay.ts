/*
 * What people write first: an Express server, a Prisma insert per row, an awaited call of the helpdesk, then 200. No
 * ledger of repeats, no order, no retry. Argument: where the helpdesk is.
 */
import axios from 'axios';
import express from 'express';
import { openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import './end-with-parent.js';

interface Body {
  token?: string;
  events?: {
    event: { type: string; payload: { message: { id: string; text: string } } };
    conversation: { key: string };
  }[];
}

const database = await openDatabase({
  kind: 'server',
  url: process.env.DATABASE_URL ?? '',
  poolSize: 10,
  applicationName: 'plain-relay',
});
await migrate(database);
const { prisma } = database;
const workspaceId = 'relay';
const app = express();
app.use(express.json({ limit: '256kb' }));
app.post('/webhooks/:key', async (request, response) => {
  const { token, events = [] } = request.body as Body;
  for (const { event, conversation } of events) {
    const { id, text } = event.payload.message;
    await prisma.inboundEvent.create({
      data: {
        workspaceId,
        connectionId: 'relay',
        laneKey: conversation.key,
        kind: event.type,
        payload: event,
        flags: [],
      },
    });
    await prisma.message.create({
      data: {
        workspaceId,
        id,
        conversationId: conversation.key,
        seq: 0,
        direction: 'in',
        author: { type: 'contact' },
        kind: 'text',
        text,
        state: 'received',
        occurredAt: new Date(),
      },
    });
    await axios.post(process.argv[2] ?? '', { body: text });
  }
  response.json({ token });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.once('SIGTERM', () => process.exit());
