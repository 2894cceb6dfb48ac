import { createHash } from 'node:crypto';
import { firstIdAt } from '../domain/ids.js';
import type { FileView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { KeepBytes } from './fetch-ticket-files.js';

type Fetched =
  | { outcome: 'fetched'; bytes: Buffer }
  | { outcome: 'refused'; reason: string; mayComeLater: boolean };

export type KeptFile =
  | { outcome: 'kept'; fileId: string; name: string; contentType: string; sizeBytes: number }
  | { outcome: 'later'; reason: string }
  | { outcome: 'unavailable'; reason: string };

/** A file of something that was said, by where it lies outside. `at`: when it was said, ISO 8601. */
export interface SaidFile {
  conversationId: string;
  at: string;
  url: string;
  name: string;
}

export interface KeepFile {
  /** For an order whose turn has come: what was kept ahead, or else now. */
  now(scope: WorkspaceScope, file: SaidFile): Promise<KeptFile>;
  /** While its order waits. */
  ahead(scope: WorkspaceScope, file: SaidFile): Promise<KeptFile>;
}

/** Fetches a contact's file from where it lies and keeps it: what lies outside may be gone tomorrow. */
export function createKeepFile(deps: {
  fetch: (url: string, name: string) => Promise<Fetched>;
  keepBytes: KeepBytes;
  find: (scope: WorkspaceScope, fileId: string) => Promise<FileView | undefined>;
}): KeepFile {
  /** Of this process; another one's meets the id that is taken. */
  const underWay = new Map<string, Promise<KeptFile>>();

  const keep = async (scope: WorkspaceScope, { url, name }: SaidFile, id?: string): Promise<KeptFile> => {
    const fetched = await deps.fetch(url, name);
    if (fetched.outcome === 'refused')
      return { outcome: fetched.mayComeLater ? 'later' : 'unavailable', reason: fetched.reason };
    const { bytes } = fetched;
    const kept = await deps.keepBytes(scope, { name, bytes, ...(id === undefined ? {} : { id }) });
    return kept === undefined
      ? { outcome: 'unavailable', reason: 'It is empty or too large.' }
      : { outcome: 'kept', ...kept };
  };

  const find = async (scope: WorkspaceScope, id: string): Promise<KeptFile | undefined> => {
    const found = await deps.find(scope, id);
    if (found === undefined) return undefined;
    const { name, contentType, sizeBytes } = found;
    return { outcome: 'kept', fileId: id, name, contentType, sizeBytes };
  };

  return {
    async now(scope, file) {
      const id = idOf(file);
      await underWay.get(keyOf(scope, id))?.catch(() => undefined);
      return (await find(scope, id)) ?? keep(scope, file);
    },

    async ahead(scope, file) {
      const id = idOf(file);
      const key = keyOf(scope, id);
      const running =
        underWay.get(key) ??
        find(scope, id)
          .then((found) => found ?? keep(scope, file, id))
          .finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
  };
}

const keyOf = ({ workspaceId }: WorkspaceScope, id: string): string => `${workspaceId} ${id}`;

/** The same file of the same saying always has the same id, whoever keeps it; like others it begins with a time. */
function idOf({ conversationId, at, url }: SaidFile): string {
  const name = createHash('sha256')
    .update(JSON.stringify([conversationId, at, url]))
    .digest('hex');
  return `${firstIdAt('file', Date.parse(at) || 0)}${name.slice(0, 16)}`;
}
