import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

type Apply = (id: string, row: unknown) => void;
interface Source {
  rows: () => Iterable<[string, unknown]>;
  clear: () => void;
}

export interface Journal {
  onReplay(table: string, apply: Apply, source: Source): void;
  write(table: string, id: string, row: unknown): void;
  open(): void;
  close(): void;
  /** Forget everything, in memory and on disk. */
  clear(): void;
}

/**
 * JSON lines `[table, id, row | null]`, appended before anything is answered. Opening replays them, drops a last
 * line that a kill cut short, and writes the file anew with one line for each row.
 */
export function createJournal(dataFile: string | undefined): Journal {
  const tables = new Map<string, { apply: Apply; source: Source }>();
  let handle: number | undefined;

  const replay = (file: string): void => {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      try {
        const [table, id, row] = JSON.parse(line) as [string, string, unknown];
        tables.get(table)?.apply(id, row);
      } catch {
        // A line cut short by a kill was never answered for.
      }
    }
  };

  const rewrite = (file: string): void => {
    const lines: string[] = [];
    for (const [table, { source }] of tables) {
      for (const [id, row] of source.rows()) lines.push(`${JSON.stringify([table, id, row])}\n`);
    }
    const next = `${file}.next`;
    writeFileSync(next, lines.join(''));
    renameSync(next, file);
  };

  return {
    onReplay(table, apply, source) {
      tables.set(table, { apply, source });
    },
    write(table, id, row) {
      if (handle !== undefined) writeSync(handle, `${JSON.stringify([table, id, row])}\n`);
    },
    open() {
      if (!dataFile || handle !== undefined) return;
      mkdirSync(dirname(dataFile), { recursive: true });
      if (existsSync(dataFile)) replay(dataFile);
      rewrite(dataFile);
      handle = openSync(dataFile, 'a');
    },
    close() {
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
    },
    clear() {
      for (const { source } of tables.values()) source.clear();
      if (handle === undefined || !dataFile) return;
      closeSync(handle);
      rewrite(dataFile);
      handle = openSync(dataFile, 'a');
    },
  };
}
