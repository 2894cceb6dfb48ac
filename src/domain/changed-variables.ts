import type { Variables } from './conversation.js';

/** Of the variables that are told, those that say something else than what is known. */
export const changedVariables = (known: Variables, told: Variables): Variables =>
  Object.fromEntries(Object.entries(told).filter(([name, value]) => known[name] !== value));
