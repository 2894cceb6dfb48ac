import { z } from 'zod';

/** Every code that our API and sockets answer with, and the HTTP status it travels under. */
export const ERROR_STATUS = {
  // what was asked cannot be read
  invalid_http: 400,
  headers_too_large: 431,
  invalid_json: 400,
  invalid_utf8: 400,
  body_not_an_object: 400,
  too_deep: 400,
  too_complex: 400,
  invalid_request: 400,
  unknown_field: 400,
  bad_url: 400,
  repeated_parameter: 400,
  idempotency_key_invalid: 400,
  unsupported_media_type: 415,
  unsupported_charset: 415,
  body_too_large: 413,
  uri_too_long: 414,
  request_timeout: 408,
  // who asks
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  sign_in_code_invalid: 401,
  webhook_unauthorized: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  link_invalid: 403,
  link_expired: 410,
  // what it is about
  not_found: 404,
  method_not_allowed: 405,
  // it cannot be done as things stand
  conversation_closed: 409,
  ticket_linked_elsewhere: 409,
  conversation_linked_elsewhere: 409,
  connection_disconnected: 409,
  connection_in_use: 409,
  connection_required: 422,
  already_exists: 409,
  not_supported: 422,
  nothing_to_publish: 422,
  account_refused: 422,
  delivery_not_dead: 409,
  delivery_not_uncertain: 409,
  event_not_parked: 409,
  idempotency_key_in_use: 409,
  idempotency_key_reused: 422,
  agent_required: 422,
  agent_unknown: 422,
  file_unknown: 422,
  file_empty: 422,
  file_not_voice: 422,
  url_not_allowed: 422,
  url_unreachable: 422,
  cursor_invalid: 400,
  // too much
  rate_limited: 429,
  too_many_connections: 429,
  overloaded: 503,
  database_unavailable: 503,
  file_store_failed: 503,
  account_unavailable: 503,
  not_ready: 503,
  internal: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

export const errorCodes = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

export const errorDetailSchema = z.strictObject({
  path: z.string().optional().meta({ description: 'The field that is wrong, dotted: message.text' }),
  message: z.string(),
});

/** The one shape of every refusal. */
export const errorAnswerSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(errorCodes),
    message: z.string(),
    requestId: z.string(),
    details: z.union([z.array(errorDetailSchema), z.record(z.string(), z.unknown())]).optional(),
  }),
});

export type ErrorAnswer = z.infer<typeof errorAnswerSchema>;
export type ErrorDetail = z.infer<typeof errorDetailSchema>;
