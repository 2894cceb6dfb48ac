import {
  ERROR_STATUS,
  type ErrorCode,
  errorAnswerSchema,
  type Schema,
  toJsonSchema,
} from '../contract/index.js';
import { ENTRANCES, type Entrance } from './entrances.js';
import type { Route, SuccessStatus } from './route.js';
import { routes } from './routes/index.js';

export type Json = Record<string, unknown>;

export interface OpenApiDocument extends Json {
  openapi: string;
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Json; securitySchemes: Json };
}

/** What any route may answer, besides its own refusals. */
const EVERY_ROUTE: readonly ErrorCode[] = ['rate_limited', 'overloaded', 'database_unavailable', 'internal'];
const WITH_TOKEN: readonly ErrorCode[] = ['token_missing', 'token_invalid', 'token_expired', 'forbidden'];
const WITH_BODY: readonly ErrorCode[] = [
  'invalid_json',
  'invalid_utf8',
  'body_not_an_object',
  'too_deep',
  'too_complex',
  'unsupported_media_type',
  'unsupported_charset',
  'body_too_large',
  'request_timeout',
];
const WITH_KEY: readonly ErrorCode[] = [
  'idempotency_key_invalid',
  'idempotency_key_in_use',
  'idempotency_key_reused',
];

const STATUS_WORDS: Record<SuccessStatus, string> = {
  200: 'Done',
  201: 'Made',
  202: 'Accepted and safely recorded',
  204: 'Done; there is nothing to say',
};

/** The API's description, made of the very routes that serve it. */
export function openApiDocument(): OpenApiDocument {
  const schemas: Json = {};
  const schemaOf = (schema: Schema, direction: 'request' | 'answer'): Json => {
    const parts = toJsonSchema(schema, direction);
    Object.assign(schemas, parts.components);
    return parts.schema;
  };
  schemas.Error = schemaOf(errorAnswerSchema, 'answer');
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = describeRoute(route, schemaOf);
  for (const [name, entrance] of Object.entries<Entrance>(ENTRANCES)) {
    (paths[entrance.path] ??= {})[entrance.method] = describeEntrance(name, entrance);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'agent-desk-bridge',
      version: 'v1',
      description:
        'The bridge between chats and the desks where agents work. Send `Authorization: Bearer <token>` with an ' +
        'API key or an agent’s session. Every refusal has a stable `error.code`. A POST that creates takes an ' +
        '`Idempotency-Key`: repeated with it, a request is carried out once.',
    },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

type SchemaOf = (schema: Schema, direction: 'request' | 'answer') => Json;

function describeRoute(route: Route, schemaOf: SchemaOf): Json {
  const takesBody = route.body === 'upload' || ['post', 'put', 'patch'].includes(route.method);
  const refusals = [
    'invalid_request',
    'unknown_field',
    'repeated_parameter',
    ...(takesBody ? WITH_BODY : []),
    ...(route.permission === 'anyone' ? [] : WITH_TOKEN),
    ...(route.keepsAnswer === undefined ? [] : WITH_KEY),
    ...(route.refusals ?? []),
    ...EVERY_ROUTE,
  ] as const;
  const body = describeBody(route, schemaOf);
  return {
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    operationId: route.operationId,
    ...(route.permission === 'anyone'
      ? { security: [] }
      : { security: [{ bearer: [] }], 'x-permission': route.permission }),
    parameters: [
      ...parameters(schemaOf(route.params, 'request'), 'path'),
      ...parameters(schemaOf(route.query, 'request'), 'query'),
      ...(route.keepsAnswer === undefined ? [] : [idempotencyKey]),
    ],
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { ...describeAnswers(route, schemaOf), ...describeRefusals(refusals) },
  };
}

function describeBody(route: Route, schemaOf: SchemaOf): Json | undefined {
  if (route.body === 'upload') {
    const form = {
      type: 'object',
      properties: { file: { type: 'string', format: 'binary' } },
      required: ['file'],
    };
    const content = { 'application/octet-stream': { schema: {} }, 'multipart/form-data': { schema: form } };
    return { required: true, content };
  }
  const schema = schemaOf(route.body, 'request');
  if (schema.type === 'object' && Object.keys(schema.properties ?? {}).length === 0) return undefined;
  return { required: !route.body.safeParse({}).success, content: { 'application/json': { schema } } };
}

function describeAnswers(route: Route, schemaOf: SchemaOf): Json {
  const answers = Object.entries(route.answers).map(([status, schema]) => {
    const description = STATUS_WORDS[Number(status) as SuccessStatus];
    if (schema === 'nothing') return [status, { description }];
    return [status, { description, content: { 'application/json': { schema: schemaOf(schema, 'answer') } } }];
  });
  return Object.fromEntries(answers) as Json;
}

function describeRefusals(codes: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    byStatus.set(ERROR_STATUS[code], [...(byStatus.get(ERROR_STATUS[code]) ?? []), code]);
  }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [status, { description: group.join(' · '), content }]),
  );
}

function describeEntrance(operationId: string, entrance: Entrance): Json {
  const names = [...entrance.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return {
    tags: [entrance.tag],
    summary: entrance.summary,
    ...(entrance.description === undefined ? {} : { description: entrance.description }),
    operationId,
    security: [],
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    responses: {
      ...Object.fromEntries(
        Object.entries(entrance.answers).map(([status, { description, type }]) => [
          status,
          { description, content: { [type]: {} } },
        ]),
      ),
      ...describeRefusals(entrance.refusals),
    },
  };
}

function parameters(schema: Json, place: 'path' | 'query'): Json[] {
  const required = (schema.required ?? []) as string[];
  return Object.entries((schema.properties ?? {}) as Record<string, Json>).map(
    ([name, { description, ...rest }]) => ({
      name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }),
  );
}

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Repeated with the same key, the request is carried out once and answered the same',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};
