import { setTimeout as pause } from 'node:timers/promises';
import type { WotNotClient } from '../../wotnot/index.js';
import { CommandError } from '../command-error.js';
import type { World } from '../world.js';

export interface TrainedSource {
  id: string;
  name?: string | null | undefined;
  status: string;
}

const FIRST_PAUSE_MILLISECONDS = 250;
const LONGEST_PAUSE_MILLISECONDS = 5_000;

/** Asks until no data source trains any more, and says each change. */
export async function waitForTraining(
  world: World,
  client: WotNotClient,
  answer: unknown,
  seconds: number,
): Promise<TrainedSource[]> {
  const look = lookFor(client, answer);
  const deadline = performance.now() + seconds * 1_000;
  const told = new Map<string, string>();
  for (let wait = FIRST_PAUSE_MILLISECONDS; ; wait = Math.min(wait * 1.5, LONGEST_PAUSE_MILLISECONDS)) {
    const sources = await look();
    for (const { id, name, status } of sources) {
      if (told.get(id) !== status) world.complain(`${id}  ${status}  ${name ?? ''}`.trimEnd());
      told.set(id, status);
    }
    if (sources.length > 0 && sources.every(({ status }) => hasEnded(status))) return sources;
    if (performance.now() + wait > deadline)
      throw new CommandError(`The training has not ended within ${seconds} seconds; it goes on.`);
    await pause(wait);
  }
}

export const hasFailed = ({ status }: TrainedSource): boolean => /fail|error/i.test(status);

const hasEnded = (status: string): boolean => /^trained$|^completed?$|fail|error/i.test(status);

/** A domain's pages are known by its knowledge base only; everything else has ids to ask for. */
function lookFor(client: WotNotClient, answer: unknown): () => Promise<TrainedSource[]> {
  const { domain_id: domainId, knowledge_base_id: baseId } = answer as Record<string, unknown>;
  if (typeof domainId === 'string') {
    return async () => {
      const base = await client.getKnowledgeBase({ knowledge_base_id: String(baseId) });
      return base.data_source.filter((source) => source.domain_id === domainId);
    };
  }
  const ids = findSourceIds(answer);
  if (ids.length === 0) throw new CommandError('The answer names no data source to wait for.');
  return async () => (await client.getTrainingStatus({ source_ids: ids })).sources;
}

/** Sources come as a list, or as a list under each name that was uploaded. */
function findSourceIds(answer: unknown): string[] {
  const { sources, data_sources: added } = answer as Record<string, unknown>;
  const lists = [sources, added].flatMap((found) => {
    if (Array.isArray(found)) return [found as unknown];
    return typeof found === 'object' && found !== null ? (Object.values(found) as unknown[]) : [];
  });
  return lists.flatMap((list) => (list as { id: string }[]).map(({ id }) => id));
}
