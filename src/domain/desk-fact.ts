import type { KnownContact } from './contact-variables.js';
import type { TicketAuthor } from './desk-order.js';
import type { TicketState } from './ticket.js';

/** A file in a ticket: by the desk's own id, or where it lies. Only the connector can fetch it. */
export interface TicketFile {
  externalFileId?: string;
  url?: string;
  name: string;
  /** What it was said with: there the desk has a fresh address for it, where addresses run out. */
  place?: { externalTicketId: string; externalId: string };
  /** As the desk says; not to be believed. */
  contentType?: string;
  sizeBytes?: number;
}

/**
 * One thing that happened in a ticket, in our words: what a desk connector's `read` makes of a fetched
 * event. `agent-replied` is only what is public, said by a person on the staff, and not written by us as
 * far as the event itself can tell; what cannot be told apart is a note. `externalId` is the desk's id of
 * the comment: the ledger of what we wrote decides by it. `occurredAt` is ISO 8601 in UTC.
 */
export type DeskFact =
  | {
      type: 'agent-replied';
      externalId: string;
      author: TicketAuthor;
      text: string;
      files: TicketFile[];
      occurredAt?: string;
    }
  | {
      type: 'note-added';
      externalId: string;
      author: TicketAuthor;
      text: string;
      files: TicketFile[];
      occurredAt?: string;
    }
  /** The ticket's state as it is now; compared with what is known of it, so that no change of ours is news. */
  | { type: 'ticket-state'; state: TicketState; by?: TicketAuthor; occurredAt?: string }
  /**
   * Somebody on the staff has corrected who the contact is. `contact`: what was changed, and nothing that
   * the desk merely knows of whoever the contact claims to be; `before`: what stood there.
   */
  | { type: 'contact-changed'; contact: KnownContact; before: KnownContact }
  | { type: 'ticket-gone'; how: 'deleted' }
  | { type: 'ticket-gone'; how: 'merged'; into: string };
