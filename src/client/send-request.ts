import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios';
import type { ErrorCode } from '../contract/errors.js';
import { BridgeError } from './bridge-error.js';

export interface BridgeRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  contentType?: string;
  idempotencyKey?: string | undefined;
  /** Sent without a token: the code exchange. */
  anonymous?: boolean;
  /** The token to send instead of the session's. */
  token?: string;
  signal?: AbortSignal | undefined;
  timeoutSeconds?: number | undefined;
}

export interface BridgeAnswer<T> {
  value: T;
  /** The server's clock, where it can be read. */
  serverTime: Date | undefined;
}

export type SendRequest = <T>(request: BridgeRequest) => Promise<BridgeAnswer<T>>;

/** How a token is come by, and how a refused one is replaced: `undefined` when it cannot be. */
export interface TokenSource {
  token(): Promise<string | undefined>;
  replace(refused: string): Promise<string | undefined>;
}

/** One exchange with the bridge. Every refusal is a BridgeError; an expired token is replaced once. */
export function createSendRequest(options: {
  baseUrl: string;
  timeoutSeconds: number;
  tokens: () => TokenSource;
}): SendRequest {
  const http = axios.create({
    baseURL: options.baseUrl.replace(/\/+$/, ''),
    allowAbsoluteUrls: false,
    maxRedirects: 0,
    responseType: 'json',
    validateStatus: () => true,
  });
  return async <T>(request: BridgeRequest): Promise<BridgeAnswer<T>> => {
    if (request.anonymous || request.token !== undefined) {
      return read<T>(await exchange(http, request, request.token, options.timeoutSeconds));
    }
    const tokens = options.tokens();
    const token = await tokens.token();
    const answer = await exchange(http, request, token, options.timeoutSeconds);
    if (answer.status !== 401 || token === undefined) return read<T>(answer);
    const fresh = await tokens.replace(token);
    if (fresh === undefined) return read<T>(answer);
    return read<T>(await exchange(http, request, fresh, options.timeoutSeconds));
  };
}

async function exchange(
  http: AxiosInstance,
  request: BridgeRequest,
  token: string | undefined,
  timeoutSeconds: number,
): Promise<AxiosResponse<unknown>> {
  try {
    return await http.request<unknown>({
      method: request.method,
      url: request.path,
      ...(request.query && { params: request.query }),
      ...(request.body !== undefined && { data: request.body }),
      headers: {
        Accept: 'application/json',
        ...(request.body !== undefined && { 'Content-Type': request.contentType ?? 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(request.idempotencyKey !== undefined && { 'Idempotency-Key': request.idempotencyKey }),
      },
      timeout: (request.timeoutSeconds ?? timeoutSeconds) * 1000,
      ...(request.signal && { signal: request.signal }),
    });
  } catch (error) {
    // What axios throws carries the request with its token; only its kind goes on.
    const code = isAxiosError(error) ? error.code : undefined;
    if (code === 'ERR_CANCELED') throw new BridgeError('stopped', 'The request was cancelled.');
    if (code === 'ECONNABORTED' || code === 'ETIMEDOUT')
      throw new BridgeError('timeout', 'The bridge did not answer in time.');
    throw new BridgeError(
      'unreachable',
      `The bridge cannot be reached${code === undefined ? '' : ` (${code})`}.`,
    );
  }
}

function read<T>(answer: AxiosResponse<unknown>): BridgeAnswer<T> {
  const { status, data } = answer;
  if (status >= 200 && status < 300) {
    if (status !== 204 && (typeof data !== 'object' || data === null)) throw unexpected(status);
    return { value: data as T, serverTime: serverTime(answer) };
  }
  const refusal = isRecord(data) ? data['error'] : undefined;
  if (!isRecord(refusal) || typeof refusal['code'] !== 'string') throw unexpected(status);
  const retryAfter = Number(answer.headers['retry-after']);
  throw new BridgeError(refusal['code'] as ErrorCode, String(refusal['message']), {
    status,
    requestId: typeof refusal['requestId'] === 'string' ? refusal['requestId'] : undefined,
    details:
      Array.isArray(refusal['details']) || isRecord(refusal['details']) ? refusal['details'] : undefined,
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
  });
}

function serverTime(answer: AxiosResponse<unknown>): Date | undefined {
  const time = Date.parse(String(answer.headers['date']));
  return Number.isNaN(time) ? undefined : new Date(time);
}

const unexpected = (status: number): BridgeError =>
  new BridgeError('unexpected_answer', `What answered is not the bridge (HTTP ${status}).`, { status });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
