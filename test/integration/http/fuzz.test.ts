import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorAnswerSchema } from '../../../src/contract/index.js';
import { routes } from '../../../src/http/routes/index.js';
import { askRoute, pathOf, tokenFor } from './ask-route.js';
import { as, serve } from './serve.js';

const takingJson = routes.filter(
  ({ method, body }) => body !== 'upload' && ['post', 'put', 'patch'].includes(method),
);
const odd = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .dictionary(
      fc.constantFrom('type', 'text', 'agent', 'variables', 'name', 'by', '__proto__', 'template', 'code'),
      fc.jsonValue(),
    )
    .map((value) => JSON.stringify(value)),
);

describe('whatever comes', () => {
  it('a body is taken or refused with a code, and never answered 500', async () => {
    const served = await serve();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...takingJson), odd, async (route, body) => {
        const answer = await askRoute(served, route, tokenFor(route), {
          body,
          headers: { 'Content-Type': 'application/json' },
        });
        if (answer.status >= 400) {
          errorAnswerSchema.parse(answer.body);
          expect(answer.status).toBeLessThan(500);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(served.failures).toEqual([]);
  });

  it('so is an address and its query', async () => {
    const served = await serve();
    const part = fc
      .oneof(
        fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text).toString('latin1')),
        fc.constantFrom('%00', '%ff', '..', '%2e', ';', '//', '__proto__'),
      )
      .map((text) =>
        text.replaceAll(
          /[^\x21-\x7e]/g,
          (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').slice(-2)}`,
        ),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes.filter(({ method }) => method === 'get')),
        part,
        part,
        part,
        async (route, id, name, value) => {
          for (const path of [
            `${pathOf(route).split('?')[0]}?${name}=${value}`,
            `/v1/conversations/${id}`,
            `/${id}`,
          ]) {
            const answer = await fetch(new URL(served.origin + path), { headers: as('admin-key') });
            expect(answer.status).toBeLessThan(500);
            if (answer.status >= 400) errorAnswerSchema.parse(await answer.json());
            else await answer.arrayBuffer();
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(served.failures).toEqual([]);
  });
});
