import { type OperationName, operationNames, operations } from '../../wotnot/index.js';

export interface Candidate {
  name: OperationName;
  parameters: Record<string, string>;
}

interface Route extends Pick<(typeof operations)[OperationName], 'method'> {
  name: OperationName;
  segments: string[];
}

/** WotNot prints some paths with `/api` in front and some without; both spellings reach the same operation. */
function segmentsOf(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments[0] === 'api' ? segments.slice(1) : segments;
}

const routes: Route[] = operationNames.map((name) => ({
  name,
  method: operations[name].method,
  segments: segmentsOf(operations[name].path),
}));

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function fit(route: Route, method: string, segments: string[]): Candidate | undefined {
  if (route.method !== method || route.segments.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, pattern] of route.segments.entries()) {
    const segment = segments[index] ?? '';
    if (pattern.startsWith('<')) parameters[pattern.slice(1, -1)] = decode(segment);
    else if (pattern !== segment) return undefined;
  }
  return { name: route.name, parameters };
}

/** The operations that share this method and path; only the body tells some of them apart. */
export function matchOperations(method: string, path: string): Candidate[] {
  const segments = segmentsOf(path);
  return routes.flatMap((route) => fit(route, method, segments) ?? []);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function nameFromBody(body: unknown): OperationName | undefined {
  if (!isObject(body)) return undefined;
  if ('contacts' in body) return 'create-contacts';
  if (body['channel'] === 'API') return 'start-api-conversation';
  if (isObject(body['user']) && body['user']['type'] === 'VISITOR') return 'send-visitor-message';
  if (body['event'] === 'assignee') return isObject(body['team']) ? 'assign-team' : 'assign-user';
  return undefined;
}

const byDefault: OperationName[] = ['create-conversation', 'send-message', 'close-conversation'];

export function chooseOperation(candidates: Candidate[], body: unknown): Candidate | undefined {
  const wanted = nameFromBody(body);
  return (
    candidates.find(({ name }) => name === wanted) ??
    candidates.find(({ name }) => byDefault.includes(name)) ??
    candidates[0]
  );
}
