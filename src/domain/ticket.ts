/** What the two sides of a ticket link say of the ticket, in our words. */

/** closed: for good, nothing can be said in it any more. Where a desk has no such thing, it never occurs. */
export type TicketStatus = 'new' | 'open' | 'pending' | 'solved' | 'closed';

export type TicketPriority = 'low' | 'normal' | 'high' | 'urgent';

/** Who has a ticket; null: nobody has it. E-mail addresses in lower case. */
export type TicketAssignee =
  | { agent: { email?: string; name?: string; externalId?: string } }
  | { team: { name: string; externalId?: string } }
  | null;

/** As much of a ticket's state as is known; what is missing is not known. */
export interface TicketState {
  status?: TicketStatus;
  assignee?: TicketAssignee;
  priority?: TicketPriority;
}

/** What can be done where a ticket is gone, for whoever reads that it is. */
export const AFTER_A_TICKET =
  'Link the conversation to another ticket, or let the contact’s next message make one (it does, unless the policy has create: never).';

/** What agents read first in a ticket that takes the place of another; in English, as all that we write in tickets. */
export const continuesTicket = (externalTicketId: string): string => `Continues ticket ${externalTicketId}.`;
