import type { Account } from '../connector.js';
import type { Spending } from '../http-client/index.js';

/** Nobody is kept from other accounts for longer: what is paced comes again. */
const PATIENCE_SECONDS = 5;

/** What each call of a chain takes of an account's calls a minute; the first of a chain may be told to come again. */
export function createSpending(
  account: { name: string; perMinute: number },
  calls: Account['calls'],
): () => Spending {
  const all = { name: account.name, most: account.perMinute, seconds: 60, shared: true as const };
  let hasBegun = false;
  return () => {
    const rank = hasBegun ? 'begun' : (calls ?? 'begun');
    hasBegun = true;
    return { of: [all], rank, ...(calls === undefined ? {} : { patienceSeconds: PATIENCE_SECONDS }) };
  };
}
