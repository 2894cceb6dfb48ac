import { z } from 'zod';
import type { TicketStatus } from '../../domain/ticket.js';

/** A desk's own statuses, and what the settings may say of them. */
export interface StatusWords {
  /** For people. */
  desk: string;
  /** What each status is for us, unless the settings say otherwise. */
  standard: Readonly<Record<string, TicketStatus>>;
  /** Each desk has all of `standard`: those that the settings do not name stay what they are. Else the settings name all. */
  hasStandard: boolean;
  /** Set before others that are the same for us. */
  usual: readonly string[];
  /** Never set. */
  neverSet?: readonly string[];
  word: RegExp;
  /** What a word must be, for people. */
  wordIs: string;
}

export interface StatusSettings {
  /** The desk's statuses and what they are for us. */
  statuses: Record<string, TicketStatus>;
  /** Of several statuses that are the same for us, the one that is set. */
  sets: Partial<Record<TicketStatus, string>>;
}

const meaning = z.enum(['new', 'open', 'pending', 'solved', 'closed'], {
  error: 'must be new, open, pending, solved or closed',
});
/** Desks that number their statuses may be given numbers. */
const given = z.union([z.string().trim(), z.int().transform(String)], {
  error: 'must be one of the desk’s statuses',
});

/** For a connector's settings schema, beside `checkStatuses`. */
export function statusFields({ standard, hasStandard }: StatusWords) {
  return {
    statuses: z
      .record(z.string().trim(), meaning)
      .refine((map) => hasStandard || Object.keys(map).length > 0, 'must name one status at least')
      .default({ ...standard })
      .transform((map): Record<string, TicketStatus> => (hasStandard ? { ...standard, ...map } : map)),
    sets: z.partialRecord(meaning, given).default({}),
  };
}

/** Where a desk has no such thing, its nearest. */
const near = { new: 'open', open: 'new', pending: 'open', solved: 'closed', closed: 'solved' } as const;

/** What the fields cannot say one by one; for `superRefine`. */
export function checkStatuses(words: StatusWords) {
  return ({ statuses, sets }: StatusSettings, context: z.RefinementCtx): void => {
    const refuse = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    for (const word of Object.keys(statuses))
      if (!words.word.test(word)) refuse(['statuses', word], `must be ${words.wordIs}`);
    for (const [status, word] of Object.entries(sets) as [TicketStatus, string][]) {
      if (words.neverSet?.includes(word))
        refuse(['sets', status], `“${word}” is never set by the bridge in ${words.desk}`);
      else if (!isLike(statuses, status, word))
        refuse(
          ['sets', status],
          `“${word}” is not ${status} by “statuses”: name it there as ${status}, or set another`,
        );
    }
  };
}

/** Whether a word may be set for a status. Few desks know new and closed: there the nearest will do. */
function isLike(
  statuses: Readonly<Record<string, TicketStatus>>,
  status: TicketStatus,
  word: string,
): boolean {
  const means = Object.hasOwn(statuses, word) ? statuses[word] : undefined;
  return means === status || ((status === 'new' || status === 'closed') && means === near[status]);
}

const stored = z.object({
  statuses: z.record(z.string(), meaning).optional().catch(undefined),
  sets: z.partialRecord(meaning, z.string()).optional().catch(undefined),
});

/** The settings as they are stored, which may be older than these fields. */
const settingsOf = (
  { standard }: StatusWords,
  settings: Readonly<Record<string, unknown>>,
): { statuses: Readonly<Record<string, TicketStatus>>; sets: Partial<Record<TicketStatus, string>> } => {
  const { statuses = standard, sets = {} } = stored.parse(settings);
  return { statuses, sets };
};

/** Our word for the first of these statuses of the desk's that the settings name; undefined when they name none. Pure. */
export function statusOf(
  words: StatusWords,
  settings: Readonly<Record<string, unknown>>,
  ...candidates: (string | undefined)[]
): TicketStatus | undefined {
  const { statuses } = settingsOf(words, settings);
  const known = candidates.find((word) => word !== undefined && Object.hasOwn(statuses, word));
  return known === undefined ? undefined : statuses[known];
}

/**
 * The desk's word for a status of ours; the nearest where there is none. Of several that mean the same: the one that is
 * named in `sets`, a usual one, the first by the alphabet. Their order in the settings is not kept by the database.
 * @returns undefined when nothing in the desk is like it
 */
export function wordFor(
  words: StatusWords,
  settings: Readonly<Record<string, unknown>>,
  status: TicketStatus,
): string | undefined {
  const { statuses, sets } = settingsOf(words, settings);
  const named = sets[status];
  if (named !== undefined && isLike(statuses, status, named)) return named;
  const choose = (wanted: TicketStatus): string | undefined => {
    const same = Object.keys(statuses).filter(
      (word) => statuses[word] === wanted && words.neverSet?.includes(word) !== true,
    );
    const chosen = sets[wanted];
    if (chosen !== undefined && same.includes(chosen)) return chosen;
    return words.usual.find((word) => same.includes(word)) ?? same.sort()[0];
  };
  return choose(status) ?? choose(near[status]);
}
