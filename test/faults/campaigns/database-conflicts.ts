import { campaignOfQueryFaults } from '../lab/with-query-faults.js';

/** Serialization failures and deadlocks: tried again, and done once. */
export const campaign = campaignOfQueryFaults('database-conflicts', ['F27'], {
  kind: 'conflict',
  share: 0.02,
  shortCycles: 15,
});
