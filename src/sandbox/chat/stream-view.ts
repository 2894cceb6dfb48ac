import type { Request, Response } from 'express';
import type { Conversation } from '../rows.js';
import type { World } from '../world.js';
import { viewConversation } from './view-conversation.js';

const HEARTBEAT_MS = 15_000;

/**
 * Server-sent events: on connecting everything after the page's cursor, then every change. The event id is the
 * cursor, so a browser that reconnects by itself goes on where it stopped; a message sent again has the same id.
 */
export function streamView(
  world: World,
  conversation: Conversation,
  request: Request,
  response: Response,
): void {
  let cursor = Number(request.headers['last-event-id'] ?? request.query['after'] ?? 0);
  if (!Number.isSafeInteger(cursor) || cursor < 0) cursor = 0;
  response.status(200).set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.flushHeaders();
  let isPlanned = false;
  const push = (): void => {
    isPlanned = false;
    const current = world.records.conversations.get(conversation.id);
    if (!current || response.destroyed) {
      response.end();
      return;
    }
    const view = viewConversation(world, current, cursor);
    cursor = view.cursor;
    response.write(`id: ${cursor}\ndata: ${JSON.stringify(view)}\n\n`);
  };
  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(push);
  };
  push();
  const unwatch = world.feed.watch(conversation.id, plan);
  const unstop = world.feed.onStop(() => response.end());
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  response.once('close', () => {
    clearInterval(heartbeat);
    unwatch();
    unstop();
  });
}
