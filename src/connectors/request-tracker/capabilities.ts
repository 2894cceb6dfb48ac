import type { DeskCapabilities } from '../connector.js';
import type { PieceLimits } from '../desk-kit/index.js';

/**
 * RT has no rate limits and keeps texts and files of any size. Its pages show no body of more than 12,000
 * bytes ($MaxInlineBody); files beyond $MaxAttachmentSize (10 MB) are cut or dropped where the
 * administrator says so.
 */
export const capabilities: DeskCapabilities = {
  repeats: 'find',
  writesAsContact: true,
  mostFileBytes: 10_000_000,
  mostFilesPerMessage: 20,
  mostTextCharacters: 10_000,
  statuses: ['new', 'open', 'pending', 'solved'],
  priorities: true,
  tags: true,
  teams: true,
  listsPeople: true,
  fetches: true,
  pollSeconds: { lively: 5, quiet: 30 },
};

export const pieceLimits: PieceLimits = {
  desk: 'Request Tracker',
  mostTextCharacters: capabilities.mostTextCharacters,
  mostFileBytes: capabilities.mostFileBytes,
  mostFilesPerMessage: capabilities.mostFilesPerMessage,
  mostBytesPerMessage: 20_000_000,
};
