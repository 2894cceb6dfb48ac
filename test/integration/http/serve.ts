import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { onTestFinished } from 'vitest';
import { type ErrorAnswer, errorAnswerSchema } from '../../../src/contract/index.js';
import { createHttp } from '../../../src/http/create-http.js';
import { createServer } from '../../../src/http/create-server.js';
import type { HttpDeps } from '../../../src/http/ports.js';
import { createFakes, type Fakes } from './fakes.js';

export interface Served extends Fakes {
  origin: string;
  port: number;
  ask: ReturnType<typeof request>;
}

/** The room behind the product's own server on this machine, for the length of one test. */
export async function serve(
  config: Partial<HttpDeps['config']> = {},
  change: Partial<HttpDeps> = {},
): Promise<Served> {
  const fakes = createFakes(config);
  const server = createServer(createHttp({ ...fakes.deps, ...change }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return { ...fakes, port, origin, ask: request(origin) };
}

export const as = (token: string): { Authorization: string } => ({ Authorization: `Bearer ${token}` });

/** The refusal that an answer is; fails when it is none. */
export const errorOf = (answer: { body: unknown }): ErrorAnswer['error'] =>
  errorAnswerSchema.parse(answer.body).error;

/** The first field that a refusal names. */
export function firstWrong(answer: { body: unknown }): string | undefined {
  const { details } = errorOf(answer);
  return Array.isArray(details) ? details[0]?.path : undefined;
}
