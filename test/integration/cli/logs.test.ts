import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../src/app.js';
import type { DemoLinks } from '../../../src/cli/demo/demo-links.js';
import { run } from '../../../src/cli/run.js';
import { createTelemetry } from '../../../src/telemetry/telemetry.js';
import { createTypedWorld } from './typed-world.js';

vi.setConfig({ testTimeout: 120_000 });

const CANARIES = {
  text: 'canary-of-the-contact sings 4111111111111111',
  answer: 'canary-of-the-agent answers',
  note: 'canary-of-the-note',
  name: 'Canary Surname',
  email: 'canary.person@example.org',
  phone: '+49 170 5550199',
  forged: 'forged-webhook-token-canary-0123456789',
  query: 'canary-query',
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'logs-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the log of a running bridge', () => {
  it('P8, S-LOG-1: holds no secret and no word of a customer at its most talkative, and says what happened', async () => {
    const lines: string[] = [];
    const world = createTypedWorld(
      { DATA_DIR: directory, PORT: '0', SANDBOX_PORT: '0' },
      {
        openBridge: (config, secrets, _telemetry, overrides) => {
          const options = { level: 'debug', format: 'json' } as const;
          // By the values of secrets nothing is taken out here: what is kept out must be kept out by construction.
          const telemetry = createTelemetry({
            log: options,
            secretValues: [],
            to: (line) => lines.push(line),
          });
          return createApp(config, secrets, telemetry, overrides);
        },
      },
    );
    const ended = run(['demo'], world);
    await vi.waitFor(() => expect(world.printed.join()).toContain('Ctrl-C'), {
      timeout: 90_000,
      interval: 50,
    });
    const links = JSON.parse(readFileSync(path.join(directory, 'demo.json'), 'utf8')) as DemoLinks;
    const code = decodeURIComponent(new URL(links.agent.signInUrl).hash.slice('#code='.length));
    const session = await act(links, code);
    await vi.waitFor(() => expect(lines.join('\n')).toContain('"delivery.attempted"'), { timeout: 20_000 });
    world.signal('SIGINT');
    await ended;

    const log = lines.join('\n');
    const secrets = [links.apiKey, links.webhookToken, links.sandboxToken, code, session];
    const webhookKey = new URL(links.webhookUrl).pathname.split('/').at(-1) ?? '';
    for (const canary of [...Object.values(CANARIES), ...secrets, webhookKey])
      expect(log).not.toContain(canary);
    for (const event of [
      'webhook.accepted',
      'webhook.refused',
      'events.projected',
      'agent.signed_in',
      'request.served',
    ]) {
      expect(log).toContain(`"${event}"`);
    }
  });
});

/** Says all the canaries, in every way that the outside has; answers the session's token. */
async function act(links: DemoLinks, code: string): Promise<string> {
  const send = async (url: string, body: unknown, token = links.apiKey): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const { name, email, phone, text } = CANARIES;
  await send(`${links.sandboxUrl}/sandbox/conversations`, { name, email, phone, text, human: true });
  const listed = async (): Promise<string> => {
    const answer = await fetch(`${links.bridgeUrl}/v1/conversations`, {
      headers: { authorization: `Bearer ${links.apiKey}` },
    });
    const { data } = (await answer.json()) as { data: { id: string }[] };
    expect(data).toHaveLength(1);
    return data[0]?.id ?? '';
  };
  const id = await vi.waitFor(listed, { timeout: 20_000 });
  const by = links.agent.email;
  await send(`${links.bridgeUrl}/v1/conversations/${id}/messages`, {
    type: 'text',
    text: CANARIES.answer,
    by,
  });
  await send(`${links.bridgeUrl}/v1/conversations/${id}/notes`, { text: CANARIES.note, by });
  // What is refused is told too, without what it was.
  await send(links.webhookUrl, { token: CANARIES.forged, events: [{ text }] });
  await send(`${links.bridgeUrl}/v1/conversations/${id}/notes`, `{"text": "${text}`);
  await send(`${links.bridgeUrl}/v1/session`, { code: CANARIES.forged });
  await fetch(`${links.bridgeUrl}/v1/conversations?q=${CANARIES.query}`, {
    headers: { authorization: `Bearer ${links.apiKey}` },
  });
  const { token } = await send(`${links.bridgeUrl}/v1/session`, { code });
  expect(token).toBeTypeOf('string');
  await fetch(`${links.bridgeUrl}/v1/me`, { headers: { authorization: `Bearer ${String(token)}` } });
  return String(token);
}
