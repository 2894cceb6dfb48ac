import type { DeskCapabilities } from '../connector.js';

/** Zendesk's own figures; where they depend on the plan, the smallest paid one's. */
export const capabilities: DeskCapabilities = {
  repeats: 'keys',
  writesAsContact: true,
  mostFileBytes: 50 * 1_048_576,
  mostFilesPerMessage: 20,
  mostTextCharacters: 60_000,
  statuses: ['new', 'open', 'pending', 'solved', 'closed'],
  priorities: true,
  tags: true,
  teams: true,
  listsPeople: true,
  ticketBudget: { most: 30, seconds: 600 },
  fetches: true,
  pollSeconds: { lively: 20, quiet: 120 },
};
