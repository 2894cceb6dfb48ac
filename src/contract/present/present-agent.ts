import type { AgentView } from '../../domain/views.js';
import type { Agent } from '../resources.js';

export function presentAgent(view: AgentView): Agent {
  return {
    id: view.id,
    email: view.email,
    name: view.name,
    createdAt: view.createdAt.toISOString(),
    ...(view.disabledAt === undefined ? {} : { disabledAt: view.disabledAt.toISOString() }),
  };
}
