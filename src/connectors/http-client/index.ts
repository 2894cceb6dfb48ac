export type { Allowance, Counting, Spending } from './call-budget.js';
export { deadlineOf } from './deadline-of.js';
export {
  createOutsideCaller,
  type Leave,
  type OutsideAnswer,
  type OutsideCall,
  type OutsideCaller,
} from './call-outside.js';
export { createFetchOutside, type Fetched, type FetchOptions, type FetchOutside } from './fetch-outside.js';
export { createGuardedAgents } from './guarded-agents.js';
export type { Resolve } from './guarded-lookup.js';
export { judgeUrl } from './judge-url.js';
export { type Policy, policyFor } from './policy.js';
