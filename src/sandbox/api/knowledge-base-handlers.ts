import type { WotNotRequest } from '../../wotnot/index.js';
import { newKey } from '../new-key.js';
import { nextNumber } from '../records.js';
import type { KnowledgeBase } from '../rows.js';
import { timestamp } from '../timestamp.js';
import type { World } from '../world.js';
import { refuse, succeed } from './api-answer.js';
import type { ApiRequest, Handler } from './api-request.js';
import { trainSource } from './train-source.js';

/** The plan's limits. */
const mostKnowledgeBases = 5;
const mostUrls = 20;

const tooManyUrls = refuse('BAD_REQUEST', { message: `Maximum urls allowed ${mostUrls}` });

function findKnowledgeBase(world: World, request: ApiRequest): KnowledgeBase | undefined {
  return world.records.knowledgeBases.get(request.parameters['knowledge_base_id'] ?? '');
}

const spell = (iso: string | null): string | null => (iso === null ? null : timestamp(iso));

export const createKnowledgeBase: Handler = (world, request) => {
  const { name } = request.body as WotNotRequest<'create-knowledge-base'>;
  const { knowledgeBases } = world.records;
  if (knowledgeBases.size >= mostKnowledgeBases) return refuse('MAX_KNOWLEDGE_BASE_COUNT_EXCEEDED');
  const id = nextNumber(world.records, 'knowledge-base', 876);
  knowledgeBases.put(String(id), { id, name });
  const message = 'Knowledge base has been created.';
  return succeed({ id, message, code: 'CREATE_KNOWLEDGE_BASE_SUCCESS_MESSAGE' });
};

export const addWebpages: Handler = (world, request) => {
  const { urls } = request.body as WotNotRequest<'add-webpages'>;
  const base = findKnowledgeBase(world, request);
  if (!base) return refuse('RESOURCE_NOT_FOUND');
  if (urls.length > mostUrls) return tooManyUrls;
  const sources = urls.map((url) => {
    const source = trainSource(world, { knowledgeBaseId: base.id, name: url, type: 'url', source: url });
    return {
      knowledge_base_id: String(base.id),
      id: source.id,
      name: url,
      source_type: 'url',
      token: 0,
      refresh_frequency: null,
      last_trained_at: null,
      status: source.status,
      type: 'url',
      created_at: timestamp(source.createdAt),
      created_by: { id: 2, name: 'System' },
    };
  });
  return succeed({ data_sources: sources });
};

export const addDomain: Handler = (world, request) => {
  const { url } = request.body as WotNotRequest<'add-domain'>;
  const base = findKnowledgeBase(world, request);
  if (!base) return refuse('RESOURCE_NOT_FOUND');
  const id = nextNumber(world.records, 'domain', 8);
  world.records.domains.put(String(id), { id, knowledgeBaseId: base.id, url });
  trainSource(world, { knowledgeBaseId: base.id, name: url, type: 'url', source: url, domainId: id });
  return succeed({ domain_id: id, request_id: newKey() });
};

export const deleteDataSources: Handler = (world, request) => {
  const { data_sources: ids } = request.body as WotNotRequest<'delete-data-sources'>;
  const base = findKnowledgeBase(world, request);
  const { dataSources } = world.records;
  const own = ids.map((id) => dataSources.get(String(id)));
  if (!base || own.some((source) => source?.knowledgeBaseId !== base.id)) return refuse('RESOURCE_NOT_FOUND');
  for (const id of ids) dataSources.remove(String(id));
  return succeed();
};

export const getTrainingStatus: Handler = (world, request) => {
  const ids = (request.query.get('source_ids') ?? '').split(',').filter((id) => id !== '');
  const sources = ids.flatMap((id) => {
    const source = world.records.dataSources.get(id.trim());
    if (!source) return [];
    const { name, status, knowledgeBaseId } = source;
    return [{ id: source.id, name, status, knowledge_base_id: knowledgeBaseId }];
  });
  return succeed({ sources });
};

export const getKnowledgeBase: Handler = (world, request) => {
  const base = findKnowledgeBase(world, request);
  if (!base) return refuse('RESOURCE_NOT_FOUND', { without: ['status'] });
  const body = request.body as { limit?: number; offset?: number };
  const asked = (name: 'limit' | 'offset', otherwise: number): number =>
    body[name] ??
    (/^\d{1,6}$/.test(request.query.get(name) ?? '') ? Number(request.query.get(name)) : otherwise);
  const limit = asked('limit', 100);
  const offset = asked('offset', 0);
  const all = world.records.dataSources.of(String(base.id));
  // The page's sample asks for the first hundred with offset 1: the offset counts pages, from one.
  const start = Math.max(0, offset - 1) * limit;
  const rows = all.slice(start, start + limit).map((source) => ({
    id: source.id,
    name: source.name,
    source: source.source,
    token: source.tokens,
    domain_id: source.domainId,
    refresh_frequency: null,
    last_trained_at: spell(source.trainedAt),
    status: source.status,
    failed_reason: source.failedReason,
    type: source.type,
    created_at: timestamp(source.createdAt),
    created_by: 2,
    user_name: 'System',
  }));
  const trained = all.map(({ trainedAt }) => trainedAt ?? '').sort();
  return succeed({
    id: base.id,
    name: base.name,
    total_tokens: all.reduce((sum, source) => sum + source.tokens, 0),
    total_data_sources: all.length,
    data_source: rows,
    domains: world.records.domains.of(String(base.id)).map(({ id, url }) => ({ id, url })),
    pagination: { limit, offset, total: all.length },
    last_trained_at: spell(trained.at(-1) || null),
  });
};
