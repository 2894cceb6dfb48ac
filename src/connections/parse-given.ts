import type { Refusal } from './operator.js';
import { invalid } from './refuse.js';

export type Given = { outcome: 'parsed'; value: Record<string, unknown> } | Refusal;

/** Runs a connector's own parser over what the operator gave; what it refuses is named by its field. */
export function parseGiven(
  field: 'settings' | 'credentials',
  given: unknown,
  parse: (given: unknown) => Record<string, unknown>,
): Given {
  try {
    return { outcome: 'parsed', value: parse(given) };
  } catch (error) {
    const issues = issuesOf(error);
    if (issues === undefined) throw error;
    const details = issues.map(({ path, message }) => ({
      path: [field, ...path.map(String)].join('.'),
      message,
    }));
    return invalid(`The ${field} cannot be used.`, details);
  }
}

/** The shape of a ZodError, by its shape: a connector may bring a zod of its own. */
function issuesOf(error: unknown): { path: PropertyKey[]; message: string }[] | undefined {
  if (!(error instanceof Error) || !('issues' in error) || !Array.isArray(error.issues)) return undefined;
  return error.issues as { path: PropertyKey[]; message: string }[];
}
