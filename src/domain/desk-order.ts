import type { OrderedFile } from './order.js';
import type { TicketPriority, TicketStatus } from './ticket.js';

/** Who writes in a ticket, or of whom it speaks. */
export interface TicketAuthor {
  type: 'contact' | 'agent' | 'bot' | 'bridge';
  name?: string;
  /** Lower case. */
  email?: string;
}

/** The contact as the desk shall know it. `id` is ours and never changes. */
export interface TicketContact {
  id: string;
  name?: string;
  email?: string;
  phone?: string;
}

/** One thing said, with its time; several of them make a transcript or a joined message. */
export interface TicketLine {
  author: TicketAuthor;
  text: string;
  files: OrderedFile[];
  /** ISO 8601, UTC. */
  at: string;
}

/** What changes on a ticket; what is missing stays. `null`: nobody. */
export interface TicketChange {
  status?: TicketStatus;
  assignee?: { agentEmail: string } | { team: string } | null;
  priority?: TicketPriority;
  addTags?: string[];
}

/** What a delivery asks of a desk, in our words; stored as the delivery's payload. */
export type DeskOrder =
  | {
      kind: 'create-ticket';
      /** Our conversation's id: the ticket's external id, by which it is found again. */
      reference: string;
      subject: string;
      contact: TicketContact;
      /** Stands before the transcript in the first comment; may be ''. */
      introduction: string;
      /** What was said so far, oldest first; never empty. */
      lines: TicketLine[];
      change: TicketChange;
      /** The ticket that this one follows. */
      follows?: string;
      /** For a conversation that has none: where it has got one meanwhile, the words go there. */
      opens?: true;
    }
  /** The contact's words, as the contact. Several lines: joined, each with its time. */
  | { kind: 'add-ticket-message'; contact: TicketContact; lines: TicketLine[]; change?: TicketChange }
  /** For agents only. */
  | { kind: 'add-ticket-note'; lines: TicketLine[] }
  | { kind: 'update-ticket'; change: TicketChange };
