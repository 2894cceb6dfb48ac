import type { FileView } from '../../domain/views.js';
import type { File } from '../resources.js';

export function presentFile(view: FileView, link: { url: string; expiresAt: Date }): File {
  return {
    fileId: view.id,
    name: view.name,
    contentType: view.contentType,
    sizeBytes: view.sizeBytes,
    url: link.url,
    expiresAt: link.expiresAt.toISOString(),
  };
}
