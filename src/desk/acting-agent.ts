import type { Principal } from '../access/principal.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

export interface ActingAgent {
  email: string;
  name: string;
}

/** Who does it: an agent itself, or the agent for whom a program says it acts. */
export async function findActingAgent(
  deps: Pick<DeskDeps, 'findAgent'>,
  principal: Principal,
  by: string | undefined,
): Promise<DeskAnswer<ActingAgent>> {
  if (principal.type === 'agent') {
    if (by !== undefined && by !== principal.email)
      return refused('forbidden', 'An agent can act for itself only.');
    return done({ email: principal.email, name: principal.name });
  }
  if (by === undefined) return refused('agent_required', 'Say for which agent: by, an e-mail address.');
  const agent = await deps.findAgent(principal.scope, by);
  if (agent === undefined || agent.disabledAt !== undefined) {
    return refused('agent_unknown', 'No agent of this workspace has that e-mail address.');
  }
  return done({ email: agent.email, name: agent.name });
}
