import type { UploadProgress } from './count-upload.js';
import type { WotNotErrorCode } from './error-codes.js';
import { type LocalErrorCode, WotNotInputError } from './errors.js';
import { fillPath, listParameters } from './fill-path.js';
import { type OperationName, operations } from './operations.js';
import type { Rate } from './rate-budget.js';
import type { Transport } from './transport.js';

/** What an observer may know of a call: no body, no path, no token. */
export interface Hooks {
  onRequest?: (request: { operation: OperationName; attempt: number }) => void;
  onAnswer?: (answer: {
    operation: OperationName;
    attempt: number;
    durationMs: number;
    /** Null when there was no answer. */
    status: number | null;
    outcome: 'ok' | WotNotErrorCode | LocalErrorCode;
  }) => void;
}

export interface WotNotClientOptions {
  /** `https://api.wotnot.io`, or where a sandbox listens. */
  baseUrl: string;
  /** Settings > Account Settings > Developer. */
  token: string;
  accountId: string | number;
  /** Where WotNot's paths differ from the page, with the page's parameters in angle brackets. */
  paths?: Partial<Record<OperationName, string>>;
  /** For the whole call, waiting and further tries included. Ten by default. */
  deadlineSeconds?: number;
  /** A longer answer is not read. A million by default, after decompression. */
  maxAnswerBytes?: number;
  rate?: Rate;
  /** Further tries where nothing can have been accepted: no connection, 429, 503. None by default. */
  retries?: number;
  hooks?: Hooks;
  /** Replaces the HTTP exchange itself. */
  transport?: Transport;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** How far an upload is: once before its first byte, then for each piece that goes out. */
  onProgress?: (progress: UploadProgress) => void;
  /**
   * Asked for each try when a connection stands and nothing has been written to it yet, with TLS before and after the
   * handshake. As long as it was not asked WotNot has seen nothing of the call. False ends the call there, with
   * nothing sent: it fails as `aborted`, to be tried again.
   */
  onLeaving?: () => boolean;
}

export interface CheckedOptions {
  baseUrl: string;
  accountId: string;
  paths: Record<OperationName, string>;
  deadlineMs: number;
  maxAnswerBytes: number;
  retries: number;
}

/** Refuses options that could not work, with the option's name and never with its value. */
export function checkClientOptions(options: WotNotClientOptions): CheckedOptions {
  const accountId = String(options.accountId ?? '');
  fillPath('createWotNotClient', '<accountId>', { accountId });
  // Printable ASCII: anything else would be two headers, or none.
  if (typeof options.token !== 'string' || !/^[\x21-\x7e]{1,4096}$/.test(options.token)) {
    throw refuse('token', 'must be 1 to 4096 printable characters without spaces');
  }
  if (options.rate !== undefined) {
    checkNumber('rate.perSecond', options.rate.perSecond, 0.001, 10_000);
    checkNumber('rate.burst', options.rate.burst ?? 1, 1, 10_000);
  }
  return {
    baseUrl: checkBaseUrl(options.baseUrl),
    accountId,
    paths: checkPaths(options.paths ?? {}),
    deadlineMs: checkNumber('deadlineSeconds', options.deadlineSeconds ?? 10, 0.01, 600) * 1000,
    maxAnswerBytes: checkNumber('maxAnswerBytes', options.maxAnswerBytes ?? 1_000_000, 1, 100_000_000),
    retries: checkNumber('retries', options.retries ?? 0, 0, 10),
  };
}

function checkBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refuse('baseUrl', 'must be an http(s) URL');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refuse('baseUrl', 'must be without user name, password, query and fragment');
  }
  return url.href.replace(/\/+$/, '');
}

function checkPaths(given: Partial<Record<OperationName, string>>): Record<OperationName, string> {
  const paths = {} as Record<OperationName, string>;
  for (const [name, operation] of Object.entries(operations)) {
    paths[name as OperationName] = operation.path;
  }
  for (const [name, path] of Object.entries(given)) {
    if (path === undefined) continue;
    const field = `paths.${name}`;
    if (!Object.hasOwn(operations, name)) throw refuse(field, 'is not an operation');
    if (!/^(?:\/(?!\.{1,2}(?:\/|$))[\w.~<>-]+)+$/.test(path)) {
      throw refuse(field, 'must be a path such as /v1/conversations');
    }
    const known = new Set([...listParameters(operations[name as OperationName].path), 'account_id']);
    const used = listParameters(path);
    const stranger = used.find((parameter) => !known.has(parameter));
    if (stranger !== undefined) throw refuse(field, `must not hold <${stranger}>`);
    const missing = [...known].find((parameter) => parameter !== 'account_id' && !used.includes(parameter));
    if (missing !== undefined) throw refuse(field, `must hold <${missing}>`);
    paths[name as OperationName] = path;
  }
  return paths;
}

function checkNumber(field: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw refuse(field, `must be a number from ${least} to ${most}`);
}

function refuse(field: string, message: string): WotNotInputError {
  return new WotNotInputError('createWotNotClient', [{ message, path: [field] }]);
}
