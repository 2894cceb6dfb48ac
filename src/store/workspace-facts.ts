import type { ConversationFact } from '../domain/facts.js';
import type { Database } from './database.js';
import type { Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';

/** Facts about the workspace itself, numbered under the workspace's own row. */
export interface WorkspaceFacts {
  append(scope: WorkspaceScope, fact: ConversationFact): Promise<void>;
}

export function createWorkspaceFacts(database: Database, nudges: Nudges): WorkspaceFacts {
  return {
    async append(scope, fact) {
      await database.prisma.$executeRaw`
        WITH numbered AS (
          UPDATE workspaces SET last_seq = last_seq + 1 WHERE id = ${scope.workspaceId} RETURNING id, last_seq
        )
        INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
        SELECT id, id, last_seq, ${fact.type}, ${JSON.stringify(fact.data)}::jsonb, now() FROM numbered`;
      nudges.send('facts', [scope.workspaceId]);
    },
  };
}
