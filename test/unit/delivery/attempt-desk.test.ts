import { expect, it } from 'vitest';
import type { DeskConnector, DeskSendOutcome } from '../../../src/connectors/connector.js';
import { attemptDesk, type DeskAttemptOptions } from '../../../src/delivery/attempt-desk.js';
import type { LaneHead } from '../../../src/store/outbox.js';

const budget = { most: 30, seconds: 600 };
const head = {
  externalTicketId: '7',
  pace: { level: 4, secondsAgo: 0 },
  order: { kind: 'add-ticket-note', lines: [] },
} as unknown as LaneHead;

/** What an attempt leaves behind that ended so. */
async function attemptThat(outcome: DeskSendOutcome, ticketBudget?: typeof budget) {
  const capabilities = { ...(ticketBudget && { ticketBudget }) };
  const connector = { capabilities, send: async () => outcome } as unknown as DeskConnector;
  const account = { settings: {}, credentials: {} };
  const signal = AbortSignal.timeout(1_000);
  return attemptDesk(head, connector, account, {} as DeskAttemptOptions, signal, () => true);
}

const paced = { outcome: 'retry', code: 'paced', message: 'No more now.', retryAfterSeconds: 20 } as const;
const wait = { outcome: 'wait', seconds: 20, code: 'paced', message: 'No more now.' };

it('what an order has written before it was told to wait is counted for its ticket', async () => {
  expect(await attemptThat({ ...paced, ticketWrites: 3 }, budget)).toEqual({ outcome: wait, pace: 7 });
});

it('an order that was told to wait before it wrote anything leaves its ticket as it was', async () => {
  expect(await attemptThat({ ...paced, ticketWrites: 0 }, budget)).toEqual({ outcome: wait });
  expect(await attemptThat(paced, budget)).toEqual({ outcome: wait });
  expect(await attemptThat({ ...paced, ticketWrites: 3 })).toEqual({ outcome: wait });
});

it('what an order has written counts whatever became of the rest, and as one where nobody says', async () => {
  const uncertain = { outcome: 'uncertain', code: 'connection_lost', message: 'Lost.' } as const;
  expect((await attemptThat({ ...uncertain, ticketWrites: 4 }, budget)).pace).toBe(8);
  expect((await attemptThat(uncertain, budget)).pace).toBe(5);
  expect((await attemptThat({ outcome: 'delivered', writtenIds: [], ticketWrites: 2 }, budget)).pace).toBe(6);
});
