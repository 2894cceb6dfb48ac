import type { WhatToDo, WotNotErrorCode } from './error-codes.js';

/** What this client finds by itself, where WotNot said nothing that can be recognised. */
export type LocalErrorCode =
  /** The caller's signal ended the call. */
  | 'aborted'
  /** The deadline passed: waiting for the rate budget, connecting, sending or reading. */
  | 'deadline_exceeded'
  /** No connection: refused, no such host, unreachable, certificate not accepted. */
  | 'connection_failed'
  /** The connection was there and broke before the whole answer had come. */
  | 'connection_lost'
  /** What was to be uploaded could not be read to its end. */
  | 'upload_failed'
  /** A 3xx. Never followed: the token would go wherever it points. */
  | 'redirected'
  /** A 2xx that is no JSON, or not the answer that this operation gives. */
  | 'answer_unreadable'
  /** A 2xx that is longer than allowed. */
  | 'answer_too_large'
  /** A failure with a code that WotNot's page does not know; see `reportedCode`. */
  | 'undocumented'
  /** A 401 or 403 without a code. */
  | 'not_authorised'
  /** A 429 without a code. */
  | 'throttled'
  /** A 503 without a code. */
  | 'unavailable'
  /** Another 5xx without a code. */
  | 'server_error'
  /** Another 4xx, or `ok:false`, without a code. */
  | 'refused';

/** One sentence of WotNot's, and the field it is about. */
export interface ErrorMessage {
  message: string;
  path?: (string | number)[];
}

export interface Failure {
  code: WotNotErrorCode | LocalErrorCode;
  /** The code as WotNot wrote it, when `code` is `undocumented`. */
  reportedCode: string | null;
  /** Of the HTTP answer; null when there was none. */
  httpStatus: number | null;
  messages: ErrorMessage[];
  whatToDo: WhatToDo;
  /** How long WotNot asks to wait, between one second and a day. */
  retryAfterSeconds: number | null;
  /** The system's own word, such as `ECONNREFUSED`. */
  networkCode: string | null;
  /** The head of an answer that could not be read, redacted, 4 kB at most. */
  excerpt: string | null;
}

/** A call that failed. Holds neither the token nor the request. */
export class WotNotError extends Error implements Failure {
  override readonly name = 'WotNotError';
  readonly operation: string;
  readonly code: WotNotErrorCode | LocalErrorCode;
  readonly reportedCode: string | null;
  readonly httpStatus: number | null;
  readonly messages: ErrorMessage[];
  readonly whatToDo: WhatToDo;
  readonly retryAfterSeconds: number | null;
  readonly networkCode: string | null;
  /** Private, so that a logger that prints an error's properties does not print a stranger's page. */
  readonly #excerpt: string | null;

  constructor(operation: string, failure: Failure) {
    super(describe(operation, failure));
    this.operation = operation;
    this.code = failure.code;
    this.reportedCode = failure.reportedCode;
    this.httpStatus = failure.httpStatus;
    this.messages = failure.messages;
    this.whatToDo = failure.whatToDo;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.networkCode = failure.networkCode;
    this.#excerpt = failure.excerpt;
  }

  get excerpt(): string | null {
    return this.#excerpt;
  }
}

/** A request that was refused here, before anything was sent. */
export class WotNotInputError extends Error {
  override readonly name = 'WotNotInputError';
  readonly code = 'invalid_request';
  /** The first field at fault, such as `contacts[0].email`. */
  readonly field: string;
  readonly messages: ErrorMessage[];

  constructor(where: string, messages: [ErrorMessage, ...ErrorMessage[]]) {
    super(`${where}: ${messages.map((one) => `${nameField(one.path)} ${one.message}`).join('; ')}`);
    this.field = nameField(messages[0].path);
    this.messages = messages;
  }
}

function describe(operation: string, failure: Failure): string {
  const details = [
    failure.reportedCode,
    failure.networkCode,
    failure.httpStatus === null ? null : `HTTP ${failure.httpStatus}`,
  ].filter((detail) => detail !== null);
  const head = `${operation}: ${failure.code}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
  const said = failure.messages[0]?.message;
  return said === undefined ? head : `${head}: ${said}`;
}

function nameField(path: ErrorMessage['path']): string {
  if (path === undefined || path.length === 0) return 'request';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('');
}
