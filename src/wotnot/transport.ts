import type { Readable } from 'node:stream';
import type { HttpMethod } from './operation.js';

export interface OutgoingRequest {
  method: HttpMethod;
  /** Without a trailing slash. */
  baseUrl: string;
  /** Path and query, already encoded. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer | Readable | null;
  signal: AbortSignal;
  maxAnswerBytes: number;
  /**
   * To be asked when the next thing that happens may be a byte that leaves; false: none may. A transport that cannot
   * tell asks at once.
   */
  onLeaving: () => boolean;
}

/** How one exchange ended. A transport never throws for what a network may do. */
export type Exchange =
  | {
      outcome: 'answered';
      status: number;
      retryAfter: string | null;
      bytes: Buffer;
      /** `cut`: longer than allowed. `broken`: the connection or the signal ended it. */
      extent: 'whole' | 'cut' | 'broken';
    }
  | {
      outcome: 'unanswered';
      /** Whether a connection stood, so that WotNot may have read the request. */
      reached: boolean;
      networkCode: string | null;
    };

export type Transport = (request: OutgoingRequest) => Promise<Exchange>;
