import type { TicketChange } from '../../../domain/desk-order.js';
import type { TicketState } from '../../../domain/ticket.js';
import { statusOf, wordFor } from '../../desk-kit/index.js';
import { type FreshdeskTicket, ticket } from '../calling/answers.js';
import type { FreshdeskClient } from '../calling/open-client.js';
import { findAgent, findGroup } from '../calling/people-of.js';
import { priorityNumbers, statusWords } from '../reading/ticket-state.js';

export interface PlannedChange {
  /** As Freshdesk's fields. */
  fields: Record<string, unknown>;
  state: TicketState;
}

/** Makes all changes by one call, which can be made twice. @returns what the ticket's state is then */
export async function changeTicket(
  client: FreshdeskClient,
  found: FreshdeskTicket,
  change: TicketChange,
): Promise<TicketState> {
  const { fields, state } = await planChange(client, change, found.tags ?? []);
  if (Object.keys(fields).length === 0) return state;
  const call = { method: 'PUT' as const, path: `/tickets/${found.id}`, json: fields, repeatable: true };
  await client.ask(ticket, call);
  return state;
}

/** `tags`: those that are there, as setting tags replaces all of them. */
export async function planChange(
  client: FreshdeskClient,
  change: TicketChange,
  tags: readonly string[],
): Promise<PlannedChange> {
  const fields: Record<string, unknown> = {};
  const state: TicketState = {};
  const word = change.status === undefined ? undefined : wordFor(statusWords, client.settings, change.status);
  if (word !== undefined) {
    fields['status'] = Number(word);
    const status = statusOf(statusWords, client.settings, word);
    if (status !== undefined) state.status = status;
  }
  if (change.priority !== undefined) {
    fields['priority'] = priorityNumbers[change.priority];
    state.priority = change.priority;
  }
  if (change.addTags !== undefined && change.addTags.length > 0) {
    fields['tags'] = [...new Set([...tags, ...change.addTags])];
  }
  if (change.assignee !== undefined) await planAssignee(client, change.assignee, fields, state);
  return { fields, state };
}

async function planAssignee(
  client: FreshdeskClient,
  assignee: Exclude<TicketChange['assignee'], undefined>,
  fields: Record<string, unknown>,
  state: TicketState,
): Promise<void> {
  if (assignee === null) {
    Object.assign(fields, { responder_id: null, group_id: null });
    state.assignee = null;
  } else if ('agentEmail' in assignee) {
    const { id, email, name } = await findAgent(client, assignee.agentEmail);
    fields['responder_id'] = id;
    state.assignee = { agent: { email, externalId: String(id), ...(name === undefined ? {} : { name }) } };
  } else {
    const { id, name } = await findGroup(client, assignee.team);
    // A group's ticket is nobody's until one of the group takes it.
    Object.assign(fields, { group_id: id, responder_id: null });
    state.assignee = { team: { name, externalId: String(id) } };
  }
}
