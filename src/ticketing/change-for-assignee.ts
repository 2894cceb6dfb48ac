import type { Assignee } from '../domain/conversation.js';
import type { TicketChange } from '../domain/desk-order.js';
import type { DeskPolicy } from '../domain/desk-policy.js';
import type { TicketState } from '../domain/ticket.js';

/**
 * Who shall have the ticket when the conversation is somebody's; undefined when it is so already, or when
 * it is none of the desk's business (a bot has it, or a team that the desk is not to hear of).
 */
export function changeForAssignee(
  assignee: Assignee,
  policy: DeskPolicy,
  known: TicketState,
): TicketChange['assignee'] | undefined {
  switch (assignee.type) {
    case 'agent': {
      const agentEmail = deskEmailOf(assignee.email, policy);
      const has = known.assignee;
      return has !== undefined && has !== null && 'agent' in has && has.agent.email === agentEmail
        ? undefined
        : { agentEmail };
    }
    case 'team': {
      const team = deskTeamOf(assignee.team, policy);
      const has = known.assignee;
      return team === '' || (has !== undefined && has !== null && 'team' in has && has.team.name === team)
        ? undefined
        : { team };
    }
    case 'bot':
    case 'nobody':
      return undefined;
  }
}

/** The desk's address of an agent of WotNot. */
export function deskEmailOf(email: string, policy: DeskPolicy): string {
  return Object.entries(policy.agents).find(([, chat]) => chat === email)?.[0] ?? email;
}

/** WotNot's address of an agent of the desk. */
export const chatEmailOf = (email: string, policy: DeskPolicy): string => policy.agents[email] ?? email;

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The desk's name of a team of WotNot; '' when the desk is not to hear of it. */
export const deskTeamOf = (team: string, policy: DeskPolicy): string =>
  Object.entries(policy.teams).find(([chat]) => isSameName(chat, team))?.[1] ?? team;

/** WotNot's name of a team of the desk: of several, the first. */
export const chatTeamOf = (team: string, policy: DeskPolicy): string =>
  Object.entries(policy.teams).find(([, desk]) => isSameName(desk, team))?.[0] ?? team;
