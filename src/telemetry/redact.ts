import { describeError } from './describe-error.js';

/** What a log line may carry: ids, numbers, codes; an error is described, not printed. */
export type LogFields = object;

/** What is left of the fields of a line. */
export type SafeFields = Record<string, unknown>;

export type Redactor = (fields: LogFields) => SafeFields;

const HIDDEN = '[hidden]';
const LONGEST = 500;
const DEEPEST = 4;
const WIDEST = 50;

/** Fields that hold a secret or a customer's words whatever they are filled with. */
const HIDDEN_KEYS =
  /token|secret|password|passwd|authori[sz]ation|cookie|credential|api_?key|private|signature|^(code_?hash|key_?hash|text|body|payload|content|caption|title|variables|email|e-?mail|phone|contact|url|query|headers|args|params)$/i;

/** Ours (adb_…_…, ses_…_…, cod_…_…), anybody's bearer token, and JSON web tokens. */
const TOKENS = /\b(?:adb|ses|cod)_[0-9a-z]{26}_[0-9a-z]+|\bBearer\s+\S+|\beyJ[\w-]+\.[\w-]+\.[\w-]*/gi;
const EMAILS = /[^\s@<>"'(),;:=]+@[^\s@<>"'(),;:=]+\.[a-z]{2,}/gi;
const PHONES = /\+\d[\d\s().-]{6,}\d/g;
/** The password of postgres://user:password@host, and the query of any link. */
const URL_PASSWORDS = /(\w+:\/\/[^\s:/@]*:)[^\s@]+@/g;
const URL_QUERIES = /(https?:\/\/[^\s?#"]+)[?#][^\s"]*/g;

/**
 * The last line of defence: callers pass ids and codes, and what still slips in is taken out here, by the
 * values that are known to be secret, by the names of fields and by the look of the text.
 */
export function createRedactor(secretValues: readonly string[]): Redactor {
  const secrets = [...new Set(secretValues)].filter((value) => value.length >= 6).sort(longestFirst);

  function text(value: string): string {
    let safe = value;
    for (const secret of secrets) if (safe.includes(secret)) safe = safe.replaceAll(secret, HIDDEN);
    if (safe.length > LONGEST) safe = `${safe.slice(0, LONGEST)}…`;
    return safe
      .replace(URL_PASSWORDS, `$1${HIDDEN}@`)
      .replace(URL_QUERIES, `$1?${HIDDEN}`)
      .replace(TOKENS, HIDDEN)
      .replace(EMAILS, HIDDEN)
      .replace(PHONES, HIDDEN);
  }

  function any(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return text(value);
    if (value instanceof Error) return described(value);
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value === null || typeof value !== 'object') {
      return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
    }
    if (depth >= DEEPEST || Buffer.isBuffer(value)) return HIDDEN;
    if (Array.isArray(value)) return value.slice(0, WIDEST).map((item) => any(item, depth + 1));
    return object(value, depth + 1);
  }

  /** A stack is places in the code, and longer than a field may be. */
  function described(error: Error): SafeFields {
    const { stack, ...rest } = describeError(error);
    return { ...object({ ...rest }, DEEPEST - 1), ...(stack ? { stack } : {}) };
  }

  function object(fields: object, depth: number): SafeFields {
    const safe: SafeFields = {};
    for (const key of Object.keys(fields).slice(0, WIDEST)) {
      const value = (fields as SafeFields)[key];
      if (value === undefined) continue;
      safe[key] = HIDDEN_KEYS.test(key) && typeof value !== 'number' ? HIDDEN : any(value, depth);
    }
    return safe;
  }

  return (fields) => object(fields, 0);
}

const longestFirst = (a: string, b: string): number => b.length - a.length;
