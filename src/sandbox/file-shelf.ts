import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newKey } from './new-key.js';

export const largestFileBytes = 25 * 1024 * 1024;

export interface ShelvedFile {
  bytes: Buffer;
  type: string;
  name: string;
}

export interface FileShelf {
  put(file: ShelvedFile): string;
  get(id: string): ShelvedFile | undefined;
  clear(): void;
}

/** Bytes of files, in memory or, with a folder, on disk. Ids are unguessable. */
export function createFileShelf(folder: string | undefined): FileShelf {
  const shelf = new Map<string, ShelvedFile>();
  return {
    put(file) {
      const id = newKey();
      if (folder === undefined) {
        shelf.set(id, file);
        return id;
      }
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, id), file.bytes);
      writeFileSync(join(folder, `${id}.json`), JSON.stringify({ type: file.type, name: file.name }));
      return id;
    },
    get(id) {
      if (!/^[0-9A-Za-z]{32}$/.test(id)) return undefined;
      if (folder === undefined) return shelf.get(id);
      const facts = join(folder, `${id}.json`);
      if (!existsSync(facts)) return undefined;
      const { type, name } = JSON.parse(readFileSync(facts, 'utf8')) as { type: string; name: string };
      return { bytes: readFileSync(join(folder, id)), type, name };
    },
    clear() {
      shelf.clear();
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
