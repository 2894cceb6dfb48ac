import { type OperationName, operations } from '../../wotnot/index.js';
import { type ApiAnswer, refuse } from './api-answer.js';

interface Issue {
  code?: string | undefined;
  message: string;
  path: PropertyKey[];
  [key: string]: unknown;
}

export interface FieldMessage {
  message: string;
  path: (string | number)[];
}

function label(path: (string | number)[]): string {
  const name = path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
  return `"${name || 'value'}"`;
}

function valueAt(body: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    body,
  );
}

function sentence(issue: Issue, body: unknown, path: (string | number)[]): string {
  if (path.length > 0 && valueAt(body, path) === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type': {
      const expected = String(issue['expected']);
      return `must be ${/^[aeio]/.test(expected) ? 'an' : 'a'} ${expected}`;
    }
    case 'invalid_format':
      return issue['format'] === 'url' ? 'must be a valid uri' : issue.message;
    case 'too_small':
      if (issue['origin'] === 'array')
        return `does not contain ${String(issue['minimum'])} required value(s)`;
      return issue['origin'] === 'string' ? 'is not allowed to be empty' : issue.message;
    case 'invalid_value':
      return `must be one of [${(issue['values'] as unknown[]).map(String).join(', ')}]`;
    default:
      return issue.message.replace(/^Invalid input.*/, 'is not valid');
  }
}

/** Zod's issues, worded as WotNot words its own. */
export function fieldMessages(issues: Issue[], body: unknown): FieldMessage[] {
  return issues.flatMap((issue): FieldMessage[] => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      return (issue['keys'] as string[]).map((key) => ({
        message: `${label([...path, key])} is not allowed`,
        path: [...path, key],
      }));
    }
    return [{ message: `${label(path)} ${sentence(issue, body, path)}`, path }];
  });
}

/** These print their mistakes as one sentence under INVALID_DATA, the others as a list under BAD_REQUEST. */
const inOneSentence: OperationName[] = [
  'send-message',
  'send-visitor-message',
  'close-conversation',
  'assign-user',
  'assign-team',
];

/** The refusal for a body that does not fit, or nothing. */
export function validateBody(name: OperationName, body: unknown): ApiAnswer | undefined {
  const schema = operations[name].body;
  if (schema === null) return undefined;
  const checked = schema.safeParse(body ?? {});
  if (checked.success) return undefined;
  const messages = fieldMessages(checked.error.issues as Issue[], body);
  if (name === 'update-variables')
    return refuse('BAD_REQUEST', { message: asFields(messages), without: ['code'] });
  if (inOneSentence.includes(name)) {
    return refuse('INVALID_DATA', { message: messages.map(({ message }) => message).join('. ') });
  }
  return refuse('BAD_REQUEST', { message: messages, without: ['code'] });
}

function asFields(messages: FieldMessage[]): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { message, path } of messages) {
    const field = String(path[0] ?? 'body');
    const isEmptyList = path.length === 1 && message.includes('does not contain');
    const wording = isEmptyList ? 'Shorter than minimum length 1.' : message;
    fields[field] = [...(fields[field] ?? []), wording];
  }
  return fields;
}
