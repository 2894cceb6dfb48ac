import { describe, expect, it } from 'vitest';
import type { DeskSendOutcome } from '../../../src/connectors/connector.js';
import type { Fault } from '../../fakes/fake-desk.js';
import {
  contextOf,
  createOrder,
  type DeskStage,
  expectExplained,
  fetchAll,
  messageOrder,
  openTicket,
  send,
  ticketOf,
} from './stage.js';

type Class = DeskSendOutcome['outcome'];

/** What each status may mean, for a write. Of a 5xx nobody knows whether it was done. */
const classes: [number, Class[]][] = [
  [400, ['refused']],
  [401, ['credential']],
  [403, ['credential', 'refused']],
  [404, ['ticket_gone', 'refused']],
  [405, ['refused']],
  [409, ['refused', 'retry']],
  [413, ['refused']],
  [422, ['refused']],
  [429, ['retry']],
  [500, ['uncertain', 'retry']],
  [502, ['uncertain', 'retry']],
  [503, ['uncertain', 'retry']],
  [504, ['uncertain', 'retry']],
];

const secretPage = `<html><h1>Oops</h1>${'x'.repeat(5 * 1024 * 1024)}</html>`;

/** `brief`: to a desk that answers briefly it is a success. */
const oddAnswers: [string, Partial<Fault>, 'brief'?][] = [
  ['an error page of 5 MB', { status: 500, body: secretPage, headers: { 'content-type': 'text/html' } }],
  [
    'a page with 200',
    { status: 200, body: '<html>Welcome</html>', headers: { 'content-type': 'text/html' } },
  ],
  ['nothing at all', { status: 200, body: '' }, 'brief'],
  ['no content', { status: 204, body: '' }, 'brief'],
  ['an empty object', { status: 200, body: {} }, 'brief'],
  ['an empty list', { status: 201, body: [] }, 'brief'],
  ['a text', { status: 200, body: '"done"' }, 'brief'],
  ['null', { status: 200, body: 'null' }, 'brief'],
  ['broken JSON', { status: 200, body: '{"id":' }],
  [
    'odd types',
    { status: 200, body: { id: {}, ticket: [], audit: 'x', payload: 7, data: null, messages: {} } },
    'brief',
  ],
  ['a redirect', { status: 302, body: '', headers: { location: 'http://169.254.169.254/latest' } }],
];

export function describeFailing(here: () => DeskStage): void {
  /** Any JSON with a 2xx will do where a desk answers briefly (capabilities.answersBriefly). */
  async function expectTaken(answer: Partial<Fault>): Promise<void> {
    const { id, contact } = await openTicket(here());
    here().fake.plant({ on: 'any', do: 'answer', ...answer });
    expect((await send(here(), messageOrder(contact, 'Hello'), id)).outcome).toBe('delivered');
  }

  describe('B51: failing', () => {
    it('writes nothing when its time is over, and says that it is to be tried again', async () => {
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      const before = (await ticketOf(here(), id)).entries.length;
      let questions = 0;
      const tooLate = {
        ...contextOf(),
        leaving: () => {
          questions += 1;
          return false;
        },
      };
      expect(await send(here(), messageOrder(contact, 'Too late'), id, tooLate)).toMatchObject({
        outcome: 'retry',
        code: 'aborted',
      });
      expect(questions).toBeGreaterThan(0);
      const order = createOrder();
      expect((await send(here(), order, undefined, tooLate)).outcome).toBe('retry');
      expect((await ticketOf(here(), id)).entries).toHaveLength(before);
      expect((await fake.tickets()).some(({ reference }) => reference === order.reference)).toBe(false);
    });

    it.each(classes)('tells %i by its class, with a code and a sentence', async (status, expected) => {
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      fake.plant({ on: 'write', do: 'answer', status, body: { error: 'no', message: 'no' }, times: 20 });
      const outcome = await send(here(), messageOrder(contact, 'Hello'), id);
      expect(expected).toContain(outcome.outcome);
      expectExplained(here(), outcome);
    });

    it('waits as long as it is told to', async () => {
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      fake.plant({ on: 'write', do: 'answer', status: 429, headers: { 'retry-after': '37' }, times: 20 });
      const outcome = await send(here(), messageOrder(contact, 'Hello'), id);
      expect(outcome).toMatchObject({ outcome: 'retry', retryAfterSeconds: 37 });
      fake.clearFaults();
      fake.plant({ on: 'any', do: 'answer', status: 429, headers: { 'retry-after': '12' }, times: 20 });
      expect(await send(here(), createOrder())).toMatchObject({ outcome: 'retry', retryAfterSeconds: 12 });
    });

    it.each(['-5', 'soon', '', '1.5e9', 'Tue, 99 Xyz 2019 00:00:00 GMT', '999999999999', '0'])(
      'takes no nonsense for a time to wait: Retry-After %j',
      async (header) => {
        const { fake } = here();
        const { id, contact } = await openTicket(here());
        fake.plant({ on: 'any', do: 'answer', status: 429, headers: { 'retry-after': header }, times: 20 });
        const outcome = await send(here(), messageOrder(contact, 'Hello'), id);
        expect(outcome).toMatchObject({ outcome: 'retry' });
        expectExplained(here(), outcome);
        const { retryAfterSeconds = 1 } = outcome as { retryAfterSeconds?: number };
        expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
        expect(retryAfterSeconds).toBeLessThanOrEqual(86_400);
      },
    );

    it.each(oddAnswers)(
      'takes %s for no success, in writing or in reading',
      async (_what, answer, brief) => {
        const { fake, connector, account } = here();
        const takesIt = brief !== undefined && connector.capabilities.answersBriefly === true;
        if (takesIt) return expectTaken(answer);
        const { id, contact } = await openTicket(here());
        const { cursor } = await fetchAll(here(), id);
        fake.plant({ on: 'any', do: 'answer', times: 1_000, ...answer });
        const wrote = await send(here(), messageOrder(contact, 'Hello'), id);
        expect(wrote.outcome).not.toBe('delivered');
        expectExplained(here(), wrote);
        const made = await send(here(), createOrder());
        expect(made.outcome).not.toBe('delivered');
        expectExplained(here(), made);
        const fetched = await connector.fetchTicket(account, id, cursor, {
          signal: AbortSignal.timeout(30_000),
        });
        if (fetched.outcome === 'fetched') expect(fetched.events).toEqual([]);
        else expectExplained(here(), fetched);
        const listed = await connector.listAgents?.(account);
        if (listed?.outcome === 'listed') expect(listed.agents).toEqual([]);
        const findings = await connector.check(account);
        expect(findings.some(({ ok }) => !ok)).toBe(true);
      },
      60_000,
    );

    it('is not stuck when nobody answers', async () => {
      const { fake } = here();
      const { id, contact } = await openTicket(here());
      fake.plant({ on: 'write', do: 'slow', ms: 20_000 });
      const context = { ...contextOf(), signal: AbortSignal.timeout(300) };
      const before = Date.now();
      const outcome = await send(here(), messageOrder(contact, 'Hello'), id, context);
      expect(Date.now() - before).toBeLessThan(5_000);
      expect(['uncertain', 'retry']).toContain(outcome.outcome);
      expectExplained(here(), outcome);
    });

    it('is told by nobody’s id where to call', async () => {
      const { fake } = here();
      const { contact } = await openTicket(here());
      const { connector, account } = here();
      const before = fake.writes().length;
      for (const id of [
        '1/../2',
        '/../../admin',
        '1?x=1',
        '1#2',
        '%2e%2e',
        '',
        ' ',
        '1\n2',
        '..',
        '1%2f..',
        'NaN',
      ]) {
        const outcome = await send(here(), messageOrder(contact, 'Hello'), id);
        expect(['refused', 'ticket_gone']).toContain(outcome.outcome);
        expectExplained(here(), outcome);
        const fetched = await connector.fetchTicket(account, id, null, {
          signal: AbortSignal.timeout(9_000),
        });
        if (fetched.outcome === 'fetched') {
          for (const event of fetched.events) {
            const reading = connector.read(event, account.settings);
            expect(reading).toMatchObject({ facts: [{ type: 'ticket-gone' }] });
          }
        }
      }
      expect(fake.writes().length).toBe(before);
    });

    it('says so when the credentials are wrong', async () => {
      const { connector, account, fake } = here();
      const { id, contact } = await openTicket(here());
      fake.plant({ on: 'any', do: 'answer', status: 401, body: { error: 'unauthorised' }, times: 100 });
      const outcome = await send(here(), messageOrder(contact, 'Hello'), id);
      expect(outcome.outcome).toBe('credential');
      expectExplained(here(), outcome);
      const fetched = await connector.fetchTicket(account, id, null, { signal: AbortSignal.timeout(9_000) });
      expect(fetched.outcome).toBe(connector.capabilities.fetches ? 'credential' : 'refused');
      const wrong = (await connector.check(account)).filter(({ ok }) => !ok);
      expect(wrong.length).toBeGreaterThan(0);
      for (const { hint } of wrong) expect(hint?.length ?? 0).toBeGreaterThan(10);
    });

    it('finds nothing wrong with an account that is set up', async () => {
      const { connector, account } = here();
      const findings = await connector.check(account);
      expect(findings.length).toBeGreaterThan(0);
      for (const { what } of findings) expect(what).toMatch(/\.$/u);
      expect(findings.filter(({ ok, what }) => !ok && !/webhook/iu.test(what))).toEqual([]);
    });

    it('lists the people and the teams', async () => {
      const { connector, account, fake } = here();
      const { listsPeople, teams: hasTeams } = connector.capabilities;
      expect(connector.listAgents !== undefined).toBe(listsPeople);
      expect(connector.listTeams !== undefined).toBe(listsPeople && hasTeams);
      if (!listsPeople) return;
      const listed = await connector.listAgents?.(account);
      expect(listed).toMatchObject({ outcome: 'listed' });
      const emails = listed?.outcome === 'listed' ? listed.agents.map(({ email }) => email) : [];
      expect(emails).toEqual(expect.arrayContaining(fake.agents.map(({ email }) => email)));
      if (!hasTeams) return;
      const teams = await connector.listTeams?.(account);
      expect(teams).toMatchObject({ outcome: 'listed' });
      const names = teams?.outcome === 'listed' ? teams.teams.map(({ name }) => name) : [];
      expect(names).toEqual(expect.arrayContaining([...fake.teams]));
    });

    it('refuses settings and credentials that it does not know', () => {
      const { connector, fake } = here();
      expect(() => connector.parseSettings({ ...fake.settings, surprise: 1 })).toThrow(/surprise/u);
      expect(() => connector.parseCredentials({ ...fake.credentials, surprise: 1 })).toThrow(/surprise/u);
      expect(() => connector.parseSettings({})).toThrow();
      expect(() => connector.parseCredentials({})).toThrow();
      const odd = { ...fake.settings, policy: { create: 'sometimes' } };
      expect(() => connector.parseSettings(odd)).toThrow(/create/u);
    });
  });
}
