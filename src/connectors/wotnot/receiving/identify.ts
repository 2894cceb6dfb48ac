import { createHash } from 'node:crypto';
import type { SplitEvent } from '../../connector.js';
import { eventTime } from '../event-time.js';
import { firstText, pick } from '../pick.js';
import { messageId } from '../message-id.js';
import { eventKindOf } from '../schema.js';

export type Identity = Pick<SplitEvent, 'identity' | 'identityBy' | 'says'>;

/** Ids, times, authors, states, and where a file lies: they may differ between two tellings of one message. */
const untold =
  /^(?:id|key|.*_id|.*_key|.*_at|.*_by|by|sender|user|status|is_.*|time|timestamp|size|path|url|.*_url|link|src|href)$/i;

/** What makes an event this one and no other. WotNot sends no event id, so the best that is there is used. */
export function identify(kind: string, laneKey: string, event: Record<string, unknown>): Identity {
  const payload = pick(event, 'event', 'payload');
  const known = eventKindOf(kind);
  // A conversation begins once.
  if (known === 'conversation_create' && laneKey !== '') return byId(kind, laneKey);
  if (known === 'message') {
    const id = messageId(payload);
    if (id !== undefined) return { ...byId(kind, laneKey, id), says: wordsOf(payload) };
  }
  if (known === 'message_status') {
    const id = messageId(payload);
    const status = firstText(
      pick(payload, 'status'),
      pick(payload, 'message_status'),
      pick(payload, 'state'),
    );
    if (id !== undefined && status !== undefined) {
      return byId(kind, laneKey, id, status, eventTime(event)?.written ?? '');
    }
  }
  if (known === 'note') {
    const id = firstText(pick(payload, 'note', 'id'), pick(payload, 'note_id'), pick(payload, 'id'));
    if (id !== undefined) return { ...byId(kind, laneKey, id), says: wordsOf(payload) };
  }
  const time = eventTime(event);
  const content = createHash('sha256').update(JSON.stringify(event)).digest('base64url');
  return time === undefined
    ? { identity: joined(kind, laneKey, content), identityBy: 'content' }
    : { identity: joined(kind, laneKey, time.written, content), identityBy: 'time' };
}

const wordsOf = (payload: unknown): string =>
  JSON.stringify(payload, (name, value: unknown) => (untold.test(name) ? undefined : value)) ?? '';

function byId(...parts: string[]): Identity {
  return { identity: joined(...parts), identityBy: 'id' };
}

/** Unambiguous whatever the parts contain. */
function joined(...parts: string[]): string {
  return JSON.stringify(parts);
}
