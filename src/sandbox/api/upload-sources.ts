import { refuse, succeed } from './api-answer.js';
import type { Handler } from './api-request.js';
import { trainSource } from './train-source.js';

async function readForm(bytes: Buffer, contentType: string): Promise<FormData | undefined> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    return undefined;
  }
}

/** Each form field holds texts or files; the answer lists them under the field's own name. */
export const uploadSources: Handler = async (world, request) => {
  const base = world.records.knowledgeBases.get(request.parameters['knowledge_base_id'] ?? '');
  if (!base) return refuse('KNOWLEDGE_BASE_NOT_FOUND');
  const form = await readForm(request.rawBody, request.contentType);
  if (!form) return refuse('BAD_REQUEST', { message: 'The body is not multipart form data.' });
  const lists: Record<string, unknown[]> = {};
  for (const [field, value] of form) {
    const isText = typeof value === 'string';
    const source = trainSource(world, {
      knowledgeBaseId: base.id,
      name: isText ? `${field}.txt` : value.name,
      type: isText ? 'text' : 'file',
      source: isText ? value : `${value.name} (${value.size} bytes)`,
    });
    const row = { id: source.id, type: source.type, name: source.name, status: source.status, errors: null };
    lists[field] = [...(lists[field] ?? []), row];
  }
  if (Object.keys(lists).length === 0) return refuse('BAD_REQUEST', { message: 'No data source was sent.' });
  return succeed({ ...lists, knowledge_base_id: base.id });
};
