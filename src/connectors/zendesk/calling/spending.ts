import type { Account } from '../../connector.js';
import type { Allowance, Spending } from '../../http-client/index.js';
import type { ZendeskSettings } from '../schema.js';

export interface SpendingCall {
  method: string;
  path: string;
  /** What it takes besides calls and updates, by names of its own within the account. */
  takes?: readonly Allowance[];
  /** It stands in line for as long as its order may take. */
  isPatient?: boolean;
}

/** Else nobody is kept from other accounts for longer: what is paced comes again. */
const PATIENCE_SECONDS = 5;

/** What one chain of calls takes of what the account allows. Zendesk counts by account, whoever calls. */
export interface AccountSpending {
  spend(call: SpendingCall): Spending;
}

/** Whether Zendesk counts it as a change of a ticket. */
export const isUpdate = ({ method, path }: SpendingCall): boolean =>
  method === 'PUT' && path.startsWith('/api/v2/tickets/');

/** `updates`: the chain will change a ticket, so it does not begin where that would be one change too many. */
export function createSpending(
  { baseUrl, callsPerMinute, updatesPerMinute }: ZendeskSettings,
  calls: Account['calls'],
  { updates }: { updates: boolean },
): AccountSpending {
  const perMinute = (name: string, most: number): Allowance => ({ name, most, seconds: 60, shared: true });
  const all = perMinute(baseUrl, callsPerMinute);
  const changes = perMinute(`${baseUrl} updates`, updatesPerMinute);
  let hasBegun = false;
  return {
    spend(call) {
      const rank = hasBegun ? 'begun' : (calls ?? 'begun');
      const ahead = updates && !hasBegun ? [changes] : [];
      hasBegun = true;
      const own = (call.takes ?? []).map((one) => ({ ...one, name: `${baseUrl} ${one.name}` }));
      const of = [all, ...(isUpdate(call) ? [changes] : []), ...own];
      const isHurried = calls !== undefined && call.isPatient !== true;
      return { of, ahead, rank, ...(isHurried ? { patienceSeconds: PATIENCE_SECONDS } : {}) };
    },
  };
}

/** Counted, and not waited for: what is needed to call at all. */
export const spendFreely = (baseUrl: string): Spending => ({
  of: [{ name: baseUrl, most: Number.POSITIVE_INFINITY, seconds: 60 }],
  rank: 'begun',
});
