import type { ErrorDetail, Issue, Schema } from '../../contract/index.js';
import type { Refusal } from '../route.js';

export type Validation = { outcome: 'valid'; value: unknown } | Refusal;

/** Holds what came against its schema. Names the fields that are wrong, never what was in them. */
export function validate(schema: Schema, value: unknown): Validation {
  const result = schema.safeParse(value);
  if (result.success) return { outcome: 'valid', value: result.data };
  const issues = result.error.issues.flatMap((issue) => flatten(issue, []));
  const unknownFields = issues.every(({ code }) => code === 'unrecognized_keys');
  return {
    outcome: 'refused',
    code: unknownFields ? 'unknown_field' : 'invalid_request',
    message: unknownFields
      ? 'There are fields that this request does not have.'
      : 'The request is not as it should be.',
    details: issues.flatMap(describe).slice(0, 20),
  };
}

/** Of a choice, the branch that comes nearest tells what is wrong. */
function flatten(issue: Issue, above: PropertyKey[]): Issue[] {
  const path = [...above, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const branches = issue.errors.map((errors) => errors.flatMap((error) => flatten(error, path)));
  return branches.reduce((nearest, branch) => (distance(branch) < distance(nearest) ? branch : nearest));
}

const distance = (issues: Issue[]): number =>
  issues.reduce(
    (sum, { code, path }) => sum + (code === 'unrecognized_keys' ? 1 : 10) - path.length * 0.1,
    0,
  );

function describe(issue: Issue): ErrorDetail[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: dotted([...issue.path, key]), message: 'is not a known field' }));
  }
  const { message } = issue;
  return [issue.path.length === 0 ? { message } : { path: dotted(issue.path), message }];
}

const dotted = (path: PropertyKey[]): string => path.map(String).join('.').slice(0, 200);
