import type { Fault, FaultKind } from '../faults.js';

type Reading = { outcome: 'read'; fault: Fault } | { outcome: 'wrong'; message: string };
type Body = Record<string, unknown>;

/** What each kind needs beside its name. */
const needs: Record<FaultKind, ('ms' | 'copies')[]> = {
  answer: [],
  delay: ['ms'],
  'accept-then-drop': [],
  'accept-then-500': [],
  refuse: [],
  drip: ['ms'],
  'webhook-duplicate': ['copies'],
  'webhook-delay': ['ms'],
  'webhook-reorder': [],
  'webhook-together': [],
  'webhook-drop': [],
  'echo-none': [],
  'echo-without-id': [],
  'echo-delay': ['ms'],
  'echo-first': [],
  undeliverable: [],
};

const texts = ['operation', 'path', 'conversationId', 'event', 'code', 'message'];
const counts = ['times', 'skip', 'ms', 'copies'];
const known = ['do', 'status', 'headers', 'body', 'after', ...texts, ...counts];

const isCount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;

function isHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, text]) => /^[\w-]+$/.test(name) && /^[\x20-\x7e]*$/.test(String(text)),
  );
}

function findMistake(body: Body): string | undefined {
  const kind = body['do'];
  if (typeof kind !== 'string' || !Object.hasOwn(needs, kind)) {
    return `"do" must be one of [${Object.keys(needs).join(', ')}]`;
  }
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) return `"${unknown}" is not allowed`;
  const text = texts.find((name) => body[name] !== undefined && typeof body[name] !== 'string');
  if (text !== undefined) return `"${text}" must be a string`;
  const count = counts.find((name) => body[name] !== undefined && !isCount(body[name]));
  if (count !== undefined) return `"${count}" must be a whole number of 0 or more`;
  const missing = needs[kind as FaultKind].find((name) => body[name] === undefined);
  if (missing !== undefined) return `"${missing}" is required`;
  const { status, headers, after } = body;
  if (status !== undefined && !(isCount(status) && Number(status) >= 200 && Number(status) <= 599)) {
    return '"status" must be an HTTP status between 200 and 599';
  }
  if (headers !== undefined && !isHeaders(headers)) return '"headers" must be an object of plain texts';
  return after === undefined || typeof after === 'boolean' ? undefined : '"after" must be a boolean';
}

export function readFault(given: unknown): Reading {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { outcome: 'wrong', message: 'The body must be an object.' };
  }
  const message = findMistake(given as Body);
  return message === undefined ? { outcome: 'read', fault: given as Fault } : { outcome: 'wrong', message };
}
