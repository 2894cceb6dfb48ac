import { firstPresent, pick } from '../pick.js';

/** Printable characters only; long enough for every id of WotNot's and short enough for an index. */
const usableId = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]{1,128}$/u;

/** WotNot's key of the conversation that an event is about; '' when it has none that can be used. */
export function findLaneKey(event: Record<string, unknown>): string {
  const inner = pick(event, 'event');
  const payload = pick(inner, 'payload');
  const conversation = firstPresent(
    pick(event, 'conversation'),
    pick(inner, 'conversation'),
    pick(payload, 'conversation'),
  );
  const key = firstPresent(
    pick(conversation, 'key'),
    pick(conversation, 'id'),
    typeof conversation === 'object' ? undefined : conversation,
    pick(payload, 'conversation_key'),
    pick(payload, 'conversation_id'),
  );
  const id = typeof key === 'number' ? String(key) : key;
  return typeof id === 'string' && isUsableId(id) ? id : '';
}

export function isUsableId(id: string): boolean {
  // A path of the API could not carry these two.
  return usableId.test(id) && id !== '.' && id !== '..';
}
