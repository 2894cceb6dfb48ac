export { errorCodes, isWotNotErrorCode, type WhatToDo, type WotNotErrorCode } from './error-codes.js';
export type { Carriage, HttpMethod, Operation } from './operation.js';
export {
  type OperationName,
  operationNames,
  operations,
  type WotNotAnswer,
  type WotNotRequest,
} from './operations.js';
export type { SourceToUpload } from './upload-sources.js';
export { type WebhookEventKey, webhookEventKeys } from './webhook.js';
