import type { Inbox, NewInboundEvent } from '../store/inbox.js';

/** recorded: it is there to be read · repeat: it was there already · else: parked, as it contradicts one that was. */
export type Recorded = 'recorded' | 'repeat' | { parkedAs: string };

type Recording = Pick<Inbox, 'record' | 'parkContradictions'>;

/**
 * Records what is new, and parks what has the identity of something that says otherwise.
 * @returns for each event what became of it
 */
export async function recordAll(inbox: Recording, events: NewInboundEvent[]): Promise<Recorded[]> {
  const fresh = await recordWithoutTwins(inbox, events);
  const recorded = fresh.map((isFresh): Recorded => (isFresh ? 'recorded' : 'repeat'));
  // Few are repeats, and hardly one of those says otherwise. A sender that comes again after a failure here is judged again.
  const repeats = [...events.entries()].filter(([at, { says }]) => fresh[at] !== true && says !== undefined);
  if (repeats.length === 0) return recorded;
  const parked = await inbox.parkContradictions(repeats.map(([, event]) => event));
  for (const [place, [at]] of repeats.entries()) {
    const id = parked[place];
    if (id !== undefined) recorded[at] = { parkedAs: id };
  }
  return recorded;
}

/** Repeats within one group are told apart here, as one statement cannot meet the same key twice. */
async function recordWithoutTwins(
  inbox: Pick<Recording, 'record'>,
  events: NewInboundEvent[],
): Promise<boolean[]> {
  const seen = new Set<string>();
  const firsts: NewInboundEvent[] = [];
  const isFirst = events.map((event) => {
    const key = `${event.connectionId} ${event.key}`;
    if (seen.has(key)) return false;
    seen.add(key);
    firsts.push(event);
    return true;
  });
  const recorded = await inbox.record(firsts);
  let next = 0;
  return isFirst.map((first) => first && recorded[next++] === true);
}
