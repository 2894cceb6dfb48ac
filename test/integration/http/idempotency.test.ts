import { describe, expect, it } from 'vitest';
import { routes } from '../../../src/http/routes/index.js';
import { askRoute, tokenFor } from './ask-route.js';
import { as, serve, errorOf } from './serve.js';

const path = '/v1/conversations/cnv_1/messages';
const body = { type: 'text', text: 'Hello' };
const keyed = (key: string, token = 'agent-token') => ({ ...as(token), 'Idempotency-Key': key });

describe('an Idempotency-Key', () => {
  it.each(
    routes
      .filter(({ keepsAnswer }) => keepsAnswer !== undefined)
      .map((route) => [`${route.method} ${route.path}`, route] as const),
  )('%s: a repeat gets the first answer and does nothing', async (_name, route) => {
    const served = await serve();
    const headers = { 'Idempotency-Key': 'k-1' };
    const first = await askRoute(served, route, tokenFor(route), { headers });
    const verbs = served.calls.filter(([verb]) => verb !== 'authenticate').length;
    const repeat = await askRoute(served, route, tokenFor(route), { headers });
    expect([first.status, first.headers['idempotent-replayed']]).toEqual([repeat.status, undefined]);
    expect(repeat.headers['idempotent-replayed']).toBe('true');
    expect(served.calls.filter(([verb]) => verb !== 'authenticate')).toHaveLength(verbs);
    const secrets = route.keepsAnswer?.unlessRepeated ?? [];
    const rest = Object.fromEntries(
      Object.entries(first.body as object).filter(([name]) => !secrets.includes(name)),
    );
    expect(repeat.body).toEqual(rest);
    // Secrets are answered once and never kept.
    for (const name of secrets)
      expect(JSON.stringify([...served.keptAnswers.values()])).not.toContain(
        (first.body as Record<string, string>)[name],
      );
  });

  it('every POST that creates takes one', () => {
    const without = routes.filter(
      ({ method, keepsAnswer }) => method === 'post' && keepsAnswer === undefined,
    );
    const creating = without.filter(({ answers }) => 201 in answers).map(({ operationId }) => operationId);
    // Nobody is signed in yet, so there is nobody whose key it would be; a code works once anyway.
    expect(creating).toEqual(['exchangeCode']);
  });

  it('goes to the desk with the message and the note', async () => {
    const served = await serve();
    await served.ask.post(path).set(keyed('k-1')).send(body);
    await served.ask.post('/v1/conversations/cnv_1/notes').set(keyed('k-2')).send({ text: 'x' });
    expect(
      served.calls.filter(([verb]) => verb === 'reply' || verb === 'addNote').map((call) => call[4]),
    ).toEqual(['k-1', 'k-2']);
  });

  it('with another body is refused', async () => {
    const served = await serve();
    await served.ask.post(path).set(keyed('k-1')).send(body);
    const other = await served.ask
      .post(path)
      .set(keyed('k-1'))
      .send({ ...body, text: 'Else' });
    expect([other.status, errorOf(other).code]).toEqual([422, 'idempotency_key_reused']);
    const elsewhere = await served.ask.post('/v1/conversations/cnv_2/messages').set(keyed('k-1')).send(body);
    expect(errorOf(elsewhere).code).toBe('idempotency_key_reused');
  });

  it('of a reply that never ended, as its process was killed, is not held up: the desk itself knows the key', async () => {
    const served = await serve();
    let arrive: () => void = () => undefined;
    const there = new Promise<void>((resolve) => (arrive = resolve));
    served.answers.set('reply', () => {
      arrive();
      return new Promise(() => undefined);
    });
    const first = served.ask.post(path).set(keyed('k-1')).send(body);
    first.end();
    await there;
    served.answers.delete('reply');
    const second = await served.ask.post(path).set(keyed('k-1')).send(body);
    expect(second.status).toBe(202);
    expect(served.calls.filter(([verb]) => verb === 'reply').map((call) => call[4])).toEqual(['k-1', 'k-1']);
    const third = await served.ask.post(path).set(keyed('k-1')).send(body);
    expect([third.status, third.headers['idempotent-replayed']]).toEqual([202, 'true']);
    first.abort();
  });

  it('of a request still under way is refused for the moment', async () => {
    const served = await serve();
    let arrive: () => void = () => undefined;
    let go: () => void = () => undefined;
    const there = new Promise<void>((resolve) => (arrive = resolve));
    served.answers.set(
      'createConnection',
      () =>
        new Promise((resolve) => {
          go = () => resolve({ outcome: 'refused', code: 'invalid_request', message: 'no' });
          arrive();
        }),
    );
    const create = () =>
      served.ask
        .post('/v1/connections')
        .set(keyed('k-1', 'admin-key'))
        .send({ connector: 'wotnot', name: 'n', settings: {}, credentials: {} });
    const first = create().then((answer) => answer.status);
    await there;
    const second = await create();
    expect([second.status, errorOf(second).code, second.headers['retry-after']]).toEqual([
      409,
      'idempotency_key_in_use',
      '1',
    ]);
    go();
    expect(await first).toBe(400);
  });

  it('is free again after a refusal and after a failure', async () => {
    const served = await serve();
    served.answers.set('reply', () =>
      Promise.resolve({ outcome: 'refused', code: 'conversation_closed', message: 'Closed.' }),
    );
    expect((await served.ask.post(path).set(keyed('k-1')).send(body)).status).toBe(409);
    served.answers.set('reply', () => Promise.reject(new Error('x')));
    expect((await served.ask.post(path).set(keyed('k-1')).send(body)).status).toBe(500);
    served.answers.delete('reply');
    expect((await served.ask.post(path).set(keyed('k-1')).send(body)).status).toBe(202);
  });

  it("two principals' keys never meet", async () => {
    const served = await serve();
    await served.ask.post(path).set(keyed('k-1')).send(body);
    const other = await served.ask
      .post(path)
      .set(keyed('k-1', 'desk-key'))
      .send({ ...body, text: 'Else' });
    expect(other.status).toBe(202);
  });

  it.each(['x'.repeat(201), 'a b', 'ü', ' '])('%j is none', async (key) => {
    const served = await serve();
    const answer = await served.ask
      .post(path)
      .set({ ...as('agent-token'), 'Idempotency-Key': Buffer.from(key).toString('latin1') })
      .send(body);
    expect([answer.status, errorOf(answer).code]).toEqual([400, 'idempotency_key_invalid']);
  });
});
