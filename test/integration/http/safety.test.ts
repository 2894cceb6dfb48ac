import { describe, expect, it } from 'vitest';
import { as, serve, errorOf } from './serve.js';

describe('every answer', () => {
  it.each(['/v1/me', '/nowhere', '/health/live', '/openapi.json', '/docs'])(
    '%s carries the headers of a careful house (S-HTTP-4, S-HTTP-8)',
    async (path) => {
      const served = await serve();
      const { headers } = await served.ask.get(path);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['strict-transport-security']).toBeUndefined();
      expect(headers['x-request-id']).toBeTruthy();
      expect(headers['content-type']).toContain('charset=utf-8');
    },
  );

  it('over https binds browsers to it for a year', async () => {
    const served = await serve({ publicUrl: 'https://bridge.test' });
    const { headers } = await served.ask.get('/health/live');
    expect(headers['strict-transport-security']).toContain('max-age=31536000');
  });

  it("keeps the caller's request id when it is sane", async () => {
    const served = await serve();
    const sane = await served.ask.get('/v1/me').set('X-Request-Id', 'trace-12345678');
    expect([sane.headers['x-request-id'], errorOf(sane).requestId]).toEqual([
      'trace-12345678',
      'trace-12345678',
    ]);
    for (const odd of ['x', 'a b c d e f g h', 'x'.repeat(129), '<script>']) {
      expect((await served.ask.get('/v1/me').set('X-Request-Id', odd)).headers['x-request-id']).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    }
  });

  it('is logged by its pattern and ids, without a word of what was said', async () => {
    const served = await serve();
    await served.ask
      .post('/v1/conversations/cnv_1/notes')
      .set(as('agent-token'))
      .send({ text: 'Bob is cross' });
    await served.ask.get('/v1/conversations?q=Bob').set(as('wrong'));
    expect(served.lines).toMatchObject([
      {
        method: 'POST',
        route: '/v1/conversations/{id}/notes',
        status: 201,
        workspaceId: 'wsp_a',
        principal: 'agt_ada',
      },
      { method: 'GET', route: '/v1/conversations', status: 401, code: 'token_invalid' },
    ]);
    expect(JSON.stringify(served.lines)).not.toContain('Bob');
  });

  it('comes in time, whatever a verb does', async () => {
    const served = await serve({ answerSeconds: 0.1 });
    served.answers.set('readWorkspace', () => new Promise(() => undefined));
    const answer = await served.ask.get('/v1/me').set(as('agent-token'));
    expect([answer.status, errorOf(answer).code]).toEqual([503, 'overloaded']);
  });

  it('has the time that it takes to look at a connection whose outside is slow', async () => {
    const served = await serve({ answerSeconds: 0.1 });
    const findings = [{ ok: true, what: 'It answers, slowly.' }];
    served.answers.set('checkConnection', async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return { outcome: 'done', value: findings };
    });
    const answer = await served.ask.post('/v1/connections/con_1/check').set(as('admin-key'));
    expect([answer.status, answer.body]).toEqual([200, { findings }]);
  });
});

describe('rates', () => {
  it('are bounded by address before anybody is authenticated (S-HTTP-6)', async () => {
    const served = await serve({ requestsPerMinutePerAddress: 2 });
    const statuses: number[] = [];
    for (let turn = 0; turn < 3; turn += 1)
      statuses.push((await served.ask.get('/v1/me').set(as('agent-token'))).status);
    expect(statuses).toEqual([200, 200, 429]);
    const answer = await served.ask.get('/v1/me');
    expect(errorOf(answer).code).toBe('rate_limited');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('and by principal: one does not use up what is another’s', async () => {
    const served = await serve({ requestsPerMinutePerPrincipal: 1 });
    const statuses: number[] = [];
    for (const token of ['agent-token', 'agent-token', 'desk-key'])
      statuses.push((await served.ask.get('/v1/me').set(as(token))).status);
    expect(statuses).toEqual([200, 429, 200]);
  });

  it('X-Forwarded-For counts only as far as proxies are configured (B24, S-HTTP-5)', async () => {
    const direct = await serve({ requestsPerMinutePerAddress: 1 });
    const spoof = (address: string) => ({ 'X-Forwarded-For': address });
    await direct.ask.get('/v1/me').set(spoof('203.0.113.1'));
    expect((await direct.ask.get('/v1/me').set(spoof('203.0.113.2'))).status).toBe(429);
    const proxied = await serve({ requestsPerMinutePerAddress: 1, trustProxyHops: 1 });
    await proxied.ask.get('/v1/me').set(spoof('203.0.113.1'));
    expect((await proxied.ask.get('/v1/me').set(spoof('203.0.113.2'))).status).toBe(401);
    // The first part of the chain is the caller's own claim.
    expect((await proxied.ask.get('/v1/me').set(spoof('203.0.113.9, 203.0.113.2'))).status).toBe(429);
    for (const odd of ['garbage', '::ffff:203.0.113.1', '[::1]:80', ',']) {
      expect((await proxied.ask.get('/v1/me').set(spoof(odd))).status).toBeLessThan(500);
    }
    // IPv6 by /64.
    await proxied.ask.get('/v1/me').set(spoof('2001:db8:1:2::1'));
    expect((await proxied.ask.get('/v1/me').set(spoof('2001:db8:1:2:ffff::9'))).status).toBe(429);
  });
});

describe('other origins (S-HTTP-9)', () => {
  it.each([
    'https://evil.test',
    'https://good.example.evil.com',
    'https://good.example:444',
    'http://good.example',
    'https://sub.good.example',
    'https://GOOD.example.',
    'null',
    'https://good.example/',
  ])('%s gets no leave', async (origin) => {
    const served = await serve({ allowedOrigins: ['https://good.example'] });
    for (const answer of [
      await served.ask.get('/v1/me').set({ ...as('agent-token'), Origin: origin }),
      await served.ask.options('/v1/me').set({ Origin: origin, 'Access-Control-Request-Method': 'GET' }),
    ]) {
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      expect(answer.headers.vary).toContain('Origin');
    }
  });

  it('one on the list does, exactly and without cookies', async () => {
    const served = await serve({ allowedOrigins: ['https://good.example'] });
    const preflight = await served.ask
      .options('/v1/me')
      .set({ Origin: 'https://good.example', 'Access-Control-Request-Method': 'GET' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-headers']).toContain('Authorization');
    const answer = await served.ask
      .get('/v1/me')
      .set({ ...as('agent-token'), Origin: 'https://good.example' });
    expect(answer.headers['access-control-allow-origin']).toBe('https://good.example');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('nobody is on the list unless configured', async () => {
    const served = await serve();
    const answer = await served.ask.options('/v1/me').set({ Origin: 'https://good.example' });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([405, undefined]);
  });
});

describe('health and metrics', () => {
  it('live and ready differ, and tell no versions (S-HTTP-11)', async () => {
    const served = await serve(
      {},
      { readiness: () => Promise.resolve({ ready: false, checks: [{ name: 'database', ok: false }] }) },
    );
    expect((await served.ask.get('/health/live')).body).toEqual({ status: 'live' });
    const ready = await served.ask.get('/health/ready');
    expect([ready.status, errorOf(ready).code, errorOf(ready).details]).toEqual([
      503,
      'not_ready',
      { checks: { database: false } },
    ]);
    const fine = await (await serve()).ask.get('/health/ready');
    expect([fine.status, fine.body]).toEqual([200, { status: 'ready', checks: { database: true } }]);
  });

  it('a readiness that fails is not ready', async () => {
    const served = await serve({}, { readiness: () => Promise.reject(new Error('ECONNREFUSED')) });
    expect((await served.ask.get('/health/ready')).status).toBe(503);
  });

  it('metrics are for the token, or for this machine', async () => {
    const local = await serve();
    const told = await local.ask.get('/metrics');
    expect([told.status, told.text]).toEqual([200, 'up 1\n']);
    expect((await local.ask.get('/metrics').set('X-Forwarded-For', '127.0.0.1')).status).toBe(401);
    const guarded = await serve({ metricsToken: 'metrics-token' });
    expect((await guarded.ask.get('/metrics')).status).toBe(401);
    expect((await guarded.ask.get('/metrics').set(as('wrong'))).status).toBe(401);
    expect((await guarded.ask.get('/metrics').set(as('metrics-token'))).status).toBe(200);
  });
});
