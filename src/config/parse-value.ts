import { parseKey } from './parse-key.js';

/** The parts of the process that can run apart. */
export const ROLES = ['http', 'gateway', 'projection', 'delivery'] as const;
export type Role = (typeof ROLES)[number];

interface Parsed {
  text: string;
  choice: string;
  integer: number;
  seconds: number;
  port: number;
  flag: boolean;
  origin: string;
  origins: string[];
  roles: Role[];
  key: Buffer;
  token: string;
  'database-url': string;
}

export type ValueType = keyof Parsed;
export type ParsedValue<T extends ValueType> = Parsed[T];

/** What a value must be. */
export interface ValueRule {
  type: ValueType;
  /** What a choice may be. */
  choices?: readonly string[];
  /** What a number may be. */
  least?: number;
  most?: number;
}

export type ValueReading<T = Parsed[ValueType]> =
  | { outcome: 'parsed'; value: T }
  | { outcome: 'mistaken'; mistake: string };

const parsed = <T>(value: T): ValueReading<T> => ({ outcome: 'parsed', value });
const mistaken = (mistake: string): { outcome: 'mistaken'; mistake: string } => ({
  outcome: 'mistaken',
  mistake,
});

/** One value of the environment; a mistake reads on from the name and never repeats a secret. */
export function parseValue(text: string, rule: ValueRule): ValueReading {
  switch (rule.type) {
    case 'text':
      return parsed(text);
    case 'choice':
      return rule.choices?.includes(text)
        ? parsed(text)
        : mistaken(`must be one of ${rule.choices?.join(', ') ?? 'nothing'}, not ${shown(text)}`);
    case 'integer':
      return parseNumber(text, /^\d{1,9}$/, 'a whole number', rule.least ?? 0, rule.most ?? 999_999_999);
    case 'seconds':
      return parseNumber(
        text,
        /^\d{1,9}(\.\d{1,3})?$/,
        'a number of seconds',
        rule.least ?? 0,
        rule.most ?? 1e9,
      );
    case 'port':
      return parseNumber(text, /^\d{1,5}$/, 'a port', 0, 65_535);
    case 'flag':
      return text === 'true' || text === 'false'
        ? parsed(text === 'true')
        : mistaken(`must be true or false, not ${shown(text)}`);
    case 'origin':
      return parseOrigin(text);
    case 'origins':
      return parseOrigins(text);
    case 'roles':
      return parseRoles(text);
    case 'key':
      return parseKey(text);
    case 'token':
      return text.length >= 24 && !/\s/.test(text)
        ? parsed(text)
        : mistaken('must have at least 24 characters and no spaces');
    case 'database-url':
      return parseDatabaseUrl(text);
  }
}

function parseNumber(
  text: string,
  form: RegExp,
  what: string,
  least: number,
  most: number,
): ValueReading<number> {
  const value = Number(text);
  if (form.test(text) && value >= least && value <= most) return parsed(value);
  return mistaken(`must be ${what} from ${least} to ${most}, not ${shown(text)}`);
}

function parseOrigin(text: string): ValueReading<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    `${url.origin}/` === url.href;
  return isOrigin
    ? parsed(url.origin)
    : mistaken(`must be like https://host or http://host:port, not ${shown(text)}`);
}

function parseOrigins(text: string): ValueReading<string[]> {
  const origins: string[] = [];
  for (const part of parts(text)) {
    const origin = parseOrigin(part);
    if (origin.outcome === 'mistaken') return origin;
    origins.push(origin.value);
  }
  return parsed([...new Set(origins)]);
}

function parseRoles(text: string): ValueReading<Role[]> {
  const names = parts(text);
  if (names.length === 1 && names[0] === 'all') return parsed([...ROLES]);
  const strangers = names.filter((name) => !(ROLES as readonly string[]).includes(name));
  if (names.length === 0 || strangers.length > 0) {
    return mistaken(`must be all or some of ${ROLES.join(', ')}, not ${shown(text)}`);
  }
  return parsed(ROLES.filter((role) => names.includes(role)));
}

function parseDatabaseUrl(text: string): ValueReading<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) {
    return mistaken('must be like postgres://user:password@host:5432/database');
  }
  return url.pathname.length > 1 ? parsed(text) : mistaken('names no database: postgres://…/database');
}

const parts = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
