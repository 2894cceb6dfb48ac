/*
 * Agents' screens: sockets that note when each message reached them. By IPC: {url, token, sockets}, then questions.
 *
 * They speak Socket.IO's protocol (https://socket.io/docs/v4/socket-io-protocol/) over bare WebSockets and look at a frame
 * instead of decoding it: all screens share one core here, and a client library's work for ninety-nine of them must not be
 * counted as the hundredth's waiting.
 */
import { WebSocket } from 'ws';
import { preciseNow } from './statistics.js';
import './end-with-parent.js';

interface Start {
  url: string;
  token: string;
  sockets: number;
}

/** What a frame begins with: the packet type of Engine.IO, then that of Socket.IO. */
const OPEN = '0';
const PING = '2';
const PONG = '3';
const CONNECT = '40';
const CONNECT_ERROR = '44';
const CAUGHT_UP = '42["caught-up"';
const FACT = '42["fact"';

const latencies: number[] = [];
let connected = 0;
let started = false;

process.on('message', (message) => {
  if (!started) {
    started = true;
    void start(message as Start).then(() => process.send?.({ connected }));
    return;
  }
  process.send?.({ latencies: latencies.splice(0) });
});
process.once('SIGTERM', () => process.exit());
process.send?.({});

async function start({ url, token, sockets }: Start): Promise<void> {
  for (let from = 0; from < sockets; from += 20) {
    await Promise.all(Array.from({ length: Math.min(20, sockets - from) }, () => connect(url, token)));
  }
}

function connect(url: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/u, 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
    });
    socket.once('error', reject);
    socket.on('message', (data: Buffer) => {
      const frame = data.toString('latin1');
      if (frame.startsWith(FACT)) note(frame);
      else if (frame === PING) socket.send(PONG);
      else if (frame.startsWith(OPEN)) socket.send(CONNECT + JSON.stringify({ token }));
      else if (frame.startsWith(CONNECT_ERROR)) reject(new Error(frame));
      else if (frame.startsWith(CAUGHT_UP)) {
        connected += 1;
        resolve();
      }
    });
  });
}

/** The text of each message has the instant at which it was sent for its second word. */
function note(frame: string): void {
  if (!frame.includes('"type":"message.received"')) return;
  const [, sentAt] = /"text":"\w+ ([\d.]+)/u.exec(frame) ?? [];
  latencies.push(preciseNow() - Number(sentAt));
}
