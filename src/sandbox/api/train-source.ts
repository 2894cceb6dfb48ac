import { nextNumber } from '../records.js';
import type { DataSource } from '../rows.js';
import type { World } from '../world.js';

export interface NewSource {
  knowledgeBaseId: number;
  name: string;
  type: DataSource['type'];
  source: string;
  domainId?: number;
}

/** A page that does not exist: its address says so, or its host is one that never resolves. */
function isMissing(source: NewSource): boolean {
  return (
    source.type === 'url' &&
    (/404|missing|not-found/i.test(source.source) || /\.invalid(\/|:|$)/.test(source.source))
  );
}

/** Add a data source; it trains for a little while, then it is trained or has failed. Nothing is really read. */
export function trainSource(world: World, given: NewSource): DataSource {
  const id = nextNumber(world.records, 'data-source', 330_783);
  const source = world.records.dataSources.put(String(id), {
    id,
    knowledgeBaseId: given.knowledgeBaseId,
    name: given.name,
    type: given.type,
    source: given.source,
    domainId: given.domainId ?? null,
    tokens: 0,
    trainedAt: null,
    failedReason: null,
    status: 'in-progress',
    createdAt: world.now().toISOString(),
  });
  world.timers.after(world.trainingMs, () => finishTraining(world, source, isMissing(given)));
  return source;
}

function finishTraining(world: World, source: DataSource, isMissingPage: boolean): void {
  if (!world.records.dataSources.get(String(source.id))) return;
  const outcome: Partial<DataSource> = isMissingPage
    ? { status: 'failed', failedReason: 'The page could not be found.' }
    : {
        status: 'trained',
        trainedAt: world.now().toISOString(),
        tokens: Math.ceil(source.source.length / 4),
      };
  world.records.dataSources.put(String(source.id), { ...source, ...outcome });
}
