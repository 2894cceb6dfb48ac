import type { SplitEvent } from '../../connector.js';
import { asText, cutText, isRecord, pick } from '../pick.js';
import { eventKindOf } from '../schema.js';
import { findLaneKey } from './find-lane-key.js';
import { identify } from './identify.js';
import { scrub } from './scrub.js';

export interface Splitting {
  secret: string;
  scrubbing: boolean;
}

/** The elements of a webhook as events of their own, each with its lane and its identity. */
export function split(elements: unknown[], { secret, scrubbing }: Splitting): SplitEvent[] {
  const seen = new Map<string, number>();
  return elements.map((element) => {
    const { value, cleaned } = scrubbing ? scrub(element, secret) : { value: element, cleaned: false };
    const event = splitOne(value, cleaned);
    if (event.identityBy === 'id') return event;
    // Two equal events in one webhook are two, as nobody sends one thing twice in the same breath.
    const times = (seen.get(event.identity) ?? 0) + 1;
    seen.set(event.identity, times);
    return times === 1 ? event : { ...event, identity: `${event.identity}#${times}` };
  });
}

function splitOne(value: unknown, cleaned: boolean): SplitEvent {
  const payload = isRecord(value) ? value : { value };
  const type = asText(pick(payload, 'event', 'type')) ?? asText(pick(payload, 'type'));
  const kind = type === undefined ? 'unknown' : (eventKindOf(type) ?? cutText(type, 64));
  const laneKey = findLaneKey(payload);
  const unrecognised = type === undefined ? 'no_type' : laneKey === '' ? 'bad_id' : undefined;
  return {
    kind,
    laneKey,
    ...identify(kind, laneKey, payload),
    payload,
    flags: cleaned ? ['cleaned'] : [],
    ...(unrecognised === undefined ? {} : { unrecognised }),
  };
}
