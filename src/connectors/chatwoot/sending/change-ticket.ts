import type { TicketChange } from '../../../domain/desk-order.js';
import type { TicketAssignee, TicketState } from '../../../domain/ticket.js';
import { FailedCall, statusOf, wordFor } from '../../desk-kit/index.js';
import { agents, assigned, labels, statusToggle, teams } from '../calling/answers.js';
import type { ChatwootClient } from '../calling/open-client.js';
import { priorityWords, statusWords } from '../reading/ticket-state.js';

/** Makes each change by its own call; all of them can be made twice. @returns what the ticket's state is then */
export async function changeTicket(
  client: ChatwootClient,
  path: string,
  change: TicketChange,
): Promise<TicketState> {
  const state: TicketState = {};
  if (change.assignee !== undefined) state.assignee = await assign(client, path, change.assignee);
  if (change.priority !== undefined) {
    await setPriority(client, path, change.priority);
    state.priority = change.priority;
  }
  if (change.addTags !== undefined && change.addTags.length > 0)
    await addLabels(client, path, change.addTags);
  if (change.status !== undefined) {
    const status = await setStatus(client, path, change.status);
    if (status !== undefined) state.status = status;
  }
  return state;
}

async function setStatus(
  client: ChatwootClient,
  path: string,
  status: NonNullable<TicketChange['status']>,
): Promise<TicketState['status']> {
  const word = wordFor(statusWords, client.settings, status);
  if (word === undefined) return undefined;
  const json = { status: word };
  await client.ask(statusToggle, { method: 'POST', path: `${path}/toggle_status`, json, repeatable: true });
  return statusOf(statusWords, client.settings, word);
}

async function setPriority(
  client: ChatwootClient,
  path: string,
  priority: NonNullable<TicketChange['priority']>,
): Promise<void> {
  const json = { priority: priorityWords[priority] };
  // Its answer has no body.
  await client.look({ method: 'POST', path: `${path}/toggle_priority`, json, repeatable: true });
}

/** Setting labels replaces all of them: those that are there are sent again. */
async function addLabels(client: ChatwootClient, path: string, tags: readonly string[]): Promise<void> {
  const { payload } = await client.ask(labels, { method: 'GET', path: `${path}/labels` });
  const all = [...new Set([...payload, ...tags])];
  if (all.length === payload.length) return;
  await client.ask(labels, {
    method: 'POST',
    path: `${path}/labels`,
    json: { labels: all },
    repeatable: true,
  });
}

async function assign(
  client: ChatwootClient,
  path: string,
  assignee: Exclude<TicketChange['assignee'], undefined>,
): Promise<TicketAssignee> {
  if (assignee === null) {
    await setAssignee(client, path, { assignee_id: 0 });
    await setAssignee(client, path, { team_id: 0 });
    return null;
  }
  if ('agentEmail' in assignee) {
    const { id, email, name } = await findAgent(client, assignee.agentEmail);
    await client.ask(assigned, assignment(path, { assignee_id: id }));
    return { agent: { email, externalId: String(id), ...(name ? { name } : {}) } };
  }
  const { id, name } = await findTeam(client, assignee.team);
  // A team's ticket is nobody's until one of the team takes it.
  await setAssignee(client, path, { assignee_id: 0 });
  await client.ask(assigned, assignment(path, { team_id: id }));
  return { team: { name, externalId: String(id) } };
}

/** 0 is nobody's id; the answer is `null` then. */
async function setAssignee(client: ChatwootClient, path: string, json: Record<string, 0>): Promise<void> {
  await client.look(assignment(path, json));
}

const assignment = (path: string, json: Record<string, number>) => ({
  method: 'POST' as const,
  path: `${path}/assignments`,
  json,
  repeatable: true,
});

async function findAgent(client: ChatwootClient, email: string) {
  const all = await client.ask(agents, { method: 'GET', path: '/agents' });
  const found = all.find((agent) => agent.email === email.toLowerCase());
  if (found !== undefined) return found;
  const message = `Chatwoot has no agent ${email}. Add them to its account, or name another in policy.agents.`;
  throw new FailedCall({ outcome: 'refused', code: 'agent_unknown', message });
}

async function findTeam(client: ChatwootClient, name: string) {
  const all = await client.ask(teams, { method: 'GET', path: '/teams' });
  // Chatwoot writes the names of its teams in lower case.
  const found = all.find((team) => team.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const message = `Chatwoot has no team “${name}”. Create it there under Settings → Teams, or name another.`;
  throw new FailedCall({ outcome: 'refused', code: 'team_unknown', message });
}
