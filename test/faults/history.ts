import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** `in`: a contact's words on their way to the record · `out`: an agent's to the contact · `ticket`: a contact's to the desk. */
export type Direction = 'in' | 'out' | 'ticket';

/** One thing said: `n` counts from 1 within its conversation and direction. */
export interface Saying {
  direction: Direction;
  conversation: string;
  n: number;
}

/**
 * What the driver did and learnt. `invoke`: it is about to say it; `ok`: the bridge has taken it; `fail`: the
 * bridge has refused it for good; `info`: no answer, or one that says nothing (it may have been taken).
 * `fault` marks what was done to the house, from `at` to `until`; `told`: an agent's screen showed it.
 */
export type HistoryLine =
  | ({ type: 'invoke' | 'ok' | 'fail' | 'info'; at: number; detail?: string } & Saying)
  | ({ type: 'told'; at: number; as: 'received' | 'sent' } & Saying)
  | { type: 'fault'; at: number; until?: number; what: string };

/** Milliseconds of a clock that never goes back and that all processes of this machine share. */
export const steadyNow = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;

/** An append-only file of JSON lines: what is in it was done, whatever becomes of the process that did it. */
export interface History {
  /** Of what was said again and again without an answer, the first time only. */
  readonly lines: readonly HistoryLine[];
  /** @param held false: it stands in the file, and the checker has no need of it */
  write(line: HistoryLine, held?: boolean): void;
  close(): void;
}

/** How long a line may lie in the operating system's memory; a kill of the driver does not lose it. */
const SYNC_MILLISECONDS = 100;

export function openHistory(file: string): History {
  const handle = openSync(file, 'a');
  const lines: HistoryLine[] = [];
  let syncedAt = 0;
  let open = true;
  return {
    lines,
    write(line, held = true) {
      if (!open) return;
      if (held) lines.push(line);
      writeSync(handle, `${JSON.stringify(line)}\n`);
      if (line.at - syncedAt < SYNC_MILLISECONDS) return;
      fsyncSync(handle);
      syncedAt = line.at;
    },
    close() {
      if (!open) return;
      open = false;
      fsyncSync(handle);
      closeSync(handle);
    },
  };
}

/** Reads a history back; a last line that was cut short is left out. */
export function readHistory(file: string): HistoryLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as HistoryLine];
      } catch {
        return [];
      }
    });
}
