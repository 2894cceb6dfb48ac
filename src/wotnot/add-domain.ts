import { z } from 'zod';
import { givenId, receivedId, succeeded, webUrl } from './fields.js';
import { defineOperation } from './operation.js';

const domain = z.strictObject({
  type: z.literal('domain'),
  url: webUrl,
  exclude_urls: z.string().optional(),
  refresh_frequency: z.union([z.string(), z.number()]).nullable().optional(),
});

export const addDomain = defineOperation({
  section: 'Adding domain data source to a knowledge base',
  channel: 'public',
  method: 'POST',
  path: '/v1/ai/knowledge-base/<knowledge_base_id>/data-sources/domain',
  carries: 'json',
  repeatable: false,
  request: domain.extend({ knowledge_base_id: givenId, type: z.literal('domain').default('domain') }),
  body: domain,
  answer: z.object({ ok: succeeded, domain_id: receivedId, request_id: receivedId.nullish() }),
});
