export { createWotNotClient, type WotNotClient } from './client.js';
export type { CallOptions, Hooks, WotNotClientOptions } from './client-options.js';
export type { UploadProgress } from './count-upload.js';
export { describeRequest, type FieldKind, type RequestField } from './describe-request.js';
export { errorCodes, isWotNotErrorCode, type WhatToDo, type WotNotErrorCode } from './error-codes.js';
export {
  type ErrorMessage,
  type Failure,
  type LocalErrorCode,
  WotNotError,
  WotNotInputError,
} from './errors.js';
export type { Carriage, HttpMethod, Operation } from './operation.js';
export {
  type OperationName,
  operationNames,
  operations,
  type WotNotAnswer,
  type WotNotRequest,
} from './operations.js';
export type { Rate } from './rate-budget.js';
export { type Agents, createSendRequest } from './send-request.js';
export type { Exchange, OutgoingRequest, Transport } from './transport.js';
export type { SourceToUpload } from './upload-sources.js';
export { receiptEventKeys, type WebhookEventKey, webhookEventKeys } from './webhook.js';
