import type { TicketState } from '../../../domain/ticket.js';
import { statusOf } from '../../desk-kit/index.js';
import type { Tracker } from '../calling/open-tracker.js';
import { readPerson } from '../calling/read-person.js';
import type { Ticket } from '../calling/read-ticket.js';
import { nearestPriority } from '../reading/nearest-priority.js';
import { statusWords } from '../reading/status-words.js';

/** The ticket's state in our words. @throws FailedCall */
export async function stateOf(tracker: Tracker, ticket: Ticket): Promise<TicketState> {
  const status = statusOf(statusWords, tracker.settings, ticket.status);
  const priority = nearestPriority(
    Number.isFinite(ticket.priority) ? ticket.priority : null,
    tracker.settings,
  );
  const owner = ticket.owner === undefined ? undefined : await readPerson(tracker, ticket.owner);
  const known = {
    ...(status === undefined ? {} : { status }),
    ...(priority === undefined ? {} : { priority }),
  };
  if (owner === undefined) return known;
  const agent = {
    externalId: owner.name,
    ...(owner.email === undefined ? {} : { email: owner.email }),
    ...(owner.realName === undefined ? {} : { name: owner.realName }),
  };
  return { ...known, assignee: { agent } };
}
