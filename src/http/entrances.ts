import type { ErrorCode } from '../contract/index.js';

export interface Entrance {
  method: 'get' | 'post';
  path: string;
  tag: string;
  summary: string;
  description?: string;
  answers: Record<number, { description: string; type: string }>;
  refusals: readonly ErrorCode[];
}

/** What is reached without the API's token. The router takes its paths from here as well. */
export const ENTRANCES = {
  receiveWebhook: {
    method: 'post',
    path: '/webhooks/{connectionKey}',
    tag: 'Webhooks',
    summary: 'A connection’s webhook: an outside system reports what happened',
    description:
      'JSON of 256 kB at the most, authentic by the connection’s token. Answered once it is recorded.',
    answers: { 200: { description: 'Recorded', type: 'application/json' } },
    refusals: [
      'webhook_unauthorized',
      'body_too_large',
      'unsupported_media_type',
      'unsupported_charset',
      'invalid_json',
      'invalid_utf8',
      'body_not_an_object',
      'too_deep',
      'too_complex',
      'rate_limited',
      'overloaded',
      'database_unavailable',
    ],
  },
  openFile: {
    method: 'get',
    path: '/files/{workspaceId}/{fileId}/{name}',
    tag: 'Files',
    summary: 'A file by its signed link',
    description: 'Made by the bridge, with `expires` and `signature` in the query. HEAD and Range work.',
    answers: {
      200: { description: 'The file', type: '*/*' },
      206: { description: 'The asked range of it', type: '*/*' },
    },
    refusals: ['link_invalid', 'link_expired', 'not_found', 'rate_limited'],
  },
  live: {
    method: 'get',
    path: '/health/live',
    tag: 'Health',
    summary: 'Whether the process turns around',
    answers: { 200: { description: 'It does', type: 'application/json' } },
    refusals: [],
  },
  ready: {
    method: 'get',
    path: '/health/ready',
    tag: 'Health',
    summary: 'Whether it can work: database, migrations, workers',
    answers: { 200: { description: 'It can', type: 'application/json' } },
    refusals: ['not_ready'],
  },
  metrics: {
    method: 'get',
    path: '/metrics',
    tag: 'Health',
    summary: 'Metrics for Prometheus',
    description: 'With the configured metrics token; without one configured, from the same machine only.',
    answers: { 200: { description: 'Prometheus text', type: 'text/plain' } },
    refusals: ['token_missing', 'token_invalid'],
  },
  openapi: {
    method: 'get',
    path: '/openapi.json',
    tag: 'Description',
    summary: 'This description',
    answers: { 200: { description: 'OpenAPI 3.1', type: 'application/json' } },
    refusals: [],
  },
  docs: {
    method: 'get',
    path: '/docs',
    tag: 'Description',
    summary: 'This description as a page',
    answers: { 200: { description: 'A page', type: 'text/html' } },
    refusals: [],
  },
} as const satisfies Record<string, Entrance>;

export type EntranceName = keyof typeof ENTRANCES;

export const entrances = Object.values(ENTRANCES) as readonly Entrance[];

/** OpenAPI writes {id}, Express :id. */
export const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
