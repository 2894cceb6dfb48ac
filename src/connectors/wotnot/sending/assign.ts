import type { SendOutcome } from '../../connector.js';
import { type Call, callWotNot } from './call-wotnot.js';

export interface Assignment {
  conversationId: string;
  by: string;
  to: { agent: string } | { team: string };
  /** In whose name to assign when `by` and `to` are the same person, which WotNot refuses. */
  actingAgentEmail: string | undefined;
}

/** Hands a conversation to an agent or a team. That it is there already is as good as done. */
export async function assign({ client, options }: Call, assignment: Assignment): Promise<SendOutcome> {
  const { conversationId, to, actingAgentEmail } = assignment;
  if ('team' in to) {
    const team = { by: assignment.by, to: to.team };
    return callWotNot(() => client.assignTeam({ conversation_id: conversationId, team }, options), {
      mayBeSent: false,
    });
  }
  const toSelf = assignment.by === to.agent;
  const by = toSelf && actingAgentEmail !== undefined ? actingAgentEmail : assignment.by;
  const user = { by, to: to.agent };
  const outcome = await callWotNot(
    () => client.assignUser({ conversation_id: conversationId, user }, options),
    { mayBeSent: false },
  );
  if (!isAssignedAlready(outcome)) return outcome;
  // "By and To user are same" says nothing of who has the conversation when both are one person.
  if (by === to.agent) return { ...outcome, message: nobodyElseActs };
  return { outcome: 'delivered' };
}

/** What the operator can do about an agent whom nobody else can hand a conversation to. */
export const nobodyElseActs =
  'WotNot lets nobody assign a conversation to themselves. Set actingAgentEmail on the connection to another agent’s address.';

function isAssignedAlready(outcome: SendOutcome): outcome is Extract<SendOutcome, { outcome: 'refused' }> {
  return outcome.outcome === 'refused' && outcome.code === 'ASSIGNEE_CHANGE_EXCEPTION';
}
