import { describe, expect, it } from 'vitest';
import { judgeDoubt } from '../../../src/delivery/judge.js';
import type { DoubtfulHead } from '../../../src/store/outbox.js';

const GRACE = 4;
const doubtful = (changes: Partial<DoubtfulHead>): DoubtfulHead =>
  ({
    order: { kind: 'send-message', agentEmail: 'ada@fern.example', content: { type: 'text', text: 'Hello' } },
    attempt: 1,
    state: 'uncertain',
    echoed: false,
    asked: false,
    unheard: false,
    sinceSeconds: 60,
    connectionEchoes: true,
    uncertainPolicy: 'by_echo',
    ...changes,
  }) as DoubtfulHead;

describe('a message whose answer was lost, on a connection that echoes', () => {
  it('becomes a question all the same where the workspace wants to be asked', () => {
    expect(judgeDoubt(doubtful({ uncertainPolicy: 'ask' }), GRACE, 60)).toMatchObject({ as: 'ask' });
  });

  it('is sent again, flagged, when its echo has had its time and did not come', () => {
    expect(judgeDoubt(doubtful({}), GRACE, 60)).toEqual({ as: 'resend', attempt: 1, mark: true });
  });

  it('after a kill gets the whole time anew', () => {
    expect(judgeDoubt(doubtful({ state: 'sending' }), GRACE, 0)).toMatchObject({
      as: 'uncertain',
      graceSeconds: GRACE,
    });
  });

  it('after another kill in that time gets it again: its echo may have found nobody', () => {
    expect(judgeDoubt(doubtful({}), GRACE, 1)).toMatchObject({ as: 'uncertain', graceSeconds: 3 });
    expect(judgeDoubt(doubtful({ sinceSeconds: 2 }), GRACE, 60)).toMatchObject({
      as: 'uncertain',
      graceSeconds: 2,
    });
  });

  it('is not sent again while something of its conversation is recorded and not looked through', () => {
    expect(judgeDoubt(doubtful({ unheard: true }), GRACE, 60)).toMatchObject({ as: 'uncertain' });
    expect(judgeDoubt(doubtful({ unheard: true, echoed: true }), GRACE, 60)).toMatchObject({
      as: 'delivered',
    });
  });

  it('is done as soon as its echo is there', () => {
    expect(judgeDoubt(doubtful({ echoed: true }), GRACE, 0)).toMatchObject({ as: 'delivered' });
  });

  it('that is known never to have left is sent at once and unmarked, unless its echo says otherwise', () => {
    const killed = doubtful({ state: 'sending' });
    expect(judgeDoubt(killed, GRACE, 0, true)).toEqual({ as: 'resend', attempt: 1, mark: false });
    expect(judgeDoubt({ ...killed, echoed: true }, GRACE, 0, true)).toMatchObject({ as: 'delivered' });
  });
});
