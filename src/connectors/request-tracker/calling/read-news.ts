import type { Tracker } from './open-tracker.js';
import { readTransactions, type Transaction } from './read-transactions.js';

/** RT cuts a page at so many, whatever is asked for. */
export const largestPage = 100;

export interface News {
  /** Everything that was looked at, what was told before included. */
  seen: Transaction[];
  news: Transaction[];
  /** More may be there. */
  more: boolean;
  readAt: Date;
}

/**
 * Pages up to the first with something on it that was not told: where much happens, what was told
 * in the last minute fills several. @throws FailedCall
 */
export async function readNews(tracker: Tracker, query: string, told: readonly number[]): Promise<News> {
  const known = new Set(told);
  const seen: Transaction[] = [];
  for (let number = 1; ; number += 1) {
    const page = await readTransactions(tracker, query, { perPage: largestPage, page: number });
    seen.push(...page.transactions);
    const news = page.transactions.filter(({ id }) => !known.has(id));
    if (news.length > 0 || !page.full) return { seen, news, more: page.full, readAt: page.readAt };
  }
}
