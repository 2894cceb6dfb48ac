import type { Permission, Principal } from '../access/principal.js';
import {
  type ErrorCode,
  type ErrorDetail,
  nothingSchema,
  type OutputOf,
  type Schema,
} from '../contract/index.js';
import type { Rooms } from './ports.js';

/** anyone: asked without a token. Everyone else needs one that may do it. */
export type RoutePermission = Permission | 'anyone';
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type SuccessStatus = 200 | 201 | 202 | 204;

export interface Refusal {
  outcome: 'refused';
  code: ErrorCode;
  message: string;
  details?: ErrorDetail[] | Record<string, unknown>;
  retryAfterSeconds?: number;
}

export type RouteAnswer = { outcome: 'answered'; status: SuccessStatus; body?: unknown } | Refusal;

/** A file that an agent sends, whole. */
export interface Upload {
  name: string;
  bytes: Buffer;
}

export interface RouteRequest<Caller, Params, Query, Body> {
  /** Who asks, and by which token; undefined where anyone may. */
  principal: Caller;
  token: Caller extends undefined ? undefined : string;
  params: Params;
  query: Query;
  body: Body;
  idempotencyKey?: string;
}

interface RouteWords {
  operationId: string;
  method: Method;
  /** As OpenAPI writes it: /v1/conversations/{id} */
  path: `/v1/${string}`;
  permission: RoutePermission;
  tag: string;
  summary: string;
  description?: string;
  /** What is answered when it is done, by status. */
  answers: Partial<Record<SuccessStatus, Schema | 'nothing'>>;
  /** What it may refuse besides what every route may. */
  refusals?: readonly ErrorCode[];
  /** How long it may take, where that is longer than for others: it asks an outside that may be slow again and again. */
  answerSeconds?: number;
  /**
   * Repeating the request with its Idempotency-Key repeats the answer. Fields named `unlessRepeated` are
   * secrets: they are answered once and not kept. `verbKnowsKey`: the verb itself makes one of all requests
   * with a key, so that a repeat need not wait for a first one that may have died with its process.
   */
  keepsAnswer?: { unlessRepeated?: readonly string[]; verbKnowsKey?: true };
}

/** A route as the router and the API's description read it. */
export interface Route extends RouteWords {
  params: Schema;
  query: Schema;
  /** upload: the body is a file. */
  body: Schema | 'upload';
  run(
    rooms: Rooms,
    request: RouteRequest<Principal | undefined, unknown, unknown, unknown>,
  ): Promise<RouteAnswer>;
}

type Nothing = typeof nothingSchema;
type Caller<P extends RoutePermission> = P extends 'anyone' ? undefined : Principal;
type BodyOf<B extends Schema | 'upload'> = B extends Schema ? OutputOf<B> : Upload;

/** Declares a route: what it takes, who may, and the one verb that it calls. */
export function route<
  const P extends RoutePermission,
  Params extends Schema = Nothing,
  Query extends Schema = Nothing,
  const Body extends Schema | 'upload' = Nothing,
>(
  definition: RouteWords & {
    permission: P;
    params?: Params;
    query?: Query;
    body?: Body;
    run(
      rooms: Rooms,
      request: RouteRequest<Caller<P>, OutputOf<Params>, OutputOf<Query>, BodyOf<Body>>,
    ): Promise<RouteAnswer>;
  },
): Route {
  const { run, ...words } = definition;
  return {
    ...words,
    params: definition.params ?? nothingSchema,
    query: definition.query ?? nothingSchema,
    body: definition.body ?? nothingSchema,
    // The server gives a route what its own schemas made and the principal that its permission asks for.
    run: run,
  };
}

/** A room's answer on its way out: done things are presented, refusals pass as they are. */
export function settle<T>(
  answer:
    | { outcome: 'done'; value: T }
    | { outcome: 'refused'; code: ErrorCode; message: string; details?: Refusal['details'] },
  present: (value: T) => RouteAnswer,
): RouteAnswer {
  if (answer.outcome === 'done') return present(answer.value);
  const { code, message, details } = answer;
  return { outcome: 'refused', code, message, ...(details === undefined ? {} : { details }) };
}

export const answered = (status: SuccessStatus, body?: unknown): RouteAnswer => ({
  outcome: 'answered',
  status,
  ...(body === undefined ? {} : { body }),
});
