import { describe, expect, it } from 'vitest';
import { errorAnswerSchema } from '../../../src/contract/index.js';
import { routes } from '../../../src/http/routes/index.js';
import { askRoute, pathOf, tokenFor } from './ask-route.js';
import { CANARY } from './fakes.js';
import { as, serve, errorOf } from './serve.js';

const guarded = routes.filter(({ permission }) => permission !== 'anyone');
const named = (list: typeof routes) => list.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('a route refuses first', () => {
  it.each(named(guarded))(
    '%s asks for a token, and calls no verb without one (S-TEN-4)',
    async (_name, route) => {
      const served = await serve();
      for (const token of [undefined, 'wrong']) {
        const answer = await askRoute(served, route, token);
        expect(answer.status).toBe(401);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
        expect(errorAnswerSchema.parse(answer.body).error.code).toBe(
          token === undefined ? 'token_missing' : 'token_invalid',
        );
      }
      expect(served.calls.filter(([verb]) => verb !== 'authenticate')).toEqual([]);
    },
  );

  it.each(named(guarded.filter(({ permission }) => permission === 'admin')))(
    '%s is for operators: an agent and a desk key may not (S-TEN-10)',
    async (_name, route) => {
      const served = await serve();
      for (const token of ['agent-token', 'desk-key']) {
        const answer = await askRoute(served, route, token);
        expect([answer.status, errorAnswerSchema.parse(answer.body).error.code]).toEqual([403, 'forbidden']);
      }
      expect(served.calls.filter(([verb]) => verb !== 'authenticate')).toEqual([]);
    },
  );

  it.each(named(routes))(
    '%s knows no parameter but its own, and none twice (B43, S-HTTP-7)',
    async (_name, route) => {
      const served = await serve();
      const path = pathOf(route);
      const join = path.includes('?') ? '&' : '?';
      const headers = as(tokenFor(route) ?? '');
      const unknown = await served.ask[route.method](`${path}${join}workspaceId=wsp_b`).set(headers);
      expect([unknown.status, errorOf(unknown).code]).toEqual([400, 'unknown_field']);
      const repeated = await served.ask[route.method](`${path}${join}x=1&x=2`).set(headers);
      expect([repeated.status, errorOf(repeated).code]).toEqual([400, 'repeated_parameter']);
    },
  );

  it.each(
    named(
      routes.filter(({ method, body }) => body !== 'upload' && ['post', 'put', 'patch'].includes(method)),
    ),
  )('%s knows no field but its own (B42, S-TEN-6)', async (_name, route) => {
    const served = await serve();
    const { GOOD } = await import('./good-requests.js');
    for (const field of ['workspaceId', 'role', 'id', 'createdAt', '__proto__', 'constructor']) {
      const good = JSON.stringify(GOOD[route.operationId]?.body ?? {});
      const body = good.replace(/\}$/, `${good === '{}' ? '' : ','}${JSON.stringify(field)}:"x"}`);
      const answer = await askRoute(served, route, tokenFor(route), {
        body,
        headers: { 'Content-Type': 'application/json' },
      });
      expect([field, answer.status, errorOf(answer).code]).toEqual([field, 400, 'unknown_field']);
    }
  });

  it.each(named(routes))('%s takes its listed methods only (B22, S-HTTP-4)', async (_name, route) => {
    const served = await serve();
    const path = pathOf(route).split('?')[0] ?? '';
    const listed = routes.filter((other) => other.path === route.path).map(({ method }) => method);
    for (const method of (['get', 'post', 'put', 'delete', 'patch', 'options'] as const).filter(
      (other) => !listed.includes(other as 'get'),
    )) {
      const answer = await served.ask[method](path);
      expect([method, answer.status, errorOf(answer).code]).toEqual([method, 405, 'method_not_allowed']);
      expect(answer.headers.allow?.toLowerCase()).toContain(listed[0]);
    }
  });
});

describe('a route answers', () => {
  it.each(named(routes))(
    '%s with what its schema says, and no secret or internal id (S-TEN-5)',
    async (_name, route) => {
      const served = await serve();
      const answer = await askRoute(served, route, tokenFor(route));
      const schema = route.answers[answer.status as 200];
      expect(schema, `${answer.status} ${answer.text}`).toBeDefined();
      expect(answer.text).not.toContain(CANARY);
      expect(answer.text).not.toContain('lnk_internal');
      expect(answer.headers['cache-control']).toBe('no-store');
      if (schema === undefined || schema === 'nothing') return;
      // The schemas are strict: a field that is not on the list does not pass.
      expect(schema.parse(answer.body)).toEqual(answer.body);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    },
  );

  it.each(named(guarded))('%s hides a surprise behind its request id (S-HTTP-1)', async (_name, route) => {
    const served = await serve();
    const verbs = new Set([
      ...Object.keys(served.deps.desk),
      ...Object.keys(served.deps.operator),
      ...Object.keys(served.deps.directory),
      'renew',
      'signOut',
    ]);
    for (const verb of verbs) {
      served.answers.set(verb, () => Promise.reject(new Error('SELECT secret FROM /srv/app Bob said hi')));
    }
    const answer = await askRoute(served, route, tokenFor(route));
    if (route.operationId === 'signOut') return expect([204, 500]).toContain(answer.status);
    expect([answer.status, errorAnswerSchema.parse(answer.body).error.code]).toEqual([500, 'internal']);
    expect(answer.text).not.toMatch(/SELECT|srv|Bob|at /);
    expect(JSON.stringify(served.failures)).not.toContain('Bob');
    expect(served.failures).toHaveLength(1);
  });

  it('says that the database is away, and when to ask again', async () => {
    const served = await serve();
    served.answers.set('reply', () => Promise.reject(new Error('ECONNREFUSED 127.0.0.1:5432')));
    const answer = await served.ask
      .post('/v1/conversations/cnv_1/messages')
      .set(as('agent-token'))
      .send({ type: 'text', text: 'x' });
    expect([answer.status, errorOf(answer).code, answer.headers['retry-after']]).toEqual([
      503,
      'database_unavailable',
      '2',
    ]);
  });

  it("passes a desk's refusal with its code, status and details", async () => {
    const served = await serve();
    served.answers.set('linkTicket', () =>
      Promise.resolve({
        outcome: 'refused',
        code: 'ticket_linked_elsewhere',
        message: 'Linked.',
        details: { conversationId: 'cnv_2' },
      }),
    );
    const answer = await served.ask
      .put('/v1/ticket-links/con_2/7')
      .set(as('agent-token'))
      .send({ conversationId: 'cnv_1' });
    expect(answer.status).toBe(409);
    expect(errorOf(answer)).toMatchObject({
      code: 'ticket_linked_elsewhere',
      details: { conversationId: 'cnv_2' },
    });
  });

  it("another workspace's id and one that never was get the same answer (B41)", async () => {
    const served = await serve();
    served.answers.set('readConversation', () =>
      Promise.resolve({ outcome: 'refused', code: 'not_found', message: 'There is no such conversation.' }),
    );
    const answers = await Promise.all(
      ['cnv_other', 'cnv_never'].map((id) =>
        served.ask
          .get(`/v1/conversations/${id}`)
          .set({ ...as('agent-token'), 'X-Request-Id': 'same-request' }),
      ),
    );
    expect(answers[0]?.status).toBe(404);
    expect(answers[0]?.text).toBe(answers[1]?.text);
  });

  it('agents see which connections there are, not how they are set up', async () => {
    const served = await serve();
    const seen = await served.ask.get('/v1/connections').set(as('agent-token'));
    expect(seen.body).toMatchObject({
      data: [{ name: 'Shop', webhookUrl: '', settings: {}, templates: [{ name: 'welcome' }] }],
    });
    const full = await served.ask.get('/v1/connections').set(as('admin-key'));
    expect(full.body).toMatchObject({
      data: [
        {
          webhookUrl: 'http://bridge.test/webhooks/aaaa-bbbb',
          settings: { accountId: '7' },
        },
      ],
    });
  });

  it('a sign-in link carries its code behind the #, and is made for living agents only', async () => {
    const served = await serve();
    const made = await served.ask.post('/v1/agents/agt_ada/sign-in-link').set(as('admin-key'));
    expect(made.body).toMatchObject({ url: 'http://bridge.test/#code=cod_secret' });
    const none = await served.ask.post('/v1/agents/agt_none/sign-in-link').set(as('admin-key'));
    expect(none.status).toBe(404);
  });
});
