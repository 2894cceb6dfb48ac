import type { z } from 'zod';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** How what is left of a request, once its path parameters are taken out, travels. */
export type Carriage = 'nothing' | 'json' | 'multipart' | 'query' | 'query-and-json';

/**
 * One operation of WotNot's API. Every name inside `request`, `body` and `answer` is spelled as
 * WotNot's own page spells it, so that the page stays the manual of this client.
 */
export interface Operation<
  Request extends z.ZodType = z.ZodType,
  Body extends z.ZodType | null = z.ZodType | null,
  Answer extends z.ZodType = z.ZodType,
> {
  /** The heading on WotNot's page; for the API channel, which has none, what it does. */
  readonly section: string;
  /** `public` is counted among the page's 22 sections; `api` is the visitor's side, for an API channel. */
  readonly channel: 'public' | 'api';
  readonly method: HttpMethod;
  /** Exactly as documented, parameters in angle brackets; `<account_id>` comes from the client. */
  readonly path: `/${string}`;
  readonly carries: Carriage;
  /**
   * True when doing it twice leaves the same state as doing it once. Only then may a request whose
   * answer was lost be sent again: WotNot has no idempotency key.
   */
  readonly repeatable: boolean;
  /** What a caller hands in: the path parameters and the body's fields, side by side. */
  readonly request: Request;
  /** The JSON body alone, for whoever stands on the other side. */
  readonly body: Body;
  readonly answer: Answer;
}

/** Gives an entry its exact types. */
export function defineOperation<
  Request extends z.ZodType,
  Body extends z.ZodType | null,
  Answer extends z.ZodType,
>(operation: Operation<Request, Body, Answer>): Operation<Request, Body, Answer> {
  return operation;
}
