import type { TicketChange } from '../../../domain/desk-order.js';
import type { FailedSend } from '../../connector.js';
import { FailedCall, wordFor } from '../../desk-kit/index.js';
import type { Tracker } from '../calling/open-tracker.js';
import { findAgent } from '../calling/read-person.js';
import { listQueues, readQueue } from '../calling/read-queue.js';
import { readTicket, type Ticket } from '../calling/read-ticket.js';
import { statusWords } from '../reading/status-words.js';

/** What shall stand in the ticket, in RT's words; what is missing stays. */
interface Wanted {
  status?: string;
  /** '' for nobody. */
  owner?: string;
  queueId?: string;
  priority?: number;
  tags?: string[];
}

/**
 * Makes the change and reads it again: RT answers 200 to what it has refused, and does not always do so
 * for good. @returns the ticket as it is then
 * @throws FailedCall
 */
export async function updateTicket(
  tracker: Tracker,
  ticket: Ticket,
  change: TicketChange,
  idempotencyKey: string,
): Promise<Ticket> {
  const { wanted, unknown } = await translate(tracker, ticket, change);
  // The queue first: it decides which statuses and owners there are.
  const { queueId, ...rest } = missingIn(ticket, wanted, tracker);
  if (queueId !== undefined) await put(tracker, ticket.id, { queueId });
  if (Object.keys(rest).length > 0) await put(tracker, ticket.id, rest, tracker.settings.tagsField);
  if (queueId === undefined && Object.keys(rest).length === 0) {
    if (unknown !== undefined) throw new FailedCall(unknown);
    return ticket;
  }
  const reading = await readTicket(tracker, ticket.id);
  if (reading.outcome !== 'there') return ticket;
  const left = missingIn(reading.ticket, wanted, tracker);
  if (Object.keys(left).length > 0) {
    const outcome = tracker.mayPass(`change:${idempotencyKey}`) ? 'retry' : 'refused';
    throw new FailedCall({ ...explain(left, tracker), outcome });
  }
  if (unknown !== undefined) throw new FailedCall(unknown);
  return reading.ticket;
}

/** `unknown`: who it is for is not known in RT; the rest of the change is made all the same. */
async function translate(
  tracker: Tracker,
  ticket: Ticket,
  change: TicketChange,
): Promise<{ wanted: Wanted; unknown?: FailedSend }> {
  const { settings } = tracker;
  const wanted: Wanted = {};
  if (change.status !== undefined) {
    const word = wordFor(statusWords, settings, change.status);
    // A ticket in another status that means the same stays in it.
    if (word !== undefined && settings.statuses[ticket.status] !== change.status) wanted.status = word;
  }
  if (change.priority !== undefined) wanted.priority = settings.priorities[change.priority];
  if (change.addTags !== undefined && change.addTags.length > 0 && settings.tagsField !== '')
    wanted.tags = change.addTags;
  if (change.assignee === null) wanted.owner = '';
  else if (change.assignee !== undefined && 'agentEmail' in change.assignee) {
    const { agentEmail } = change.assignee;
    const agent = await findAgent(tracker, agentEmail);
    if (agent === undefined) return { wanted, unknown: unknownAgent };
    wanted.owner = agent.name;
  } else if (change.assignee !== undefined) {
    const queueId = await findTeam(tracker, change.assignee.team);
    if (queueId === undefined) return { wanted, unknown: unknownTeam };
    wanted.queueId = queueId;
    wanted.owner = '';
  }
  return { wanted };
}

async function findTeam(tracker: Tracker, team: string): Promise<string | undefined> {
  const named = await readQueue(tracker, team);
  const same = (name: string): boolean => name.toLowerCase() === team.toLowerCase();
  // RT takes a number for a queue's number; a team is meant by its name.
  if (named !== undefined && same(named.name)) return named.id;
  return (await listQueues(tracker)).find(({ name }) => same(name))?.id;
}

function missingIn(ticket: Ticket, wanted: Wanted, { settings }: Tracker): Wanted {
  const missing: Wanted = {};
  if (wanted.status !== undefined && wanted.status !== ticket.status) missing.status = wanted.status;
  if (wanted.owner !== undefined && wanted.owner !== (ticket.owner ?? '')) missing.owner = wanted.owner;
  if (wanted.queueId !== undefined && wanted.queueId !== ticket.queueId) missing.queueId = wanted.queueId;
  if (wanted.priority !== undefined && wanted.priority !== ticket.priority)
    missing.priority = wanted.priority;
  if (wanted.tags !== undefined) {
    const tags = ticket.fields[settings.tagsField] ?? [];
    if (wanted.tags.some((tag) => !tags.includes(tag)))
      missing.tags = [...new Set([...tags, ...wanted.tags])];
  }
  return missing;
}

async function put(tracker: Tracker, ticketId: string, wanted: Wanted, tagsField = ''): Promise<void> {
  const { status, owner, queueId, priority, tags } = wanted;
  const json = {
    ...(status === undefined ? {} : { Status: status }),
    ...(owner === undefined ? {} : { Owner: owner === '' ? 'Nobody' : owner }),
    ...(queueId === undefined ? {} : { Queue: queueId }),
    ...(priority === undefined ? {} : { Priority: priority }),
    ...(tags === undefined ? {} : { CustomFields: { [tagsField]: tags } }),
  };
  await tracker.rest('PUT', `/ticket/${ticketId}`, { json, repeatable: true });
}

const unknownAgent = {
  outcome: 'refused' as const,
  code: 'agent_unknown',
  message:
    'Request Tracker has no privileged user with this e-mail address. Create one, or map the agent in policy.agents.',
};

const unknownTeam = {
  outcome: 'refused' as const,
  code: 'team_unknown',
  message:
    'Request Tracker has no queue of this name that the bridge’s user may see. A team is a queue there.',
};

/** What RT has not done, and what it may be for. */
function explain(left: Wanted, { settings }: Tracker) {
  const reasons = [
    left.status === undefined
      ? ''
      : `The status “${left.status}” was not set: the queue’s lifecycle does not know it, or does not allow the step; see “statuses” in the settings.`,
    left.owner === undefined
      ? ''
      : 'The owner was not set: the agent needs the right OwnTicket on the queue, the bridge’s user ModifyTicket and ReassignTicket.',
    left.queueId === undefined
      ? ''
      : 'The ticket was not moved: the bridge’s user needs ModifyTicket here and CreateTicket there.',
    left.priority === undefined ? '' : 'The priority was not set: the bridge’s user needs ModifyTicket.',
    left.tags === undefined
      ? ''
      : `The tags were not set: the custom field “${settings.tagsField}” must apply to the queue, take many values, and the bridge’s user needs ModifyCustomField.`,
  ];
  return {
    code: 'change_refused',
    message: reasons.filter((reason) => reason !== '').join(' '),
  };
}
