import type { TicketStatus } from '../domain/ticket.js';

/** What a desk can and cannot do, as data: the rooms never ask for its name. */
export interface DeskCapabilities {
  /**
   * What the desk does with a repeat. find: can be asked whether it has arrived · keys: that, and it
   * recognises an idempotency key on create · all-keys: recognises every order's key, and cannot be asked.
   */
  repeats: 'find' | 'keys' | 'all-keys';
  /** Files are told as links that the desk may fetch; when it is missing, they are carried. */
  linksFiles?: boolean;
  /** A 2xx is a success whatever JSON is in it, or none; when it is missing, the answer must say what was done. */
  answersBriefly?: boolean;
  /** A contact's message appears as said by the contact; false: by the bridge, with the name in the text. */
  writesAsContact: boolean;
  /** Most bytes of one file, and of all files of one message; undefined when the desk does not say. */
  mostFileBytes: number;
  mostFilesPerMessage: number;
  /** Most characters of one message; longer ones are split in order by the connector's `send`. */
  mostTextCharacters: number;
  /** Statuses that it knows; others are mapped to the nearest by the connector. */
  statuses: TicketStatus[];
  priorities: boolean;
  tags: boolean;
  teams: boolean;
  /** Whether `listAgents` and `listTeams` are there: its account can be asked who works in it. */
  listsPeople: boolean;
  /** No more than `most` writes to one ticket in `seconds`; messages that wait are joined. */
  ticketBudget?: { most: number; seconds: number };
  /** It is told a list of messages: those that wait are joined, and one call tells them all. */
  takesLists?: true;
  /** Whether `fetchTicket` and `listChanged` do anything; false: facts come in webhooks alone. */
  fetches: boolean;
  /** Seconds between two looks at a ticket whose conversation is lively, and at a quiet account. */
  pollSeconds?: { lively: number; quiet: number };
}
