import type { OperationName } from '../../wotnot/index.js';
import type { World } from '../world.js';
import type { ApiAnswer } from './api-answer.js';

export interface ApiRequest {
  name: OperationName;
  parameters: Record<string, string>;
  query: URLSearchParams;
  /** Already valid for the operation. */
  body: unknown;
  rawBody: Buffer;
  contentType: string;
  /** Comes when the answer has left, so that an echo can follow it. */
  answered: Promise<void>;
}

export type Handler = (world: World, request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;
