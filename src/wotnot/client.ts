import { createAgents } from './agents.js';
import { type CallOptions, checkClientOptions, type WotNotClientOptions } from './client-options.js';
import { WotNotInputError } from './errors.js';
import {
  type OperationName,
  operationNames,
  operations,
  type WotNotAnswer,
  type WotNotRequest,
} from './operations.js';
import { performCall } from './perform-call.js';
import { createRateBudget } from './rate-budget.js';
import { createRedact } from './redact.js';
import { createSendRequest } from './send-request.js';

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** An operation that needs nothing may be called with nothing. */
type CallArguments<Request> = [Request] extends [Record<string, never>]
  ? [request?: Request, options?: CallOptions]
  : [request: Request, options?: CallOptions];

export type WotNotClient = {
  readonly [Name in OperationName as CamelCase<Name>]: (
    ...given: CallArguments<WotNotRequest<Name>>
  ) => Promise<WotNotAnswer<Name>>;
} & {
  /**
   * Calls an operation by its name.
   * @throws WotNotInputError when the request is refused here, before anything is sent
   * @throws WotNotError when the call failed; `whatToDo` says what follows from it
   */
  call<Name extends OperationName>(
    name: Name,
    request: WotNotRequest<Name>,
    options?: CallOptions,
  ): Promise<WotNotAnswer<Name>>;
  /** Closes the connections that wait for the next call. */
  stop(): void;
};

/** A client of WotNot's public API, for one account. The token stays in here and is on no property. */
export function createWotNotClient(given: WotNotClientOptions): WotNotClient {
  const options = checkClientOptions(given);
  const agents = createAgents();
  const deps = {
    options,
    token: given.token,
    transport: given.transport ?? createSendRequest(agents),
    redact: createRedact(given.token),
    budget: given.rate === undefined ? null : createRateBudget(given.rate),
    hooks: given.hooks ?? {},
  };

  async function call(name: OperationName, request: unknown = {}, callOptions: CallOptions = {}) {
    if (!Object.hasOwn(operations, name)) {
      throw new WotNotInputError('call', [{ message: 'is not an operation', path: ['name'] }]);
    }
    return performCall(deps, name, request, callOptions);
  }

  const client: Record<string, unknown> = { call, stop: () => agents.stop() };
  for (const name of operationNames) {
    client[toCamelCase(name)] = (request?: unknown, callOptions?: CallOptions) =>
      call(name, request, callOptions);
  }
  // The methods and their type are both made from `operations`; the loop above is where they meet.
  return client as unknown as WotNotClient;
}

function toCamelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
