import type { Principal } from '../access/principal.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

export interface ActingAgent {
  email: string;
  name: string;
}

/**
 * Who does it: an agent itself, or the agent for whom a program says it acts. A program that does not say
 * acts for the agent who has the conversation, else for the workspace's first agent.
 */
export async function findActingAgent(
  deps: Pick<DeskDeps, 'findAgent' | 'findFirstAgent' | 'list'>,
  principal: Principal,
  by: string | undefined,
  conversationId?: string,
): Promise<DeskAnswer<ActingAgent>> {
  if (principal.type === 'agent') {
    if (by !== undefined && by !== principal.email)
      return refused('forbidden', 'An agent can act for itself only.');
    return done({ email: principal.email, name: principal.name });
  }
  if (by === undefined) return findDefaultAgent(deps, principal, conversationId);
  const agent = await deps.findAgent(principal.scope, by);
  if (agent === undefined || agent.disabledAt !== undefined) {
    return refused('agent_unknown', 'No agent of this workspace has that e-mail address.');
  }
  return done({ email: agent.email, name: agent.name });
}

export async function findDefaultAgent(
  deps: Pick<DeskDeps, 'findAgent' | 'findFirstAgent' | 'list'>,
  { scope }: Pick<Principal, 'scope'>,
  conversationId: string | undefined,
): Promise<DeskAnswer<ActingAgent>> {
  const conversation = conversationId === undefined ? undefined : await deps.list.read(scope, conversationId);
  const assignee =
    conversation?.assignee.type === 'agent'
      ? await deps.findAgent(scope, conversation.assignee.email)
      : undefined;
  const agent =
    assignee?.disabledAt === undefined && assignee !== undefined
      ? assignee
      : await deps.findFirstAgent(scope);
  if (agent === undefined) {
    return refused(
      'agent_required',
      'This workspace has no agent yet: create one, or say for whom: by, an e-mail address.',
    );
  }
  return done({ email: agent.email, name: agent.name });
}
