import { createHash } from 'node:crypto';
import { newId } from '../domain/ids.js';
import type { FileStore } from '../store/file-store.js';
import type { WorkspaceScope } from '../store/scope.js';
import { MOST_FILE_BYTES, safeName, sniff } from './store-file.js';

/** Keeps what came from outside as a file of ours; undefined when it is empty or too large. */
export function createKeepBytes(deps: { files: Pick<FileStore, 'add'> }) {
  return async (
    scope: WorkspaceScope,
    file: { name: string; bytes: Buffer; id?: string },
  ): Promise<{ fileId: string; name: string; contentType: string; sizeBytes: number } | undefined> => {
    if (file.bytes.length === 0 || file.bytes.length > MOST_FILE_BYTES) return undefined;
    const kept = await deps.files.add(scope, {
      id: file.id ?? newId('file'),
      name: safeName(file.name),
      contentType: await sniff(file.bytes),
      sha256: createHash('sha256').update(file.bytes).digest('hex'),
      createdBy: 'bridge',
      bytes: file.bytes,
    });
    return { fileId: kept.id, name: kept.name, contentType: kept.contentType, sizeBytes: kept.sizeBytes };
  };
}
