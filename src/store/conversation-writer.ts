import type { ConversationChange } from './conversation-change.js';
import { statementOf, type WrittenRow } from './conversation-statement.js';
import type { Database } from './database.js';
import type { Prisma } from './generated/client.js';
import type { DeliveryLane, Nudges } from './nudges.js';
import { viewsOf, type WrittenFacts } from './written-facts.js';

export interface ConversationWriter {
  /**
   * Writes the changes in one statement; each of them whole, or not at all when its conversation has
   * changed since it was read, or when another has projected its events: they were read before the
   * conversation was, so that its version alone does not tell. Nudges whoever has something to do now.
   * @returns for each change whether it was written
   */
  write(changes: ConversationChange[]): Promise<boolean[]>;
}

export function createConversationWriter(
  database: Pick<Database, 'prisma'> | { prisma: Prisma.TransactionClient },
  nudges: Nudges,
): ConversationWriter {
  return {
    async write(changes) {
      if (changes.length === 0) return [];
      const sorted = changes
        .map((change, index) => ({ change, index }))
        // One order for all writers, so that none waits for another in a circle.
        .sort((a, b) => (a.change.row.id < b.change.row.id ? -1 : 1));
      const rows = await database.prisma.$queryRaw<WrittenRow[]>(
        statementOf(sorted.map(({ change }) => change)),
      );
      const written = new Set(rows.map((row) => row.id));
      const done = changes.filter((change) => written.has(change.row.id));
      nudges.send('written', placedFacts(done, rows));
      nudges.send('facts', [
        ...new Set(done.filter((c) => c.facts.length > 0).map((c) => c.row.workspace_id)),
      ]);
      nudges.send('delivery', done.flatMap(lanesOf));
      return changes.map((change) => written.has(change.row.id));
    },
  };
}

/** A single change's facts, where their places are known and all that they name is at hand. */
function placedFacts([change, ...others]: ConversationChange[], rows: WrittenRow[]): WrittenFacts[] {
  if (change === undefined || others.length > 0) return [];
  const placed = new Map(rows.map((row) => [row.seq, row]));
  const last = placed.get(change.row.last_seq);
  if (last === undefined || last.place === null || last.after === null) return [];
  const facts = viewsOf(change, (seq) => placed.get(seq)?.place ?? '');
  if (facts === undefined) return [];
  return [{ workspaceId: change.row.workspace_id, after: last.after, cursor: last.place, facts }];
}

function lanesOf(change: ConversationChange): DeliveryLane[] {
  const connections = new Set([
    ...change.deliveries.map((delivery) => delivery.connectionId),
    ...change.wokenLanes,
  ]);
  return [...connections].map((connectionId) => ({
    workspaceId: change.row.workspace_id,
    connectionId,
    conversationId: change.row.id,
  }));
}
