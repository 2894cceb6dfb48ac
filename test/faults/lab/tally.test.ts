import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/contract/facts.js';
import { wordsOf } from '../sayings.js';
import { type LaneLeft, tally } from './tally.js';
import { verdictOn } from './verdict.js';

const MESSAGES = 3;

type Writable = {
  -readonly [Key in keyof LaneLeft]: LaneLeft[Key] extends readonly (infer One)[] ? One[] : LaneLeft[Key];
};

/** As much of a fact as is looked at. */
function factOf(type: Fact['type'], seq: number, text: string, state: string, flags: string[] = []): Fact {
  return { type, seq, data: { message: { id: `msg of ${text}`, text, state, flags } } } as unknown as Fact;
}

/** Two conversations in which both sides have said three things, one answer to each, and nothing went wrong. */
function cleanLanes(): [Writable, Writable] {
  const lane = (conversation: string): Writable => {
    const facts = [factOf('message.received', 1, 'start', 'received')];
    const said = { in: [] as string[], out: [] as string[] };
    for (let n = 1; n <= MESSAGES; n += 1) {
      for (const direction of ['in', 'out'] as const)
        said[direction].push(wordsOf({ direction, conversation, n }));
      const [written = '', answered = ''] = [said.in.at(-1), said.out.at(-1)];
      facts.push(
        factOf('message.received', facts.length + 1, written, 'received'),
        factOf('message.queued', facts.length + 2, answered, 'queued'),
        factOf('message.sent', facts.length + 3, answered, 'sent'),
      );
    }
    return {
      conversationId: conversation,
      ...{ written: said.in, accepted: said.out, heard: [...said.out], facts, dead: [], unfinished: [] },
    };
  };
  return [lane('cnv_1'), lane('cnv_2')];
}

const numbered = (facts: readonly Fact[]): Fact[] =>
  facts.map((fact, index) => ({ ...fact, seq: index + 1 }));

const isAbout = (fact: Fact, words: string): boolean =>
  'message' in fact.data && fact.data.message.text === words;

/** What each side has: an arrival is a fact for what visitors write, and a line for what agents answer. */
const arrivals = {
  in: {
    drop: (lane: Writable, n: number) => {
      lane.facts = numbered(lane.facts.filter((fact) => !isAbout(fact, `in cnv_1 ${n}`)));
    },
    add: (lane: Writable, words: string) => {
      lane.facts.push(factOf('message.received', lane.facts.length + 1, words, 'received'));
    },
    swap: (lane: Writable) => {
      const places = [1, 2].map((n) => lane.facts.findIndex((fact) => isAbout(fact, `in cnv_1 ${n}`)));
      const [one = 0, other = 0] = places;
      [lane.facts[one], lane.facts[other]] = [lane.facts[other] as Fact, lane.facts[one] as Fact];
      lane.facts = numbered(lane.facts);
    },
  },
  out: {
    drop: (lane: Writable, n: number) => {
      lane.heard = lane.heard.filter((words) => words !== `out cnv_1 ${n}`);
    },
    add: (lane: Writable, words: string) => {
      lane.heard.push(words);
    },
    swap: (lane: Writable) => {
      lane.heard.splice(0, 2, ...lane.heard.slice(0, 2).toReversed());
    },
  },
};

function spoilt(spoil: (lane: Writable, other: Writable) => void) {
  const lanes = cleanLanes();
  spoil(...lanes);
  const found = tally(lanes);
  return { ...found, classes: found.violations.map((one) => one.class) };
}

describe('what the load has left behind is judged for the one thing that is wrong, and nothing else', () => {
  it('a run without fault is kept, and every acknowledgement counted', () => {
    const found = tally(cleanLanes());
    expect(found).toMatchObject({ violations: [], flagged: 0, asked: 0, examples: [] });
    expect(found.acknowledged).toEqual({ inbound: 2 * MESSAGES, outbound: 2 * MESSAGES });
    expect(found.counts.acknowledged).toBe(4 * MESSAGES);
  });

  describe.each(['in', 'out'] as const)('%s', (direction) => {
    const side = arrivals[direction];

    it.each([1, 2, MESSAGES])('lost: number %i was acknowledged, and is nowhere', (n) => {
      const { classes, violations } = spoilt((lane) => side.drop(lane, n));
      expect(classes).toEqual(['lost']);
      expect(violations[0]?.about).toBe(`${direction} cnv_1 ${n}`);
    });

    it('doubled: one is there twice, and nothing says so', () => {
      const { classes } = spoilt((lane) => side.add(lane, `${direction} cnv_1 ${MESSAGES}`));
      expect(classes).toEqual([direction === 'in' ? 'duplicateEffect' : 'duplicateSend']);
    });

    it('doubled, and lost beside it: the one does not make up for the other', () => {
      const { classes } = spoilt((lane) => {
        side.drop(lane, 1);
        side.add(lane, `${direction} cnv_1 ${MESSAGES}`);
      });
      expect(classes).toHaveLength(2);
      expect(classes).toContain('lost');
    });

    it('out of order: the second is there before the first', () => {
      expect(spoilt((lane) => side.swap(lane)).classes).toEqual(['reorder']);
    });

    it('phantom: nobody said it', () => {
      expect(spoilt((lane) => side.add(lane, `${direction} cnv_1 99`)).classes).toEqual(['phantom']);
      expect(spoilt((lane) => side.add(lane, 'something else')).classes).toEqual(['phantom']);
    });

    it('phantom: it arrived in another conversation', () => {
      const { classes, violations } = spoilt((_lane, other) => side.add(other, `${direction} cnv_1 1`));
      expect(classes).toContain('phantom');
      expect(violations[0]?.detail).toContain('cnv_2');
    });

    it('stuck: a row that nobody has finished', () => {
      const { classes, violations } = spoilt((lane) => lane.unfinished.push({ direction, id: 'row' }));
      expect(classes).toEqual(['stuck']);
      expect(violations[0]?.about).toBe(`${direction} cnv_1`);
    });
  });

  it.each([
    ['a number is missing', (facts: Fact[]) => facts.splice(4, 1, { ...(facts[4] as Fact), seq: 99 })],
    [
      'a number is there twice',
      (facts: Fact[]) => facts.splice(4, 0, factOf('message.read', 4, 'start', 'read')),
    ],
  ])('agent view: %s', (_what, spoil) => {
    expect(spoilt((lane) => spoil(lane.facts)).classes).toContain('agentView');
  });

  describe('given up', () => {
    const words = 'out cnv_1 2';
    const giveUp = (lane: Writable, failedAt: number | undefined): void => {
      arrivals.out.drop(lane, 2);
      lane.dead.push(`msg of ${words}`);
      const facts = lane.facts.filter((fact) => fact.type !== 'message.sent' || !isAbout(fact, words));
      if (failedAt !== undefined) facts.splice(failedAt, 0, factOf('message.failed', 0, words, 'failed'));
      lane.facts = numbered(facts);
    };

    it('hidden: nobody was told', () => {
      expect(spoilt((lane) => giveUp(lane, undefined)).classes).toEqual(['gapHidden']);
    });

    it('hidden: told only after the next one was sent', () => {
      expect(spoilt((lane) => giveUp(lane, lane.facts.length)).classes).toEqual(['gapHidden']);
    });

    it('shown in its place, it is a dead letter, of which these campaigns have none', () => {
      const found = spoilt((lane) => giveUp(lane, 6));
      expect(found).toMatchObject({ classes: [], counts: { deadLetters: 1 } });
      const { violations } = verdictOn({ trials: 1, tally: found });
      expect(violations).toMatchObject([{ class: 'promise', about: 'nothing is given up' }]);
    });
  });

  const mark = (lane: Writable, state: string, flags: string[]): void => {
    const place = lane.facts.findIndex(
      (fact) => fact.type === 'message.sent' && isAbout(fact, 'out cnv_1 1'),
    );
    const type = state === 'uncertain' ? 'message.uncertain' : 'message.sent';
    lane.facts[place] = factOf(type, place + 1, 'out cnv_1 1', state, flags);
  };

  it('twice and said so is counted apart, three times is a violation', () => {
    const twice = spoilt((lane) => {
      mark(lane, 'sent', ['possibleDuplicate']);
      lane.heard.splice(1, 0, 'out cnv_1 1');
    });
    expect(twice).toMatchObject({ classes: [], flagged: 1 });
    expect(twice.examples).toEqual(['out cnv_1 1: sent possibleDuplicate']);
    const thrice = spoilt((lane) => {
      mark(lane, 'sent', ['possibleDuplicate']);
      lane.heard.splice(1, 0, 'out cnv_1 1', 'out cnv_1 1');
    });
    expect(thrice.classes).toEqual(['duplicateSend']);
  });

  it('not received, and the agent was asked: not lost', () => {
    const found = spoilt((lane) => {
      mark(lane, 'uncertain', []);
      arrivals.out.drop(lane, 1);
    });
    expect(found).toMatchObject({ classes: [], asked: 1 });
  });

  it('what it finds is what the campaign answers', () => {
    const found = spoilt((lane) => arrivals.in.add(lane, 'in cnv_1 1'));
    expect(verdictOn({ trials: 1, tally: found }).violations).toEqual(found.violations);
    expect(verdictOn({ trials: 1, tally: found }).counts).toMatchObject({ duplicateEffect: 1 });
  });
});
