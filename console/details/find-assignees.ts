import type { Assign } from '../../src/contract/index.js';
import type { Desk } from '../desk/create-desk.js';

export interface Choice {
  key: string;
  name: string;
  under: string;
  kind: 'agent' | 'team';
  to: Assign;
}

/** Who could take a conversation: oneself first, then those known here, and whoever is typed in whole. */
export function findAssignees(desk: Desk, words: string): Choice[] {
  const { me } = desk;
  const people = new Map([[me.email, me.name]]);
  for (const agent of desk.agents.value)
    if (agent.disabledAt === undefined) people.set(agent.email, agent.name);
  for (const { assignee } of desk.list.known.value.values()) {
    if (assignee.type === 'agent' && !people.has(assignee.email))
      people.set(assignee.email, assignee.name ?? assignee.email);
  }
  const known = [
    ...[...people].map(([email, name]) => agentChoice(email, email === me.email ? `${name} (you)` : name)),
    ...desk.teams.value.map(teamChoice),
  ];
  const wanted = words.trim().toLowerCase();
  const fitting = known.filter(({ name, under }) => `${name} ${under}`.toLowerCase().includes(wanted));
  return [...fitting, ...typedIn(words.trim(), known)];
}

function typedIn(words: string, known: readonly Choice[]): Choice[] {
  if (words === '') return [];
  const isEmail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(words);
  const choice = isEmail ? agentChoice(words.toLowerCase(), words) : teamChoice(words);
  return known.some(({ key }) => key === choice.key) ? [] : [choice];
}

const agentChoice = (email: string, name: string): Choice => ({
  key: `agent ${email}`,
  name,
  under: email,
  kind: 'agent',
  to: { agent: email },
});

const teamChoice = (team: string): Choice => ({
  key: `team ${team.toLowerCase()}`,
  name: team,
  under: 'Team',
  kind: 'team',
  to: { team },
});
