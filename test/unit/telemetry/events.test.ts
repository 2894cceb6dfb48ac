import { describe, expect, it } from 'vitest';
import { createQuota } from '../../../src/telemetry/quota.js';
import { createTelemetry } from '../../../src/telemetry/telemetry.js';

function listen(level: 'info' | 'debug') {
  const lines: Record<string, unknown>[] = [];
  const telemetry = createTelemetry({
    log: { level, format: 'json' },
    secretValues: [],
    to: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
    processMetrics: false,
  });
  return { telemetry, lines };
}

const inbound = { connector: 'wotnot', workspaceId: 'wsp_1', connectionId: 'con_1' };
const owed = { ...inbound, kind: 'send-message', deliveryId: 'dlv_1' };

describe('business events', () => {
  it('write a line with ids and a metric without them', async () => {
    const { telemetry, lines } = listen('info');
    telemetry.events.deliveryDead({ ...owed, attempts: 3, code: 'CONVERSATION_CLOSED' });
    await telemetry.close();
    expect(lines).toMatchObject([
      {
        level: 'warn',
        room: 'delivery',
        event: 'delivery.dead',
        deliveryId: 'dlv_1',
        code: 'CONVERSATION_CLOSED',
      },
    ]);
    const { text } = await telemetry.metrics();
    expect(text).toContain(
      'desk_bridge_deliveries_total{connector="wotnot",kind="send-message",outcome="dead"} 1',
    );
    expect(text).not.toMatch(/wsp_|con_|dlv_/);
  });

  it('are counters only on the hot path, unless debugging', async () => {
    const accepted = {
      ...inbound,
      requestId: 'request-1',
      recorded: 2,
      duplicates: 1,
      unrecognised: 0,
      milliseconds: 3,
    };
    for (const level of ['info', 'debug'] as const) {
      const { telemetry, lines } = listen(level);
      for (let n = 0; n < 5; n += 1) telemetry.events.webhookAccepted(accepted);
      await telemetry.close();
      expect(lines).toHaveLength(level === 'debug' ? 5 : 0);
      const { text } = await telemetry.metrics();
      expect(text).toContain('desk_bridge_inbound_events_total{connector="wotnot",outcome="recorded"} 10');
      expect(text).toContain('desk_bridge_webhook_seconds_count{connector="wotnot"} 5');
    }
  });

  it('do not let a flood of refusals fill the disk, and count it all the same', async () => {
    const { telemetry, lines } = listen('info');
    const refused = { code: 'webhook_unauthorized', requestId: 'request-1' };
    for (let n = 0; n < 1_000; n += 1) telemetry.events.webhookRefused(refused);
    await telemetry.close();
    expect(lines.length).toBeLessThanOrEqual(120);
    expect((await telemetry.metrics()).text).toMatch(
      /webhooks_total\{.*outcome="webhook_unauthorized"} 1000/,
    );
  });

  it('say after a silence how much was left out', () => {
    let now = 0;
    const quota = createQuota(2, () => now);
    const said: (number | undefined)[] = [];
    for (let n = 0; n < 5; n += 1) quota((unsaid) => said.push(unsaid));
    now = 60_000;
    quota((unsaid) => said.push(unsaid));
    expect(said).toEqual([undefined, undefined, 3]);
  });

  it('leave out a watched number that cannot be read', async () => {
    const { telemetry } = listen('info');
    telemetry.watch('deliveries_waiting', 'Deliveries owed', () => 7);
    telemetry.watch('broken', 'Never there', () => Promise.reject(new Error('no database')));
    const { text } = await telemetry.metrics();
    expect(text).toContain('desk_bridge_deliveries_waiting 7');
    expect(text).not.toMatch(/^desk_bridge_broken \d/m);
    await telemetry.close();
  });

  it('are written in a form for people when asked', async () => {
    const lines: string[] = [];
    const telemetry = createTelemetry({
      log: { level: 'info', format: 'pretty' },
      secretValues: [],
      to: (line) => lines.push(line),
      processMetrics: false,
    });
    telemetry.logger('process').info('process.started', { roles: ['http'], version: '1' });
    await telemetry.close();
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}process {4}process\.started roles=\["http"\] version=1$/,
    );
  });
});
