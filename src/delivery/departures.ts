import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

/** With more than this a file is full, and the other one is begun anew: what is under way is in one of both. */
const FULL_BYTES = 1_000_000;
/** Of so many processes before us the files are kept. */
const KEPT_PROCESSES = 50;

/** What is asked about: an attempt, and who made it. */
export interface Departure {
  deliveryId: string;
  attempt: number;
  owner: string;
}

/**
 * A note on this machine's disk for each attempt, written just before its first byte leaves. The system keeps what a killed
 * process has written, so its successor knows of an attempt that is on record in the database, and not here,
 * that it never left: it is made without any doubt, instead of waiting for an echo that cannot come.
 */
export interface Departures {
  /** Before the first note. */
  open(): void;
  note(departure: Omit<Departure, 'owner'>): void;
  /** True only when it is certain: made on this machine since its start, by a process that is no more. */
  neverLeft(departure: Departure): boolean;
  close(): void;
}

/** Knows nothing, and so is certain of nothing. */
const noDepartures: Departures = {
  open: () => undefined,
  note: () => undefined,
  neverLeft: () => false,
  close: () => undefined,
};

/** @param owner `…:<process id>-<anything>`, as in leases */
export function createDepartures(dataDirectory: string, owner: string): Departures {
  const machine = readMachine();
  if (machine === undefined) return noDepartures;
  const directory = path.join(dataDirectory, 'departures');
  const fileOf = (of: string, which: 0 | 1): string =>
    path.join(directory, `${of.replaceAll(/[^\w-]/gu, '_')}.${which}`);
  let which: 0 | 1 = 0;
  let bytes = 0;
  let file: number | undefined;
  const begin = (): number => {
    const opened = openSync(fileOf(owner, which), 'w', 0o600);
    bytes = writeSync(opened, `${machine}\n`);
    return opened;
  };
  /** What a dead process has noted; it notes no more. */
  const known = new Map<string, ReadonlySet<string> | undefined>();
  const notesOf = (of: string): ReadonlySet<string> | undefined => {
    if (!known.has(of))
      known.set(of, isGone(of) ? readNotes([fileOf(of, 0), fileOf(of, 1)], machine) : undefined);
    const notes = known.get(of);
    if (notes === undefined) known.delete(of);
    return notes;
  };

  return {
    open() {
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        file = begin();
        forgetOldest(directory);
      } catch {
        // A directory that cannot be written is no reason not to deliver.
        abandon();
      }
    },
    note(departure) {
      if (file === undefined) return;
      try {
        bytes += writeSync(file, `${lineOf(departure)}\n`);
        if (bytes < FULL_BYTES) return;
        closeSync(file);
        which = which === 0 ? 1 : 0;
        file = begin();
      } catch {
        // A full disk: from here on this process must not be believed to note everything.
        abandon();
      }
    },
    neverLeft: (departure) =>
      departure.owner !== owner && notesOf(departure.owner)?.has(lineOf(departure)) === false,
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };

  function abandon(): void {
    file = undefined;
    // Half a record would say of what it lacks that it never left.
    for (const each of [0, 1] as const) {
      try {
        rmSync(fileOf(owner, each), { force: true });
      } catch {
        // Nor could it be written, then.
      }
    }
  }
}

const lineOf = ({ deliveryId, attempt }: Omit<Departure, 'owner'>): string => `${deliveryId} ${attempt}`;

/**
 * This run of this machine, and among which processes ours counts: after a power cut the notes may lack their
 * end, and in another container a process id means another process. undefined where neither can be told.
 */
function readMachine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Whether the process of that name has ended. One that has our own number has: we are here. */
function isGone(owner: string): boolean {
  const pid = Number(/:(\d+)-/u.exec(owner)?.[1]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** undefined when there is none of this run of this machine. */
function readNotes(files: readonly string[], machine: string): ReadonlySet<string> | undefined {
  const notes = new Set<string>();
  let found = false;
  for (const file of files) {
    let lines: string[];
    try {
      lines = readFileSync(file, 'utf8').split('\n');
    } catch {
      continue;
    }
    if (lines[0] !== machine) return undefined;
    found = true;
    for (const line of lines.slice(1)) notes.add(line);
  }
  return found ? notes : undefined;
}

function forgetOldest(directory: string): void {
  const files = readdirSync(directory)
    .map((name) => path.join(directory, name))
    .map((file) => ({ file, at: statSync(file).mtimeMs }))
    .sort((one, other) => other.at - one.at);
  for (const { file } of files.slice(KEPT_PROCESSES * 2)) rmSync(file, { force: true });
}
