import type { Request, RequestHandler, Response } from 'express';
import { refuse } from './answer/refuse.js';
import { refuseFailure } from './answer/refuse-failure.js';
import { writeJson } from './answer/write-json.js';
import { readRouteBody } from './body/read-route-body.js';
import { readQuery } from './body/read-query.js';
import { validate } from './body/validate.js';
import { contextOf } from './door/request-context.js';
import { hashRequest, keepAnswer, readIdempotencyKey } from './keep-answer.js';
import type { HttpDeps } from './ports.js';
import type { Refusal, Route, RouteAnswer, RouteRequest } from './route.js';

const ANSWER_SECONDS = 30;

type Served = { outcome: 'served'; answer: RouteAnswer; replayed: boolean } | Refusal | { outcome: 'gone' };

/** One route from the parsed token to the written answer: read, validate, one verb, present. */
export function serveRoute(
  route: Route,
  deps: HttpDeps,
  readBodyOf = readRouteBody(deps.config),
): RequestHandler {
  return async (request, response) => {
    let served: Served;
    try {
      served = await serve(request, response);
    } catch (error) {
      const { requestId } = contextOf(request);
      served = refuseFailure(deps, error, { requestId, method: request.method, route: route.path });
    }
    write(request, response, served);
  };

  async function serve(request: Request, response: Response): Promise<Served> {
    const params = validate(route.params, request.params);
    if (params.outcome === 'refused') return params;
    const queryText = readQuery(request.url);
    if (queryText.outcome === 'refused') return queryText;
    const query = validate(route.query, queryText.value);
    if (query.outcome === 'refused') return query;
    const key =
      route.keepsAnswer === undefined ? undefined : readIdempotencyKey(request.headers['idempotency-key']);
    if (key?.outcome === 'refused') return key;
    const body = await readBodyOf(route, request, query.value);
    if (body.outcome !== 'read') return body;

    const { principal, token } = contextOf(request);
    const input = {
      principal,
      token,
      params: params.value,
      query: query.value,
      body: body.value,
      ...(key?.key === undefined ? {} : { idempotencyKey: key.key }),
    } as RouteRequest<typeof principal, unknown, unknown, unknown>;
    const run = (): Promise<RouteAnswer> => route.run(deps, input);

    const stopWaiting = giveUpLater(request, response);
    try {
      if (principal === undefined || route.keepsAnswer === undefined || key?.key === undefined) {
        return { outcome: 'served', answer: await run(), replayed: false };
      }
      const requestHash = hashRequest(request.method, request.originalUrl, body.bytes);
      const kept = await keepAnswer(
        deps.idempotency,
        { principal, key: key.key, requestHash },
        route.keepsAnswer,
        run,
      );
      return { outcome: 'served', ...kept };
    } finally {
      stopWaiting();
    }
  }

  /** A verb that hangs does not hang its caller; what it does in the end is in the record all the same. */
  function giveUpLater(request: Request, response: Response): () => void {
    const timer = setTimeout(
      () => {
        refuse(request, response, {
          code: 'overloaded',
          message:
            'This takes too long. It may still be done: repeat it with the same Idempotency-Key, or look.',
        });
      },
      (route.answerSeconds ?? deps.config.answerSeconds ?? ANSWER_SECONDS) * 1_000,
    );
    return () => clearTimeout(timer);
  }
}

function write(request: Request, response: Response, served: Served): void {
  switch (served.outcome) {
    case 'gone':
      response.destroy();
      return;
    case 'refused':
      refuse(request, response, served);
      return;
    case 'served':
      break;
  }
  const { answer, replayed } = served;
  if (answer.outcome === 'refused') return refuse(request, response, answer);
  if (answer.status === 204) {
    if (!response.headersSent) response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
    return;
  }
  writeJson(response, answer.status, answer.body, replayed ? { 'Idempotent-Replayed': 'true' } : {});
}
