import { createHash } from 'node:crypto';
import type { SplitEvent } from '../../connector.js';
import { eventTime } from '../event-time.js';
import { firstText, pick } from '../pick.js';
import { messageId } from '../message-id.js';
import { eventKindOf } from '../schema.js';

export type Identity = Pick<SplitEvent, 'identity' | 'identityBy'>;

/** What makes an event this one and no other. WotNot sends no event id, so the best that is there is used. */
export function identify(kind: string, laneKey: string, event: Record<string, unknown>): Identity {
  const payload = pick(event, 'event', 'payload');
  const known = eventKindOf(kind);
  // A conversation begins once.
  if (known === 'conversation_create' && laneKey !== '') return byId(kind, laneKey);
  if (known === 'message') {
    const id = messageId(payload);
    if (id !== undefined) return byId(kind, laneKey, id);
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
    if (id !== undefined) return byId(kind, laneKey, id);
  }
  const time = eventTime(event);
  const content = createHash('sha256').update(JSON.stringify(event)).digest('base64url');
  return time === undefined
    ? { identity: joined(kind, laneKey, content), identityBy: 'content' }
    : { identity: joined(kind, laneKey, time.written, content), identityBy: 'time' };
}

function byId(...parts: string[]): Identity {
  return { identity: joined(...parts), identityBy: 'id' };
}

/** Unambiguous whatever the parts contain. */
function joined(...parts: string[]): string {
  return JSON.stringify(parts);
}
