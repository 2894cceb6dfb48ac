import { readFileSync } from 'node:fs';
import type { Express } from 'express';
import { describe, expect, it } from 'vitest';
import type { DeskRefusal } from '../../../src/desk/desk.js';
import { ERROR_STATUS, type ErrorCode } from '../../../src/contract/index.js';
import { createExpress } from '../../../src/http/create-http.js';
import { entrances, expressPath } from '../../../src/http/entrances.js';
import { openApiDocument } from '../../../src/http/openapi.js';
import { routes } from '../../../src/http/routes/index.js';
import { createFakes } from './fakes.js';
import { serve } from './serve.js';

/** Compiles only while every refusal of the desk is a code of the contract. */
const deskRefusalsHaveCodes = (code: DeskRefusal): ErrorCode => code;

const document = openApiDocument();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, words]) => ({ path, method, words })),
);

/** What Express really has, asked of its own router. */
function mounted(app: Express): string[] {
  const stack = (
    app.router as unknown as { stack: { route?: { path: unknown; methods: Record<string, boolean> } }[] }
  ).stack;
  return stack.flatMap(({ route }) =>
    route === undefined || route.methods._all
      ? []
      : Object.keys(route.methods).map((method) => `${method} ${String(route.path)}`),
  );
}

describe('the description', () => {
  it('has every route of the router, and the router every operation of it', () => {
    const described = operations.map(({ path, method }) => `${method} ${expressPath(path)}`);
    const real = mounted(createExpress(createFakes().deps, async () => undefined)).filter(
      (name) => name !== 'get /docs.css',
    );
    expect(real.toSorted()).toEqual(described.toSorted());
    expect(described).toHaveLength(routes.length + entrances.length);
  });

  it('is OpenAPI 3.1: references lead somewhere, parameters are declared, operations have names', () => {
    expect(document.openapi).toBe('3.1.0');
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
    for (const reference of references) {
      expect(reference).toMatch(/^#\/components\/schemas\/\w+$/);
      expect(document.components.schemas).toHaveProperty(reference.split('/').at(-1) ?? '');
    }
    expect(text).not.toContain('$defs');
    const names = operations.map(({ words }) => words.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { path, words } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (words.parameters as { name: string; in: string; required: boolean }[]).filter(
        (parameter) => parameter.in === 'path',
      );
      expect(declared.map(({ name }) => name).toSorted()).toEqual(inPath.toSorted());
      expect(declared.every(({ required }) => required)).toBe(true);
      const responses = words.responses as Record<string, { description: string }>;
      expect(Object.keys(responses).some((status) => Number(status) < 300)).toBe(true);
      for (const { description } of Object.values(responses)) expect(description).toBeTruthy();
    }
  });

  it('in the papers is the one that is served', async () => {
    const written = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as unknown;
    expect(written).toEqual(JSON.parse(JSON.stringify(document)));
    const served = await serve();
    expect((await served.ask.get('/openapi.json')).body).toEqual(written);
  });

  it('names for every guarded operation who may', () => {
    const guarded = operations.filter(({ path }) => path.startsWith('/v1/') && path !== '/v1/session');
    for (const { words } of guarded) expect(['desk', 'admin']).toContain(words['x-permission']);
  });

  it('as a page needs no script and nothing from outside', async () => {
    const served = await serve();
    const page = await served.ask.get('/docs');
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/<script|\son\w+=|style=|https?:\/\/(?!www\.w3)|undefined|\[object/);
    for (const { words } of operations) expect(page.text).toContain(`id="${String(words.operationId)}"`);
    const style = await served.ask.get('/docs.css');
    expect([style.status, style.headers['content-type']]).toEqual([200, 'text/css; charset=utf-8']);
    expect(style.text).not.toMatch(/url\(|@import/);
  });
});

describe('codes', () => {
  it('every refusal has a status of its kind', () => {
    expect(deskRefusalsHaveCodes('not_found')).toBe('not_found');
    for (const status of Object.values(ERROR_STATUS))
      expect([400, 401, 403, 404, 405, 408, 409, 410, 413, 414, 415, 422, 429, 431, 500, 503]).toContain(
        status,
      );
  });
});
