import { randomBytes } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { askRunningBridge } from '../../../src/cli/doctor/ask-running-bridge.js';
import { loadConfig } from '../../../src/config/config.js';
import { serveHttp } from '../../support/serve-http.js';

const answer = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** What stands in for a bridge that has these connections, and looks at each of them in its own way. */
async function bridgeWith(looks: Record<string, (response: ServerResponse) => void>) {
  const listener: RequestListener = (request, response) => {
    if (request.url === '/health/ready') return answer(response, 200, { status: 'ready' });
    if (request.method === 'GET') {
      const data = Object.keys(looks).map((name) => ({ id: name, name, status: 'active' }));
      return answer(response, 200, { data });
    }
    return looks[request.url?.split('/').at(-2) ?? '']?.(response);
  };
  const port = await serveHttp(listener);
  const loaded = loadConfig({
    SECRET_KEY: randomBytes(32).toString('base64'),
    HOST: '127.0.0.1',
    PORT: String(port),
  });
  if (loaded.outcome === 'refused') throw new Error(loaded.mistakes.join());
  return loaded.config;
}

it('a connection that is slow, or cannot be looked at, is one finding, and the others are told', async () => {
  const usable = { findings: [{ ok: true, what: 'It answers.' }] };
  const config = await bridgeWith({
    Zendesk: () => undefined,
    Freshdesk: (response) =>
      answer(response, 500, { error: { code: 'internal_error', message: 'Something broke.' } }),
    Chatwoot: (response) =>
      answer(response, 503, { error: { code: 'overloaded', message: 'This takes too long.' } }),
    WotNot: (response) => answer(response, 200, usable),
  });
  const findings = await askRunningBridge(config, 'adb_key', 0.5);
  expect(findings).toMatchObject([
    { ok: true, what: expect.stringContaining('is ready') },
    {
      ok: false,
      what: 'Zendesk: the look at it took too long',
      hint: expect.stringContaining('did not answer in time'),
    },
    {
      ok: false,
      what: 'Freshdesk: the bridge could not look at it',
      hint: expect.stringContaining('internal_error'),
    },
    { ok: false, what: 'Chatwoot: the look at it took too long' },
    { ok: true, what: 'WotNot: It answers.' },
  ]);
});
