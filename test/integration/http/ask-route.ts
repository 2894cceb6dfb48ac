import type { Response } from 'supertest';
import type { Route } from '../../../src/http/route.js';
import { GOOD } from './good-requests.js';
import { as, type Served } from './serve.js';

export function pathOf(route: Route): string {
  const good = GOOD[route.operationId];
  if (good === undefined) throw new Error(`no good request for ${route.operationId}`);
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(good.params?.[name] ?? ''),
  );
  return path + (good.query ?? '');
}

/** The good request of a route, by a token. */
export async function askRoute(
  served: Served,
  route: Route,
  token: string | undefined,
  change: { body?: object | string; headers?: Record<string, string> } = {},
): Promise<Response> {
  const body = change.body ?? GOOD[route.operationId]?.body;
  const asking = served.ask[route.method](pathOf(route)).set({
    ...(token === undefined ? {} : as(token)),
    ...(route.body === 'upload' ? { 'Content-Type': 'application/octet-stream' } : {}),
    ...change.headers,
  });
  return body === undefined ? asking : asking.send(body);
}

export const tokenFor = (route: Route): string | undefined =>
  route.permission === 'anyone' ? undefined : route.permission === 'admin' ? 'admin-key' : 'agent-token';
