import { Readable } from 'node:stream';
import { z } from 'zod';
import { givenId, nonEmptyText, receivedId, succeeded } from './fields.js';
import { defineOperation } from './operation.js';

const mediaType = z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, { error: 'must be a media type' });

const fileOnDisk = z.strictObject({
  path: nonEmptyText,
  name: nonEmptyText.optional(),
  type: mediaType.optional(),
});

const fileFromStream = z.strictObject({
  stream: z.instanceof(Readable),
  name: nonEmptyText,
  type: mediaType.optional(),
});

/** A text, a file on disk, or a file that is still arriving. Files are streamed, never held whole. */
export const sourceToUpload = z.union([nonEmptyText, fileOnDisk, fileFromStream], {
  error: 'must be a text, {path, name?, type?} or {stream, name, type?}',
});

export type SourceToUpload = z.output<typeof sourceToUpload>;

const uploadedSource = z.object({
  id: receivedId,
  type: z.string().nullish(),
  name: z.string().nullish(),
  status: z.string(),
  errors: z.unknown(),
});

type UploadedSource = z.output<typeof uploadedSource>;

/**
 * WotNot answers `{"q1":[…],"d2":[…],"knowledge_base_id":876,"ok":true}`: one list per form field,
 * beside its own two names. The lists are gathered under `sources`, whatever their field is called.
 */
const uploaded = z
  .looseObject({ ok: succeeded, knowledge_base_id: receivedId })
  .transform(({ ok, knowledge_base_id, ...fields }, context) => {
    const sources: [string, UploadedSource[]][] = [];
    for (const [field, value] of Object.entries(fields)) {
      if (!Array.isArray(value)) continue;
      const list = z.array(uploadedSource).safeParse(value);
      if (list.success) sources.push([field, list.data]);
      else context.addIssue({ code: 'custom', path: [field], message: 'is not a list of data sources' });
    }
    return { ok, knowledge_base_id, sources: Object.fromEntries(sources) };
  });

export const uploadSources = defineOperation({
  section: 'Adding text/file data sources to a knowledge base',
  channel: 'public',
  method: 'POST',
  path: '/api/v1/ai/knowledge-base/<knowledge_base_id>/upload/sources',
  carries: 'multipart',
  repeatable: false,
  request: z.strictObject({
    knowledge_base_id: givenId,
    /** Form field name → content. The names are unique because they are an object's keys. */
    sources: z
      .record(nonEmptyText, sourceToUpload)
      .refine((sources) => Object.keys(sources).length > 0, { error: 'must hold at least one source' }),
  }),
  body: null,
  answer: uploaded,
});
