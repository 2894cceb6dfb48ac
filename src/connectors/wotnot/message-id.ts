import { firstText, pick } from './pick.js';

/** WotNot's id of the message that an event is about, from any of its places; undefined when it has none. */
export function messageId(payload: unknown): string | undefined {
  const message = pick(payload, 'message');
  const id = firstText(
    pick(message, 'id'),
    pick(message, 'key'),
    pick(message, 'message_id'),
    pick(payload, 'message_id'),
    pick(payload, 'message_key'),
    pick(payload, 'id'),
  );
  return id !== undefined && id.length <= 256 ? id : undefined;
}
