import { fileSchema, uploadQuerySchema } from '../../contract/index.js';
import { presentFile } from '../../contract/present/index.js';
import { answered, route, settle } from '../route.js';

const storeFile = route({
  operationId: 'storeFile',
  method: 'post',
  path: '/v1/files',
  permission: 'desk',
  tag: 'Files',
  summary: 'Upload a file, to be sent with a message',
  description:
    'The file as the body, or as the field `file` of multipart/form-data; 25 MB at the most. Its type is ' +
    'told from its bytes. The answered link is signed and expires; a message that names the file gets fresh ones.',
  query: uploadQuerySchema,
  body: 'upload',
  answers: { 201: fileSchema },
  refusals: ['file_empty', 'body_too_large', 'file_store_failed'],
  keepsAnswer: {},
  run: async ({ desk }, { principal, body }) => {
    const stored = await desk.storeFile(principal, body);
    if (stored.outcome === 'refused') return settle(stored, () => answered(201));
    const file = stored.value;
    return settle(await desk.linkFile(principal, file.id), (link) => answered(201, presentFile(file, link)));
  },
});

export const files = [storeFile];
