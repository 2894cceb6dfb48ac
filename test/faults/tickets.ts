import { waitFor } from '../support/wait-for.js';
import type { Receipt } from './checker.js';
import type { Driver } from './driver.js';
import type { HistoryLine } from './history.js';
import { receiptOf, sayingOf, wordsOf } from './sayings.js';
import type { Stage } from './stage/stage.js';

/** Everything that contacts say is owed to their tickets too. */
export function intoTickets(history: readonly HistoryLine[]): HistoryLine[] {
  return history.flatMap((line) => {
    if (line.type === 'fault' || line.type === 'told' || line.direction !== 'in') return [line];
    return [line, { ...line, direction: 'ticket' as const }];
  });
}

/**
 * Contacts' words as they stand in the tickets, in the tickets' order. An agent's own words that the bridge has
 * brought back into the desk in which they were written are nobody's.
 */
export async function ticketReceipts(stage: Stage): Promise<Receipt[]> {
  if (stage.desk === undefined) return [];
  const names = new Map(stage.conversations.map((one) => [one.conversationId, one.externalId]));
  return (await stage.desk.tickets()).flatMap(({ reference = '', entries }) =>
    entries.flatMap(({ author, visibility, text }, place) => {
      if (author.kind === 'agent') return [];
      // What waited may have been joined: one entry, a line for each.
      return text.split('\n').flatMap((line, n) => {
        const words = saidIn(line);
        const saying = sayingOf(words);
        if (saying === undefined || (saying.direction === 'in' && visibility === 'private')) return [];
        return [receiptOf('ticket', names.get(reference) ?? reference, words, place + 1 + n / 1_000)];
      });
    }),
  );
}

/** A line of several says who said it, and when. */
const saidIn = (line: string): string => /(?:in|out) \S+ \d+$/u.exec(line.trim())?.[0] ?? line;

/** All that the tickets hold comes over each time. */
const LOOK_MILLISECONDS = 300;

/** Waits until everything that was acknowledged has arrived on the other side; in vain is an answer too. */
export async function untilAcross(stage: Stage, driver: Driver, seconds: number): Promise<void> {
  const lines = intoTickets(driver.history.lines);
  const owed = lines.flatMap((line) =>
    line.type === 'ok' && line.direction !== 'in' ? [wordsOf(line)] : [],
  );
  const look = async (): Promise<boolean> => {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    const there = new Set((await ticketReceipts(stage)).map(wordsOf));
    for (const { text } of stage.farSide.log.receipts()) there.add(text);
    return owed.every((words) => there.has(words));
  };
  await waitFor('everything to be across', look, seconds).catch(() => undefined);
}
