import { campaignOfQueryFaults } from '../lab/with-query-faults.js';

/** A write that was done and is said to have had no answer: nothing is done twice. */
export const campaign = campaignOfQueryFaults('database-executed-then-timeout', ['F28'], {
  kind: 'executed',
  share: 0.01,
  commitShare: 0.2,
  shortCycles: 12,
});
