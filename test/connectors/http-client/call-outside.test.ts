import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOutsideCaller, policyFor } from '../../../src/connectors/http-client/index.js';
import { type Listener, listen } from './listener.js';

describe('a call that may not leave any more', () => {
  const caller = createOutsideCaller(policyFor(true));
  let here: Listener;
  let received = 0;
  beforeAll(async () => {
    here = await listen('127.0.0.1');
    here.handle = (_request, response) => {
      received += 1;
      response.end('{}');
    };
  });
  beforeEach(() => {
    received = 0;
  });
  afterAll(async () => {
    caller.stop();
    await here.stop();
  });
  const call = (leaving?: () => boolean) =>
    caller.call({
      method: 'POST',
      baseUrl: `http://127.0.0.1:${here.port}`,
      path: '/',
      json: { text: 'x'.repeat(100_000) },
      signal: AbortSignal.timeout(5_000),
      leaving,
    });

  it.each([
    ['on a new connection', 0],
    ['on one that was kept', 2],
  ])('is not sent, %s; the next one is', async (_name, passing) => {
    for (let n = 0; n < passing; n += 1) expect(await call(() => true)).toMatchObject({ status: 200 });
    expect(await call(() => false)).toMatchObject({ outcome: 'not_sent', code: 'aborted' });
    // Whatever was to leave would have come by then.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(received).toBe(passing);
    expect(await call()).toMatchObject({ outcome: 'answered', status: 200 });
    expect(received).toBe(passing + 1);
  });

  it('is asked once, when a connection stands', async () => {
    const connections: number[] = [];
    const fresh = createOutsideCaller(policyFor(true));
    here.connections = 0;
    await fresh.call({
      method: 'GET',
      baseUrl: `http://127.0.0.1:${here.port}`,
      path: '/',
      signal: AbortSignal.timeout(5_000),
      leaving: () => connections.push(here.connections) > 0,
    });
    fresh.stop();
    expect(connections).toHaveLength(1);
    expect(received).toBe(1);
  });
});

describe('what the other side says of its limit', () => {
  const caller = createOutsideCaller(policyFor(true));
  let here: Listener;
  beforeAll(async () => {
    here = await listen('127.0.0.1');
  });
  afterAll(async () => {
    caller.stop();
    await here.stop();
  });
  const callsUntilPaced = async (name: string, headers: Record<string, string>): Promise<number> => {
    here.handle = (_request, response) => response.writeHead(200, headers).end('{}');
    for (let made = 0; made < 5; made += 1) {
      const answer = await caller.call({
        method: 'GET',
        baseUrl: `http://127.0.0.1:${here.port}`,
        path: '/',
        signal: AbortSignal.timeout(5_000),
        spending: { of: [{ name, most: 5, seconds: 60 }], rank: 'order' },
      });
      if (answer.outcome === 'not_sent') return made;
    }
    return 5;
  };

  it('is believed', async () => {
    const headers = { 'x-rate-limit': '700', 'x-rate-limit-remaining': '0' };
    expect(await callsUntilPaced('believed', headers)).toBe(1);
  });

  it.each([
    ['999999999', '0'],
    ['1', '99999999999999999999999'],
  ])('is not when it is absurd: %s allowed, %s left', async (total, remaining) => {
    const headers = { 'x-rate-limit': total, 'x-rate-limit-remaining': remaining };
    expect(await callsUntilPaced(`${total} ${remaining}`, headers)).toBe(5);
  });
});
