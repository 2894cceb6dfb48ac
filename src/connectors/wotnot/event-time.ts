import { asText, pick } from './pick.js';
import { readTime } from './reading/read-time.js';

export interface EventTime {
  /** As WotNot wrote it, with its microseconds. */
  written: string;
  /** ISO 8601, UTC. */
  at: string;
}

const places = [
  ['event', 'payload', 'message', 'created_at'],
  ['event', 'payload', 'message', 'timestamp'],
  ['event', 'payload', 'created_at'],
  ['event', 'payload', 'timestamp'],
  ['event', 'payload', 'occurred_at'],
  ['event', 'payload', 'time'],
  ['event', 'payload', 'updated_at'],
  ['event', 'created_at'],
  ['event', 'timestamp'],
  ['created_at'],
  ['timestamp'],
];

/** When an event happened, by the first of its times that makes sense. */
export function eventTime(event: Record<string, unknown>): EventTime | undefined {
  const ofConversation = isAboutWholeConversation(event);
  for (const place of places) {
    const written = pick(event, ...place);
    if (written === undefined) continue;
    // There, created_at is when the conversation began, and every later event would carry the same.
    if (ofConversation && place.at(-1) === 'created_at' && place.length === 3) continue;
    const at = readTime(written);
    if (at !== undefined) return { written: asText(written) ?? at, at };
  }
  return undefined;
}

/** A payload that is the conversation's own record, sent with something other than its beginning. */
function isAboutWholeConversation(event: Record<string, unknown>): boolean {
  if (pick(event, 'event', 'type') === 'conversation_create') return false;
  const payload = pick(event, 'event', 'payload');
  return pick(payload, 'external_key') !== undefined || pick(payload, 'is_new_visitor') !== undefined;
}
