import type { Fact } from '../../../src/contract/facts.js';
import type { Tenancy } from '../../support/tenancy.js';
import type { TrafficLane } from './traffic.js';

/** What became of everything that was acknowledged. All but `acknowledged`, `asked` and `flagged` must be 0. */
export interface Tally {
  acknowledged: { inbound: number; outbound: number };
  lost: number;
  reordered: number;
  phantom: number;
  /** Came twice, and nothing says so. */
  doubled: number;
  /** Came twice, or may have, and says so. */
  flagged: number;
  /** Not received, and the agent was asked what to do. */
  asked: number;
  /** Numbers of facts that are missing or not in order. */
  gaps: number;
  /** One of each kind, for whoever looks into it. */
  examples: string[];
}

/** Compares, once everything has settled, what was acknowledged with what both sides have. */
export async function tallyLanes(tenancy: Tenancy, lanes: TrafficLane[]): Promise<Tally> {
  const tally: Tally = {
    acknowledged: { inbound: 0, outbound: 0 },
    lost: 0,
    reordered: 0,
    phantom: 0,
    doubled: 0,
    flagged: 0,
    asked: 0,
    gaps: 0,
    examples: [],
  };
  for (let at = 0; at < lanes.length; at += 8)
    await Promise.all(lanes.slice(at, at + 8).map((lane) => tallyLane(tenancy, lane, tally)));
  return tally;
}

type Kind = 'lost' | 'reordered' | 'phantom' | 'doubled' | 'gaps' | 'flagged' | 'asked';

async function tallyLane(tenancy: Tenancy, lane: TrafficLane, tally: Tally): Promise<void> {
  const facts = await allFacts(tenancy, lane.conversationId);
  const note = (kind: Kind, count: number, example: string): void => {
    if (count <= 0) return;
    if (tally[kind] === 0) tally.examples.push(`${kind}: ${lane.conversationId} ${example}`);
    tally[kind] += count;
  };
  tally.acknowledged.inbound += lane.written.length;
  tally.acknowledged.outbound += lane.accepted.length;
  note('gaps', facts.filter(({ seq }, index) => seq !== index + 1).length, `${facts.length} facts`);

  const received = facts.flatMap((fact) =>
    fact.type === 'message.received' && fact.data.message.text !== 'start'
      ? [fact.data.message.text ?? '']
      : [],
  );
  compare(received, lane.written, note, () => false);

  const last = new Map(
    facts.flatMap((fact) =>
      'message' in fact.data ? [[fact.data.message.text, fact.data.message] as const] : [],
    ),
  );
  const heard = await lane.visitor.heard();
  const isAsked = (text: string): boolean => last.get(text)?.state === 'uncertain';
  const isFlagged = (text: string): boolean => last.get(text)?.flags.includes('possibleDuplicate') === true;
  compare(heard, lane.accepted, note, isAsked);
  const firsts = new Set<string>();
  for (const text of heard) {
    if (firsts.has(text)) note(isFlagged(text) ? 'flagged' : 'doubled', 1, text);
    firsts.add(text);
  }
}

/** `seen` against `acknowledged`: missing, never said, or in another order. */
function compare(
  seen: string[],
  acknowledged: string[],
  note: (kind: Kind, count: number, example: string) => void,
  isAsked: (text: string) => boolean,
): void {
  const firsts = [...new Set(seen)];
  const known = new Set(acknowledged);
  const missing = acknowledged.filter((text) => !firsts.includes(text));
  const asked = missing.filter(isAsked);
  note('asked', asked.length, asked[0] ?? '');
  note('lost', missing.length - asked.length, missing.find((text) => !isAsked(text)) ?? '');
  const strange = firsts.filter((text) => !known.has(text));
  note('phantom', strange.length, strange[0] ?? '');
  const expected = acknowledged.filter((text) => firsts.includes(text));
  const inOrder = firsts.filter((text) => known.has(text));
  const wrong = inOrder.filter((text, index) => text !== expected[index]);
  note('reordered', wrong.length, wrong[0] ?? '');
}

async function allFacts(tenancy: Tenancy, conversationId: string): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (let after = 0; ; ) {
    const { data } = await tenancy.program.conversations.events(conversationId, { after, limit: 200 });
    if (data.length === 0) return facts;
    facts.push(...data);
    after = data.at(-1)?.seq ?? after;
  }
}
