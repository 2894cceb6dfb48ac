import type { DeskCapabilities } from '../connector.js';

/** As Chatwoot comes from its makers; a server may be set to carry larger or fewer files. */
export const capabilities: DeskCapabilities = {
  repeats: 'find',
  writesAsContact: true,
  mostFileBytes: 40 * 1024 * 1024,
  mostFilesPerMessage: 15,
  mostTextCharacters: 150_000,
  statuses: ['open', 'pending', 'solved'],
  priorities: true,
  tags: true,
  teams: true,
  listsPeople: true,
  fetches: true,
  pollSeconds: { lively: 10, quiet: 120 },
};
