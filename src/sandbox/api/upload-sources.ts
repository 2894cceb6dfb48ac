import { refuse, succeed } from './api-answer.js';
import type { Handler } from './api-request.js';
import { readForm } from './read-form.js';
import { trainSource } from './train-source.js';

/** Each form field holds a text or a file; the answer lists them under the field's own name. */
export const uploadSources: Handler = (world, request) => {
  const base = world.records.knowledgeBases.get(request.parameters['knowledge_base_id'] ?? '');
  if (!base) return refuse('KNOWLEDGE_BASE_NOT_FOUND');
  const fields = readForm(request.rawBody, request.contentType);
  if (!fields) return refuse('BAD_REQUEST', { message: 'The body is not multipart form data.' });
  if (fields.length === 0) return refuse('BAD_REQUEST', { message: 'No data source was sent.' });
  const lists: Record<string, unknown[]> = {};
  for (const { name, fileName, bytes } of fields) {
    const source = trainSource(world, {
      knowledgeBaseId: base.id,
      name: fileName ?? `${name}.txt`,
      type: fileName === undefined ? 'text' : 'file',
      source: fileName === undefined ? bytes.toString('utf8') : `${fileName} (${bytes.length} bytes)`,
    });
    const row = { id: source.id, type: source.type, name: source.name, status: source.status, errors: null };
    lists[name] = [...(lists[name] ?? []), row];
  }
  return succeed({ ...lists, knowledge_base_id: base.id });
};
