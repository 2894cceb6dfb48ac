import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../../src/connectors/connector.js';
import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';
import { type FakeZendesk, openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';

let fake: FakeZendesk;
const opened: { stop?(): void }[] = [];

beforeAll(async () => {
  fake = await openFakeZendesk();
});
afterEach(() => {
  fake.clearFaults();
  fake.oauth.requests.length = 0;
});
afterAll(async () => {
  for (const connector of opened) connector.stop?.();
  await fake.close();
});

function open(credentials: Record<string, unknown> = fake.credentials) {
  const connector = createZendeskConnector({ allowPrivate: true });
  opened.push(connector);
  const account: Account = {
    settings: connector.parseSettings(fake.settings),
    credentials: connector.parseCredentials(credentials),
  };
  return { connector, account };
}

const list = async ({ connector, account }: ReturnType<typeof open>) => connector.listTeams?.(account);

describe('client credentials', () => {
  it('are asked for a token once for many calls', async () => {
    const desk = open();
    for (let at = 0; at < 5; at += 1) expect(await list(desk)).toMatchObject({ outcome: 'listed' });
    expect(fake.oauth.requests).toEqual(['client_credentials']);
  });

  it('are asked again when the token ends before its time, and the call is made again', async () => {
    const desk = open();
    await list(desk);
    fake.oauth.endAccess();
    expect(await list(desk)).toMatchObject({ outcome: 'listed' });
    expect(fake.oauth.requests).toEqual(['client_credentials', 'client_credentials']);
  });

  it('that are wrong pause the connection, with a sentence and without the secret', async () => {
    const clientSecret = 'a-wrong-secret-with-many-characters';
    const outcome = await list(open({ ...fake.credentials, clientSecret }));
    expect(outcome).toMatchObject({ outcome: 'credential', code: 'token_refused' });
    expect(JSON.stringify(outcome)).not.toContain(clientSecret);
  });

  it('are tried again later when the token’s answer is lost or odd', async () => {
    for (const fault of [
      { on: 'any', do: 'refuse' } as const,
      { on: 'any', do: 'answer', status: 200, body: '<html>' } as const,
      { on: 'any', do: 'answer', status: 200, body: { access_token: 7 } } as const,
      { on: 'any', do: 'answer', status: 503 } as const,
    ]) {
      fake.plant(fault);
      expect(await list(open())).toMatchObject({ outcome: 'retry' });
      fake.clearFaults();
    }
  });
});

describe('credentials', () => {
  it('may be an API token while there are any; check says that they end', async () => {
    const desk = open(fake.apiToken);
    expect(await list(desk)).toMatchObject({ outcome: 'listed' });
    const findings = await desk.connector.check(desk.account);
    expect(findings.find(({ what }) => what.includes('kind that stays'))).toMatchObject({ ok: false });
    expect(fake.oauth.requests).toEqual([]);
  });

  it('of a code do nothing before a person has authorised them, and spend no refresh token that cannot be kept', async () => {
    const { clientId, clientSecret } = fake.credentials;
    const code = { grant: 'authorization_code', clientId, clientSecret };
    expect(await list(open(code))).toMatchObject({ outcome: 'credential', code: 'not_authorised' });
    const spent = open({
      ...code,
      accessToken: 'ended',
      refreshToken: 'r',
      expiresAt: '2026-01-01T00:00:00Z',
    });
    expect(await list(spent)).toMatchObject({ outcome: 'credential', code: 'not_renewable' });
    expect(fake.oauth.requests).toEqual([]);
  });

  it('say their end in seconds, or in milliseconds where the number makes no other sense', async () => {
    const desk = open({ ...fake.credentials, grant: 'client_credentials' });
    const told: Record<string, unknown>[] = [];
    const account: Account = {
      ...desk.account,
      renewCredentials: async (renew) => {
        const renewed = (await renew(desk.account.credentials)) ?? {};
        told.push(renewed);
        return renewed;
      },
    };
    const expectEnd = async (expiresIn: number, minutes: number): Promise<void> => {
      const token = { access_token: 'x'.repeat(20), expires_in: expiresIn };
      fake.plant({ on: 'any', do: 'answer', status: 200, body: token });
      await desk.connector.listTeams?.(account);
      const left = (Date.parse(String(told[0]?.['expiresAt'])) - Date.now()) / 60_000;
      expect(left).toBeGreaterThan(minutes - 1);
      expect(left).toBeLessThan(minutes + 1);
      told.length = 0;
    };
    await expectEnd(1_800, 30);
    await expectEnd(1_800_000, 30);
  });

  it('are strict, and settings need to know where the account is', () => {
    const { connector } = open();
    expect(() => connector.parseCredentials({ token: 'x' })).toThrow(/grant/u);
    expect(() => connector.parseSettings({ subdomain: 'acme.zendesk.com' })).toThrow(/first part/u);
    expect(() => connector.parseSettings({})).toThrow(/subdomain/u);
    expect(connector.parseSettings({ subdomain: 'Acme' })).toMatchObject({
      baseUrl: 'https://acme.zendesk.com',
    });
    const guarded = createZendeskConnector({ allowPrivate: false });
    for (const baseUrl of ['http://acme.zendesk.com', 'https://127.0.0.1', 'https://10.0.0.1:8443', 'x'])
      expect(() => guarded.parseSettings({ baseUrl })).toThrow(/baseUrl/u);
    guarded.stop();
  });
});

describe('statuses', () => {
  it('may be numbers of the account’s own, and closed is never set', () => {
    const { connector } = open();
    const given = { statuses: { 7001: 'solved' }, sets: { solved: 7001 } };
    expect(connector.parseSettings({ ...fake.settings, ...given })).toMatchObject({
      statuses: { 7001: 'solved', open: 'open', hold: 'pending' },
      sets: { solved: '7001' },
    });
    for (const [sets, sentence] of [
      [{ closed: 'closed' }, /never set/u],
      [{ new: 'new' }, /never set/u],
      [{ closed: 'open' }, /not closed/u],
    ] as const)
      expect(() => connector.parseSettings({ ...fake.settings, sets })).toThrow(sentence);
    expect(
      connector.parseSettings({ ...fake.settings, sets: { new: 'open', closed: 'solved' } }),
    ).toBeTruthy();
    expect(() => connector.parseSettings({ ...fake.settings, statuses: { waiting: 'open' } })).toThrow(
      /number of a status/u,
    );
  });
});

describe('check', () => {
  it('says of each thing that is missing what to do', async () => {
    const desk = open();
    fake.world.apiUser.role = 'agent';
    const settings = desk.connector.parseSettings({
      ...fake.settings,
      webhookId: 'gone',
      policy: { team: 'Nobody', agents: { 'no@desk.example': 'a@b.example' } },
    });
    const wrong = (await desk.connector.check({ ...desk.account, settings })).filter(({ ok }) => !ok);
    fake.world.apiUser.role = 'admin';
    expect(wrong.map(({ what }) => what)).toEqual([
      'The user in whose name the bridge calls is an admin.',
      'The groups that the policy names exist.',
      'The webhook is there and active.',
      'The agents that the policy maps exist.',
    ]);
    for (const { hint } of wrong) expect(hint?.length ?? 0).toBeGreaterThan(20);
  });

  it('names the triggers by which Zendesk would mail contacts, and no others', async () => {
    const desk = open();
    const to = (whom: string) => [{ field: 'notification_user', value: [whom, 'subject', 'body'] }];
    const on = (field: string, operator: string, value: string) => ({ field, operator, value });
    const updated = on('update_type', 'is', 'Change');
    const triggers: [title: string, conditions: object[], actions: object[]][] = [
      ['Received request', [on('update_type', 'is', 'Create')], to('requester_and_ccs')],
      ['Comment update', [updated, on('current_tags', 'not_includes', 'vip')], to('requester_id')],
      ['Ours too', [on('current_tags', 'includes', 'wotnot')], to('requester_id')],
      ['Left out', [updated, on('current_tags', 'not_includes', 'vip WotNot')], to('requester_id')],
      ['Others alone', [on('current_tags', 'includes', 'vip')], to('requester_id')],
      ['To the assignee', [updated], to('assignee_id')],
      ['To a webhook', [updated], [{ field: 'notification_webhook', value: ['1', '{}'] }]],
    ];
    const look = async (policy: object) => {
      const settings = desk.connector.parseSettings({ ...fake.settings, policy });
      const findings = await desk.connector.check({ ...desk.account, settings });
      return findings.find(({ what }) => what.includes('mails contacts'));
    };
    expect(await look({})).toMatchObject({ ok: true });
    for (const [at, [title, all, actions]] of triggers.entries())
      fake.world.triggers.set(at + 1, { id: at + 1, title, active: true, conditions: { all }, actions });
    try {
      const told = await look({});
      expect(told).toMatchObject({ ok: false });
      expect(told?.hint?.match(/“[^”]+”/gu)).toEqual([
        '“Received request”',
        '“Comment update”',
        '“Ours too”',
      ]);
      expect(told?.hint).toContain('Contains none of the following > wotnot');
      expect(await look({ tags: ['chat'] })).toMatchObject({ hint: expect.stringContaining('> chat') });
      expect(await look({ tags: [] })).toMatchObject({ hint: expect.stringContaining('policy.tags') });
    } finally {
      fake.world.triggers.clear();
    }
  });

  it('is not deceived by a user of no id, as whom Zendesk takes those that it does not know', async () => {
    const desk = open();
    const nobody = {
      user: { id: null, name: 'Anonymous user', email: 'invalid@example.com', role: 'end-user' },
    };
    fake.plant({ on: 'read', do: 'answer', status: 200, body: nobody });
    const [first] = (await desk.connector.check(desk.account)).filter(({ ok }) => !ok);
    expect(first?.what).toBe('Zendesk answers and accepts the credentials.');
  });

  it('does not take a subdomain that nobody has for a ticket that is gone', async () => {
    const desk = open();
    const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>No help desk</html>' };
    fake.plant({ on: 'any', do: 'answer', times: 9, ...page, skip: 1 });
    const fetched = await desk.connector.fetchTicket(desk.account, '5001', null, {
      signal: AbortSignal.timeout(5_000),
    });
    expect(fetched).toMatchObject({ outcome: 'credential', code: 'no_such_account' });
  });
});

describe('the webhook', () => {
  it('is called by a trigger where the account cannot subscribe', async () => {
    const desk = open();
    const settings = desk.connector.parseSettings({ ...fake.settings, webhooks: 'trigger' });
    const url = 'http://127.0.0.1:9/webhooks/key';
    const first = await desk.connector.register({ ...desk.account, settings }, url, 'unused');
    const again = await desk.connector.register({ ...desk.account, settings }, url, 'unused');
    expect(first).toMatchObject({ outcome: 'delivered', settings: { triggerId: expect.any(String) } });
    expect(again).toMatchObject({ settings: first.outcome === 'delivered' ? first.settings : {} });
    expect([...fake.world.webhooks.values()].map(({ subscriptions }) => subscriptions)).toEqual([
      ['conditional_ticket_events'],
    ]);
    expect(fake.world.triggers.size).toBe(1);
  });

  it('has a new secret when it is registered again', async () => {
    const desk = open();
    const url = 'http://127.0.0.1:9/webhooks/other';
    const first = await desk.connector.register(desk.account, url, 'unused');
    if (first.outcome !== 'delivered') throw new Error('not registered');
    const settings = desk.connector.parseSettings({ ...desk.account.settings, ...first.settings });
    const again = await desk.connector.register({ ...desk.account, settings }, url, 'unused');
    if (again.outcome !== 'delivered') throw new Error('not registered');
    expect(again.signingSecrets).not.toEqual(first.signingSecrets);
    expect(again.signingSecrets).toEqual([
      fake.world.webhooks.get(String(again.settings?.['webhookId']))?.secret,
    ]);
  });
});
