import type { Socket } from 'socket.io';

/**
 * Ends a connection at once, with all that waits in it. Closing politely would wait for what a stuck
 * client never takes, and read on what a noisy one never stops sending.
 */
export function breakOff(connection: Socket['conn']): void {
  const { socket } = connection.transport as { socket?: { terminate?(): void } };
  connection.close(true);
  socket?.terminate?.();
}
