import type { AgentView } from '../../domain/views.js';
import type { Session } from '../commands.js';

export function presentSession(session: {
  token: string;
  expiresAt: Date;
  workspace: { id: string; name: string };
  agent: AgentView;
}): Session {
  return {
    token: session.token,
    expiresAt: session.expiresAt.toISOString(),
    workspace: { id: session.workspace.id, name: session.workspace.name },
    agent: { id: session.agent.id, email: session.agent.email, name: session.agent.name },
  };
}
