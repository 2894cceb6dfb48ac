import type { DeskCapabilities } from '../connector.js';

export const capabilities: DeskCapabilities = {
  repeats: 'find',
  writesAsContact: true,
  mostFileBytes: 20 * 1024 * 1024,
  mostFilesPerMessage: 10,
  mostTextCharacters: 60_000,
  statuses: ['open', 'pending', 'solved'],
  priorities: true,
  tags: true,
  teams: true,
  listsPeople: true,
  fetches: true,
  pollSeconds: { lively: 15, quiet: 120 },
};
