import { newId } from '../domain/ids.js';
import type { AgentView } from '../domain/views.js';
import type { Database } from './database.js';
import type { Agent } from './generated/client.js';
import type { Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';

export type AgentCreation = { outcome: 'created' | 'already_exists'; agent: AgentView };

/** The humans who answer. Disabled ones stay: messages name them. */
export interface AgentStore {
  /** In order of their names. */
  list(scope: WorkspaceScope): Promise<AgentView[]>;
  /** By e-mail, in lower case; disabled ones too. */
  findByEmail(scope: WorkspaceScope, email: string): Promise<AgentView | undefined>;
  /** The first one made of those who are not disabled. */
  findFirst(scope: WorkspaceScope): Promise<AgentView | undefined>;
  /** E-mails are unique within the workspace, in lower case. A disabled agent of that e-mail comes back. */
  create(scope: WorkspaceScope, agent: { email: string; name: string }): Promise<AgentCreation>;
  /** Ends the agent's sessions and sign-in links too. */
  disable(scope: WorkspaceScope, agentId: string): Promise<AgentView | undefined>;
}

export function createAgentStore({ prisma }: Database, nudges: Pick<Nudges, 'send'>): AgentStore {
  return {
    async list({ workspaceId }) {
      const rows = await prisma.agent.findMany({
        where: { workspaceId },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      });
      return rows.map(agentView);
    },

    async findByEmail({ workspaceId }, email) {
      const agent = await prisma.agent.findUnique({ where: { workspaceId_email: { workspaceId, email } } });
      return agent === null ? undefined : agentView(agent);
    },

    async findFirst({ workspaceId }) {
      const agent = await prisma.agent.findFirst({
        where: { workspaceId, disabledAt: null },
        orderBy: { id: 'asc' },
      });
      return agent === null ? undefined : agentView(agent);
    },

    async create({ workspaceId }, { email, name }) {
      const address = email.trim().toLowerCase();
      const id = newId('agent');
      const created = await prisma.$executeRaw`
        INSERT INTO agents (workspace_id, id, email, name) VALUES (${workspaceId}, ${id}, ${address}, ${name})
        ON CONFLICT (workspace_id, email) DO UPDATE SET name = excluded.name, disabled_at = NULL
        WHERE agents.disabled_at IS NOT NULL`;
      const agent = await prisma.agent.findUniqueOrThrow({
        where: { workspaceId_email: { workspaceId, email: address } },
      });
      return { outcome: created > 0 ? 'created' : 'already_exists', agent: agentView(agent) };
    },

    async disable({ workspaceId }, agentId) {
      const [agent] = await prisma.$transaction(async (transaction) => {
        const agents = await transaction.agent.updateManyAndReturn({
          where: { workspaceId, id: agentId, disabledAt: null },
          data: { disabledAt: new Date() },
        });
        await transaction.agentSession.updateMany({
          where: { workspaceId, agentId, revokedAt: null },
          data: { revokedAt: new Date() },
        });
        await transaction.signInCode.deleteMany({ where: { workspaceId, agentId } });
        return agents;
      });
      nudges.send('access', [workspaceId]);
      if (agent !== undefined) return agentView(agent);
      const disabled = await prisma.agent.findUnique({
        where: { workspaceId_id: { workspaceId, id: agentId } },
      });
      return disabled === null ? undefined : agentView(disabled);
    },
  };
}

function agentView(row: Agent): AgentView {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    createdAt: row.createdAt,
    ...(row.disabledAt === null ? {} : { disabledAt: row.disabledAt }),
  };
}
