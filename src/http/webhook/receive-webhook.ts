import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientAddress } from '../../access/client-address.js';
import { PROBE_HEADER } from '../../domain/probe.js';
import { refuseFailure } from '../answer/refuse-failure.js';
import { writeRefusal } from '../answer/write-refusal.js';
import { judgeJsonHeaders } from '../body/judge-json-headers.js';
import { letGo, readBody } from '../body/read-body.js';
import { requestIdOf } from '../door/request-id.js';
import type { HttpDeps } from '../ports.js';
import type { Refusal } from '../route.js';

const LARGEST_WEBHOOK = 256 * 1024;
const ROUTE = '/webhooks/{connectionKey}';

type WebhookDeps = Pick<HttpDeps, 'intake' | 'telemetry' | 'isDatabaseUnavailable' | 'config'>;

export type ReceiveWebhook = (
  request: IncomingMessage,
  response: ServerResponse,
  connectionKey: string,
) => Promise<void>;

/**
 * The hot path: the body as it came goes to the intake and its answer back, nothing else. It stands before
 * every other middleware.
 */
export function receiveWebhook(deps: WebhookDeps): ReceiveWebhook {
  const { trustProxyHops, bodySeconds = 15, answerSeconds = 30 } = deps.config;
  const limits = { bytes: LARGEST_WEBHOOK, seconds: bodySeconds };

  return async (request, response, connectionKey) => {
    if (request.headers[PROBE_HEADER] !== undefined) return answerProbe(deps, request, response);
    const requestId = requestIdOf(request.headers['x-request-id']);
    /** What the intake has not seen is told here. */
    const refuse = (refusal: Omit<Refusal, 'outcome'>): void => {
      deps.telemetry.webhookRefused({ code: refusal.code, requestId });
      write(request, response, refusal, requestId);
    };
    if (Number(request.headers['content-length'] ?? 0) > LARGEST_WEBHOOK) {
      // Through the same reader, so that a sender within reason is heard out before it is refused.
      const body = await readBody(request, limits);
      if (body.outcome === 'refused') refuse(body);
      return;
    }
    const unreadable = judgeJsonHeaders(request.headers);
    if (unreadable !== undefined) return refuse(unreadable);
    const body = await readBody(request, limits);
    if (body.outcome === 'gone') return;
    if (body.outcome === 'refused') return refuse(body);

    const timer = setTimeout(() => refuse(tooSlow), answerSeconds * 1_000);
    try {
      const answer = await deps.intake.receive(connectionKey, {
        headers: request.headers as Record<string, string | undefined>,
        body: body.bytes,
        remoteAddress: clientAddress(request, trustProxyHops),
        requestId,
      });
      if (answer.outcome === 'refused') write(request, response, answer, requestId);
      else if (!response.headersSent) answerAtOnce(response, answer.status, answer.body, requestId);
    } catch (error) {
      const refusal = refuseFailure(deps, error, { requestId, method: 'POST', route: ROUTE });
      writeRefusal(response, refusal, requestId);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Says who is here. Nobody's webhook and nobody's token: nothing of it is read, counted or kept. */
function answerProbe(deps: WebhookDeps, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, { [PROBE_HEADER]: deps.config.bridgeId }).end();
  if (!request.complete) letGo(request);
}

function answerAtOnce(
  response: ServerResponse,
  status: number,
  body: Record<string, unknown>,
  requestId: string,
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'X-Request-Id': requestId,
  });
  response.end(text);
}

function write(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Omit<Refusal, 'outcome'>,
  requestId: string,
): void {
  writeRefusal(response, refusal, requestId);
  if (!request.complete) letGo(request);
}

const tooSlow: Omit<Refusal, 'outcome'> = {
  code: 'overloaded',
  message: 'Too busy just now: send it again.',
};
