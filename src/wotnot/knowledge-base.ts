import { z } from 'zod';
import { addDomain } from './add-domain.js';
import {
  bareId,
  givenId,
  nonEmptyText,
  receivedId,
  receivedNumber,
  receivedText,
  receivedTime,
  succeeded,
  webUrl,
} from './fields.js';
import { defineOperation } from './operation.js';
import { uploadSources } from './upload-sources.js';

const newKnowledgeBase = z.strictObject({ name: nonEmptyText });
const webpages = z.strictObject({ urls: z.array(webUrl).min(1) });
const sourcesToDelete = z.strictObject({ data_sources: z.array(bareId).min(1) });
const page = z.strictObject({
  limit: z.int().positive().optional(),
  offset: z.int().nonnegative().optional(),
});
const ofKnowledgeBase = { knowledge_base_id: givenId };

const listedId = z.union([nonEmptyText.regex(/^[^,]+$/), z.int().nonnegative()], {
  error: 'must be an id without a comma',
});

const person = z.object({ id: receivedId, name: receivedText });

/** WotNot's AI knowledge bases: what a bot may answer from. */
export const knowledgeBase = {
  'create-knowledge-base': defineOperation({
    section: 'Create a knowledge base',
    channel: 'public',
    method: 'POST',
    path: '/v1/ai/knowledge-base',
    carries: 'json',
    repeatable: false,
    request: newKnowledgeBase,
    body: newKnowledgeBase,
    answer: z.object({ ok: succeeded, id: receivedId, message: receivedText, code: receivedText }),
  }),
  'upload-sources': uploadSources,
  'add-webpages': defineOperation({
    section: 'Adding individual URLs data sources to a knowledge base',
    channel: 'public',
    method: 'POST',
    path: '/v1/ai/knowledge-base/<knowledge_base_id>/data-sources/webpages',
    carries: 'json',
    repeatable: false,
    request: webpages.extend(ofKnowledgeBase),
    body: webpages,
    answer: z.object({
      ok: succeeded,
      data_sources: z.array(
        z.object({
          knowledge_base_id: receivedId,
          id: receivedId,
          name: receivedText,
          source_type: receivedText,
          token: receivedNumber,
          refresh_frequency: z.unknown(),
          last_trained_at: receivedTime,
          status: z.string(),
          type: receivedText,
          created_at: receivedTime,
          created_by: z.union([person, receivedId]).nullish(),
        }),
      ),
    }),
  }),
  'add-domain': addDomain,
  'delete-data-sources': defineOperation({
    section: 'Deleting data sources from a knowledge base',
    channel: 'public',
    method: 'DELETE',
    path: '/v1/ai/knowledge-bases/<knowledge_base_id>/data-sources',
    carries: 'json',
    repeatable: true,
    request: sourcesToDelete.extend(ofKnowledgeBase),
    body: sourcesToDelete,
    answer: z.object({ ok: succeeded }),
  }),
  'get-training-status': defineOperation({
    section: 'Get training status of a data source',
    channel: 'public',
    method: 'GET',
    path: '/api/v1/ai/status/sources',
    carries: 'query',
    repeatable: true,
    request: z.strictObject({ source_ids: z.array(listedId).min(1) }),
    body: null,
    answer: z.object({
      ok: succeeded,
      sources: z.array(
        z.object({
          id: receivedId,
          name: receivedText,
          status: z.string(),
          knowledge_base_id: receivedId.nullish(),
        }),
      ),
    }),
  }),
  'get-knowledge-base': defineOperation({
    section: 'Fetch knowledge base details',
    channel: 'public',
    method: 'GET',
    path: '/v1/ai/knowledge-base/<knowledge_base_id>',
    carries: 'query-and-json',
    repeatable: true,
    request: page.extend(ofKnowledgeBase),
    body: page,
    answer: z.object({
      ok: succeeded,
      id: receivedId,
      name: z.string(),
      total_tokens: receivedNumber,
      total_data_sources: receivedNumber,
      data_source: z.array(
        z.object({
          id: receivedId,
          name: receivedText,
          source: receivedText,
          token: receivedNumber,
          domain_id: receivedId.nullish(),
          refresh_frequency: z.unknown(),
          last_trained_at: receivedTime,
          status: z.string(),
          failed_reason: receivedText,
          type: receivedText,
          created_at: receivedTime,
          created_by: z.union([person, receivedId]).nullish(),
          user_name: receivedText,
        }),
      ),
      domains: z.array(z.unknown()).nullish(),
      pagination: z
        .object({ limit: receivedNumber, offset: receivedNumber, total: receivedNumber })
        .nullish(),
      last_trained_at: receivedTime,
    }),
  }),
};
