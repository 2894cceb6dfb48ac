import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HouseProcess, openHouseProcess } from '../support/house-process.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

const LANES = 4;
/** The embedded database takes longer to be back. */
const CYCLES = { embedded: 8, server: 12 };

interface Lane {
  visitor: Visitor;
  conversationId: string;
  /** How many the visitor has written, and the agent has been promised. */
  written: number;
  accepted: number;
}

describe('F01: kill -9 at random under load', () => {
  onEachDatabase((kind) => {
    let house: HouseProcess;
    beforeAll(async () => {
      house = await openHouseProcess({ database: kind, env: { UNCERTAIN_GRACE_SECONDS: '4' } });
    });
    afterAll(() => house?.close());

    it('all that was written and accepted is there afterwards, once, in order', {
      timeout: 150_000,
    }, async () => {
      const lanes: Lane[] = await Promise.all(
        Array.from({ length: LANES }, async () => ({
          ...(await house.arriveAndFind('start')),
          written: 0,
          accepted: 0,
        })),
      );
      await house.settle();
      let isOver = false;
      const write = async (lane: Lane): Promise<void> => {
        while (!isOver) {
          await lane.visitor.write(`in ${lane.written}`);
          lane.written += 1;
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
      };
      const answer = async (lane: Lane): Promise<void> => {
        while (!isOver) {
          const idempotencyKey = `${lane.conversationId}.${lane.accepted}`;
          const message = { type: 'text', text: `out ${lane.accepted}` } as const;
          const isAccepted = await house.program.conversations
            .sendMessage(lane.conversationId, { ...message, by: 'ada@fern.example' }, { idempotencyKey })
            .then(
              () => true,
              () => false,
            );
          if (isAccepted) lane.accepted += 1;
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
      };
      const load = lanes.flatMap((lane) => [write(lane), answer(lane)]);
      for (let cycle = 0; cycle < CYCLES[kind]; cycle += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 450));
        await house.kill();
        await house.start();
      }
      isOver = true;
      await Promise.all(load);
      // A reply whose acceptance was not heard is sent again with its key, as an agent's screen does.
      for (const lane of lanes) {
        await waitFor(
          'the reply to be accepted',
          () =>
            house.program.conversations.sendMessage(
              lane.conversationId,
              { type: 'text', text: `out ${lane.accepted}`, by: 'ada@fern.example' },
              { idempotencyKey: `${lane.conversationId}.${lane.accepted}` },
            ),
          30,
        );
        lane.accepted += 1;
      }
      await house.settle(60);

      for (const lane of lanes) {
        const facts = await allFacts(house, lane.conversationId);
        expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_fact, index) => index + 1));
        const received = facts.flatMap((fact) =>
          fact.type === 'message.received' ? [fact.data.message.text] : [],
        );
        expect(received).toEqual(['start', ...Array.from({ length: lane.written }, (_none, n) => `in ${n}`)]);

        const last = new Map(
          facts.flatMap((fact) =>
            'message' in fact.data ? [[fact.data.message.text, fact.data.message]] : [],
          ),
        );
        const heard = await lane.visitor.heard();
        const firsts = [...new Set(heard)];
        const promised = Array.from({ length: lane.accepted }, (_none, n) => `out ${n}`);
        // In order; what is missing was asked about, what came twice says so.
        expect(firsts).toEqual(promised.filter((text) => firsts.includes(text)));
        for (const text of promised.filter((text) => !firsts.includes(text))) {
          expect({ text, state: last.get(text)?.state }).toEqual({ text, state: 'uncertain' });
        }
        const repeated = heard.filter((text, index) => heard.indexOf(text) !== index);
        for (const text of repeated) expect(last.get(text)?.flags).toContain('possibleDuplicate');
      }
      expect(house.output()).not.toContain('"level":"error"');
    });
  });
});

async function allFacts(house: HouseProcess, conversationId: string) {
  const facts = [];
  for (let after = 0; ; ) {
    const { data } = await house.program.conversations.events(conversationId, { after, limit: 200 });
    if (data.length === 0) return facts;
    facts.push(...data);
    after = data.at(-1)?.seq ?? after;
  }
}
