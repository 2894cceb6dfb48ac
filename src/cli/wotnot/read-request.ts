import { existsSync, readFileSync, statSync } from 'node:fs';
import type { OperationName, RequestField } from '../../wotnot/index.js';
import { CommandError } from '../command-error.js';
import type { World } from '../world.js';
import { flagOf, typedFields } from './add-field-options.js';

export type Fields = Record<string, unknown>;
export type Flags = Readonly<Record<string, string | string[] | boolean | undefined>>;

/** Puts the request together: the body as JSON, what the flags say on top of it, then files and texts. */
export async function readRequest(world: World, name: OperationName, flags: Flags): Promise<Fields> {
  const request = await readBody(world, flags);
  for (const field of typedFields(name)) {
    const given = flags[camelCase(field.name)];
    if (given !== undefined && typeof given !== 'boolean') request[field.name] = parseField(field, given);
  }
  const sources = { ...readTexts(flags['text']), ...readFiles(world, flags['file']) };
  if (Object.keys(sources).length > 0) {
    const before = typeof request['sources'] === 'object' ? (request['sources'] as Fields) : {};
    request['sources'] = { ...before, ...sources };
  }
  return request;
}

/** How commander names an option. */
const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

async function readBody(world: World, flags: Flags): Promise<Fields> {
  const { body, bodyFile } = flags;
  if (typeof body === 'string' && typeof bodyFile === 'string')
    throw new CommandError('Give --body or --body-file, not both.', 2);
  if (body === '-' || bodyFile === '-') return parseObject(await world.readInput(), 'standard input');
  if (typeof body === 'string') return parseObject(body, '--body');
  if (typeof bodyFile !== 'string') return {};
  let text: string;
  try {
    text = readFileSync(bodyFile, 'utf8');
  } catch {
    throw new CommandError(`${bodyFile} cannot be read.`, 2);
  }
  return parseObject(text, bodyFile);
}

function parseObject(text: string, where: string): Fields {
  const value = parseJson(text, where);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new CommandError(`${where} is not a JSON object.`, 2);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${where} is not JSON.`, 2);
  }
}

/** What was typed, as the field wants it. Whether it is allowed there is for the operation to say. */
function parseField(field: RequestField, given: string | string[]): unknown {
  const words = typeof given === 'string' ? [given] : given;
  const [first = ''] = words;
  const flag = flagOf(field);
  switch (field.kind) {
    case 'text':
      return first;
    case 'list':
      return words;
    case 'number': {
      if (/^-?\d+(\.\d+)?$/.test(first)) return Number(first);
      throw new CommandError(`${flag} takes a number, not ${first}`, 2);
    }
    case 'boolean':
      if (first === 'true' || first === 'false') return first === 'true';
      throw new CommandError(`${flag} takes true or false, not ${first}`, 2);
    case 'text-or-json':
      return /^\s*[[{]/.test(first) ? parseJson(first, flag) : first;
    case 'json':
      return /^\s*[[{]/.test(first) && words.length === 1 ? parseJson(first, flag) : parsePairs(flag, words);
  }
}

/** `by=ada@example.com data.body=Hello file.size:=3`: texts, and with `:=` JSON; a dot leads inward. */
function parsePairs(flag: string, words: readonly string[]): Fields {
  const value: Fields = {};
  for (const word of words) {
    const [, path = '', colon, text = ''] = /^([\w.-]+?)(:)?=(.*)$/s.exec(word) ?? [];
    const steps = path.split('.');
    if (steps.some((step) => step === '' || step === '__proto__'))
      throw new CommandError(`${flag} takes JSON or key=value, not ${word}`, 2);
    setAt(value, steps, colon === undefined ? text : parseJson(text, `${flag} ${path}`));
  }
  return value;
}

function setAt(value: Fields, steps: readonly string[], leaf: unknown): void {
  let at = value;
  for (const step of steps.slice(0, -1)) {
    const next = Object.hasOwn(at, step) ? at[step] : undefined;
    at = (at[step] = typeof next === 'object' && next !== null ? next : {}) as Fields;
  }
  at[steps.at(-1) ?? ''] = leaf;
}

function readTexts(given: Flags[string]): Record<string, string> {
  return Object.fromEntries(wordsOf(given).map((word) => splitAtEquals('--text', word)));
}

function readFiles(world: World, given: Flags[string]): Record<string, { path: string }> {
  return Object.fromEntries(
    wordsOf(given).map((word) => {
      const [key, path] = splitAtEquals('--file', word);
      if (!existsSync(path) || !statSync(path).isFile()) throw new CommandError(`${path} is not a file.`, 2);
      world.complain(`uploading ${key}: ${path}, ${statSync(path).size.toLocaleString('en')} bytes`);
      return [key, { path }];
    }),
  );
}

const wordsOf = (given: Flags[string]): string[] => (Array.isArray(given) ? given : []);

function splitAtEquals(flag: string, word: string): [string, string] {
  const at = word.indexOf('=');
  if (at < 1) throw new CommandError(`${flag} takes key=…, not ${word}`, 2);
  return [word.slice(0, at), word.slice(at + 1)];
}
