/* Agents' screens: sockets that note when each message reached them. By IPC: {url, token, sockets}, then questions. */
import { io, type Socket } from 'socket.io-client';
import { preciseNow } from './statistics.js';

interface Start {
  url: string;
  token: string;
  sockets: number;
}

const latencies: number[] = [];
const sockets: Socket[] = [];
let started = false;

process.on('message', (message) => {
  if (!started) {
    started = true;
    void start(message as Start).then(() => process.send?.({ connected: sockets.length }));
    return;
  }
  process.send?.({ latencies: latencies.splice(0) });
});
process.once('SIGTERM', () => process.exit());
process.send?.({});

async function start({ url, token, sockets: count }: Start): Promise<void> {
  for (let from = 0; from < count; from += 20) {
    await Promise.all(Array.from({ length: Math.min(20, count - from) }, () => connect(url, token)));
  }
}

function connect(url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = io(url, {
      auth: { token },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    sockets.push(socket);
    socket.on('fact', (fact: { type: string; data: { message?: { text: string } } }) => {
      if (fact.type !== 'message.received') return;
      const sentAt = Number(fact.data.message?.text.split(' ')[1]);
      latencies.push(preciseNow() - sentAt);
    });
    socket.once('caught-up', () => resolve());
    socket.once('connect_error', reject);
  });
}
