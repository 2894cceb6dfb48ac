import type { Counts, Violation } from './checker.js';

export type DatabaseKind = 'embedded' | 'server';

/** What a campaign is given. */
export interface CampaignContext {
  database: DatabaseKind;
  /** A PostgreSQL in which it may create databases of its own; null where there is none. */
  postgresUrl: string | null;
  /** How often to do it; undefined: the short run, seconds each. */
  cycles: number | undefined;
  /** Whether the time that was given for it is over; it ends in good order then, whatever is left to do. */
  isLate(): boolean;
  seed: number;
  /** For histories, logs and what else is kept of the run. */
  directory: string;
  say(line: string): void;
  /** Keeps what is known of a long run at this moment, should it be cut short. */
  keep(soFar: CampaignResult): void;
}

/** A promise that is none of the checker's classes: a status, a limit, a warning. */
export interface BrokenPromise {
  class: 'promise';
  about: string;
  detail: string;
}

/** What came of it. Times are reported, never judged. */
export interface CampaignResult {
  /** Independent trials: kills, pauses, permutations … 0 where there are none, as in a load that is one long trial. */
  trials: number;
  counts: Partial<Counts>;
  violations: (Violation | BrokenPromise)[];
  /** Milliseconds from each fault to the first delivery after it, of lanes in which nothing was in doubt. */
  recoveries?: number[];
  /** Whatever else was measured, by name. */
  figures?: Record<string, number | string>;
  /** Said loudly in the report: what could not be run here, and why. */
  skipped?: string;
}

/**
 * One way to hurt the house, in a file of its own in `campaigns/` that exports it as `campaign`. A campaign
 * that finds a promise broken answers violations; it throws only when it could not be carried out.
 */
export interface Campaign {
  name: string;
  /** The faults of the catalogue that it plants. */
  ids: readonly string[];
  databases: readonly DatabaseKind[];
  run(context: CampaignContext): Promise<CampaignResult>;
}
