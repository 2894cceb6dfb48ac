import type { Receipt } from './checker.js';
import type { Saying } from './history.js';

export const wordsOf = ({ direction, conversation, n }: Saying): string =>
  `${direction} ${conversation} ${n}`;

/** Reads what was said back out of the words; undefined for what the driver never says. */
export function sayingOf(words: string): Saying | undefined {
  const [direction, conversation, n, ...more] = words.split(' ');
  if ((direction !== 'in' && direction !== 'out') || conversation === undefined || more.length > 0)
    return undefined;
  return /^\d+$/u.test(n ?? '') ? { direction, conversation, n: Number(n) } : undefined;
}

/** Words that the driver never says, or that came the wrong way, are nobody's. */
export function receiptOf(
  direction: Saying['direction'],
  arrivedIn: string,
  words: string,
  at: number,
): Receipt {
  const saying = sayingOf(words);
  if (saying?.direction === (direction === 'ticket' ? 'in' : direction))
    return { ...saying, direction, arrivedIn, at };
  return { direction, conversation: `“${words.slice(0, 40)}”`, n: 0, arrivedIn, at };
}
