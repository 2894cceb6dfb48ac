import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ERROR_STATUS, type ErrorAnswer, type ErrorCode } from '../../contract/index.js';
import { requestIdOf } from '../door/request-id.js';

const REASONS: Record<string, { code: ErrorCode; message: string }> = {
  HPE_HEADER_OVERFLOW: { code: 'headers_too_large', message: 'The head of the request is too large.' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request_timeout', message: 'The request did not arrive in time.' },
};
const UNREADABLE: { code: ErrorCode; message: string } = {
  code: 'invalid_http',
  message: 'This is no proper HTTP/1.1 request.',
};

/** Answers what never became a request, in the shape of every other refusal, and ends the connection. */
export function refuseBytes(socket: Duplex, reason: string | undefined): void {
  const { code, message } = (reason === undefined ? undefined : REASONS[reason]) ?? UNREADABLE;
  const requestId = requestIdOf(undefined);
  const status = ERROR_STATUS[code];
  const answer: ErrorAnswer = { error: { code, message, requestId } };
  const body = JSON.stringify(answer);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Whoever never hangs up is not waited for; cut at once, the answer might be lost to who is still sending.
  const timer = setTimeout(() => socket.destroy(), 2_000);
  socket.once('close', () => clearTimeout(timer));
}
