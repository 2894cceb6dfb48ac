import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What stands in front of several bridge processes: one address, connections handed to those that answer, in turn. */
export interface Front {
  url: string;
  port: number;
  /** As its health check would: nothing more is handed to it, and what it holds is cut. */
  takeOut(port: number): void;
  putBack(port: number): void;
  /** Cuts every connection; they may come again at once. */
  cut(): void;
  close(): Promise<void>;
}

export async function openFront(ports: readonly number[]): Promise<Front> {
  const sockets = new Set<Socket>();
  const held = new Map<Socket, number>();
  const out = new Set<number>();
  let turn = 0;

  const hand = (incoming: Socket, triesLeft: number): void => {
    const open = ports.filter((one) => !out.has(one));
    const port = open[turn++ % open.length] ?? 0;
    const outgoing = connect({ host: '127.0.0.1', port });
    let connected = false;
    sockets.add(outgoing);
    held.set(outgoing, port);
    outgoing.once('connect', () => {
      connected = true;
      incoming.pipe(outgoing);
      outgoing.pipe(incoming);
    });
    outgoing.on('error', () => undefined);
    outgoing.once('close', () => {
      sockets.delete(outgoing);
      held.delete(outgoing);
      if (connected || triesLeft === 0 || incoming.destroyed) incoming.destroy();
      else hand(incoming, triesLeft - 1);
    });
    incoming.once('close', () => outgoing.destroy());
  };

  const server = createServer((incoming) => {
    sockets.add(incoming);
    incoming.on('error', () => undefined);
    incoming.once('close', () => sockets.delete(incoming));
    hand(incoming, ports.length - 1);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    takeOut(gone) {
      out.add(gone);
      for (const [socket, at] of held) if (at === gone) socket.destroy();
    },
    putBack: (back) => void out.delete(back),
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
