import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Authentication, SessionAnswer } from '../../../src/access/access.js';
import { may, type Principal } from '../../../src/access/principal.js';
import { type House, openHouse } from './house.js';

const servers = [['the embedded database', null] as const];
const postgresUrl = inject('postgresUrl');

describe.each(postgresUrl === null ? servers : [...servers, ['PostgreSQL', postgresUrl] as const])(
  'access on %s',
  (_name, url) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse(url);
    });
    afterAll(() => house.close());

    let number = 0;
    async function workspace(): Promise<{ id: string; operator: Principal }> {
      number += 1;
      const { id } = await house.installation.createWorkspace(`workspace ${number}`);
      const entered = await house.installation.enterWorkspace(id);
      if (entered.outcome !== 'entered') throw new Error(entered.outcome);
      return { id, operator: entered.principal };
    }
    async function agent(operator: Principal, email = 'ada@example.com'): Promise<string> {
      const created = await house.directory.createAgent(operator, { email, name: 'Ada' });
      if (created.outcome !== 'done') throw new Error(created.code);
      return created.value.id;
    }
    async function signIn(operator: Principal, agentId: string): Promise<string> {
      return tokenOf(await house.access.exchangeCode(await code(operator, agentId)));
    }
    const code = (
      operator: Principal,
      agentId: string,
      options: { reusable?: boolean; lifetimeSeconds?: number } = {},
    ) => house.access.createSignInCode(operator, agentId, { lifetimeSeconds: 60, ...options });
    const tokenOf = (answer: SessionAnswer): string => {
      if (answer.outcome !== 'opened') throw new Error(answer.code);
      return answer.session.token;
    };
    const verdict = (answer: Authentication | SessionAnswer): string =>
      answer.outcome === 'refused' ? answer.code : answer.outcome;

    it('opens a session with a code, once', async () => {
      const { operator } = await workspace();
      const agentId = await agent(operator);
      const once = await code(operator, agentId);
      const opened = await house.access.exchangeCode(once);
      expect(opened).toMatchObject({
        outcome: 'opened',
        session: { agent: { id: agentId, email: 'ada@example.com' } },
      });
      expect(verdict(await house.access.exchangeCode(once))).toBe('sign_in_code_invalid');

      const answer = await house.access.authenticate(tokenOf(opened));
      expect(answer).toMatchObject({
        outcome: 'authenticated',
        principal: { type: 'agent', agentId, name: 'Ada' },
      });
      if (answer.outcome !== 'authenticated') return;
      expect(may(answer.principal, 'desk')).toBe(true);
      expect(may(answer.principal, 'admin')).toBe(false);
    });

    it('lets exactly one of twenty exchanges at the same time win', async () => {
      const { operator } = await workspace();
      const once = await code(operator, await agent(operator));
      const answers = await Promise.all(Array.from({ length: 20 }, () => house.access.exchangeCode(once)));
      expect(answers.filter(({ outcome }) => outcome === 'opened')).toHaveLength(1);
    });

    it('lets a reusable code be used again, and none after its time', async () => {
      const { id, operator } = await workspace();
      const agentId = await agent(operator);
      const reusable = await code(operator, agentId, { reusable: true });
      for (let n = 0; n < 3; n += 1)
        expect(verdict(await house.access.exchangeCode(reusable))).toBe('opened');
      await house.database.prisma.signInCode.updateMany({
        where: { workspaceId: id },
        data: { expiresAt: new Date(Date.now() - 1_000) },
      });
      expect(verdict(await house.access.exchangeCode(reusable))).toBe('sign_in_code_invalid');
    });

    it('makes no code for an agent of another workspace', async () => {
      const [ours, theirs] = [await workspace(), await workspace()];
      const agentId = await agent(theirs.operator);
      await expect(code(ours.operator, agentId)).rejects.toThrow('no such agent');
    });

    it('renews a living session, whose old token ends with its own time', async () => {
      const { id, operator } = await workspace();
      const first = await signIn(operator, await agent(operator));
      const second = tokenOf(await house.access.renew(first));
      const [one, two] = [await house.access.authenticate(first), await house.access.authenticate(second)];
      expect([verdict(one), verdict(two)]).toEqual(['authenticated', 'authenticated']);
      if (one.outcome !== 'authenticated' || two.outcome !== 'authenticated') return;
      expect(one.principal).toHaveProperty('sessionId', (two.principal as { sessionId: string }).sessionId);

      await house.database.prisma.agentSession.updateMany({
        where: { workspaceId: id },
        data: { expiresAt: new Date(Date.now() - 1_000) },
      });
      expect(verdict(await house.elsewhere().authenticate(second))).toBe('token_expired');
      expect(verdict(await house.access.renew(second))).toBe('token_expired');
    });

    it('never renews past the end of the session', async () => {
      const { id, operator } = await workspace();
      const token = await signIn(operator, await agent(operator));
      const end = new Date(Date.now() + 5_000);
      await house.database.prisma.agentSession.updateMany({
        where: { workspaceId: id },
        data: { renewableUntil: end },
      });
      const renewed = await house.access.renew(token);
      if (renewed.outcome !== 'opened') throw new Error(renewed.code);
      expect(renewed.session.expiresAt.getTime()).toBeLessThanOrEqual(end.getTime() + 1_000);
    });

    it('ends every token of a session at once when its agent signs out', async () => {
      const { operator } = await workspace();
      const first = await signIn(operator, await agent(operator));
      const second = tokenOf(await house.access.renew(first));
      await house.access.authenticate(first);
      await house.access.signOut(second);
      for (const token of [first, second]) {
        expect(verdict(await house.access.authenticate(token))).toBe('token_invalid');
        expect(verdict(await house.access.renew(token))).toBe('token_invalid');
      }
    });

    it('leaves no token alive when signing out and renewing meet', async () => {
      const { operator } = await workspace();
      const agentId = await agent(operator);
      for (let n = 0; n < 15; n += 1) {
        const token = await signIn(operator, agentId);
        const renewals = Array.from({ length: 4 }, () => house.access.renew(token));
        await house.access.signOut(token);
        for (const renewal of await Promise.all(renewals)) {
          if (renewal.outcome === 'opened') {
            expect(verdict(await house.elsewhere().authenticate(renewal.session.token))).toBe(
              'token_invalid',
            );
          }
        }
      }
    });

    it('B40, S-TEN-9: cuts off a disabled agent at once here, and within two seconds in another process', async () => {
      const { operator } = await workspace();
      const agentId = await agent(operator);
      const token = await signIn(operator, agentId);
      const unused = await code(operator, agentId);
      let time = Date.now();
      const elsewhere = house.elsewhere(() => time);
      expect(verdict(await elsewhere.authenticate(token))).toBe('authenticated');
      expect(verdict(await house.access.authenticate(token))).toBe('authenticated');

      expect(await house.directory.disableAgent(operator, agentId)).toMatchObject({ outcome: 'done' });
      expect(verdict(await house.access.authenticate(token))).toBe('token_invalid');
      expect(verdict(await house.access.exchangeCode(unused))).toBe('sign_in_code_invalid');
      time += 2_000;
      expect(verdict(await elsewhere.authenticate(token))).toBe('token_invalid');

      // Coming back is a new start: the old session stays ended.
      expect(
        await house.directory.createAgent(operator, { email: 'ADA@example.com', name: 'Ada' }),
      ).toMatchObject({
        outcome: 'done',
        value: { id: agentId },
      });
      expect(verdict(await house.access.authenticate(token))).toBe('token_invalid');
    });

    it('enforces the end of a token within what it remembers', async () => {
      const { operator } = await workspace();
      const token = await signIn(operator, await agent(operator));
      let time = Date.now();
      const access = house.elsewhere(() => time);
      expect(verdict(await access.authenticate(token))).toBe('authenticated');
      const answer = await access.authenticate(token);
      if (answer.outcome !== 'authenticated' || answer.principal.type !== 'agent') throw new Error();
      answer.principal.expiresAt = new Date(time + 500);
      time += 501;
      expect(verdict(await access.authenticate(token))).toBe('token_expired');
    });

    it('knows a key by its hash only, for what its scopes say, until it is revoked', async () => {
      const { id, operator } = await workspace();
      const created = await house.directory.createApiKey(operator, { name: 'crm', scopes: ['desk'] });
      if (created.outcome !== 'done') throw new Error(created.code);
      const { key, token } = created.value;
      expect(token).toMatch(/^adb_[0-9a-z]{26}_[0-9a-z]{26}$/);

      const answer = await house.access.authenticate(token);
      expect(answer).toMatchObject({ principal: { type: 'program', keyId: key.id, permissions: ['desk'] } });
      if (answer.outcome !== 'authenticated') return;
      expect([may(answer.principal, 'desk'), may(answer.principal, 'admin')]).toEqual([true, false]);

      const row = await house.database.prisma.apiKey.findFirstOrThrow({ where: { workspaceId: id } });
      expect(JSON.stringify(row)).not.toContain(token.slice(-26));
      expect(row.lastUsedAt).not.toBeNull();

      await house.directory.revokeApiKey(operator, key.id);
      expect(verdict(await house.access.authenticate(token))).toBe('token_invalid');
    });

    it('S-TEN-1: finds nothing of one workspace with the tokens and ids of another', async () => {
      const [ours, theirs] = [await workspace(), await workspace()];
      const created = await house.directory.createApiKey(theirs.operator, {
        name: 'theirs',
        scopes: ['admin'],
      });
      const theirAgent = await agent(theirs.operator);
      if (created.outcome !== 'done') throw new Error(created.code);
      const moved = created.value.token.replace(theirs.id.slice(4), ours.id.slice(4));
      expect(verdict(await house.access.authenticate(moved))).toBe('token_invalid');
      expect(await house.directory.revokeApiKey(ours.operator, created.value.key.id)).toMatchObject({
        code: 'not_found',
      });
      expect(await house.directory.disableAgent(ours.operator, theirAgent)).toMatchObject({
        code: 'not_found',
      });
      expect(await house.directory.listAgents(ours.operator)).toEqual([]);
      expect(await house.directory.listApiKeys(ours.operator)).toEqual([]);
      expect(verdict(await house.access.authenticate(created.value.token))).toBe('authenticated');
    });

    it('lets nobody into a disabled workspace', async () => {
      const { id, operator } = await workspace();
      const agentId = await agent(operator);
      const created = await house.directory.createApiKey(operator, { name: 'k', scopes: ['admin'] });
      if (created.outcome !== 'done') throw new Error(created.code);
      const session = await signIn(operator, agentId);
      const unused = await code(operator, agentId);
      await house.database.prisma.workspace.update({ where: { id }, data: { disabledAt: new Date() } });
      const access = house.elsewhere();
      expect(verdict(await access.authenticate(created.value.token))).toBe('token_invalid');
      expect(verdict(await access.authenticate(session))).toBe('token_invalid');
      expect(verdict(await access.exchangeCode(unused))).toBe('sign_in_code_invalid');
      expect(verdict(await access.renew(session))).toBe('token_invalid');
    });

    it.each([
      '',
      'adb_',
      'Bearer x',
      'a'.repeat(10_000),
      'adb_\u0000',
      'ses_01h8xgq5v3w2rj9ktm4n6p7qsd_short',
      '../../etc',
      '{}',
    ])('B40: refuses %j without asking the database', async (token) => {
      expect(verdict(await house.access.authenticate(token))).toBe('token_invalid');
      expect(verdict(await house.access.renew(token))).toBe('token_invalid');
      expect(verdict(await house.access.exchangeCode(token))).toBe('sign_in_code_invalid');
      await house.access.signOut(token);
    });

    it('does not take one kind of token for another', async () => {
      const { operator } = await workspace();
      const agentId = await agent(operator);
      const unused = await code(operator, agentId);
      const session = await signIn(operator, agentId);
      expect(verdict(await house.access.authenticate(unused))).toBe('token_invalid');
      expect(verdict(await house.access.exchangeCode(session))).toBe('sign_in_code_invalid');
      expect(verdict(await house.access.authenticate(session.replace(/^ses/, 'adb')))).toBe('token_invalid');
    });

    it('S-LOG-2: tells who came and went, by ids', () => {
      const events = new Set(house.told.map(({ event }) => event));
      expect([...events].sort()).toEqual(['accessChanged', 'signInRefused', 'signedIn', 'signedOut']);
      expect(JSON.stringify(house.told)).not.toMatch(/(adb|ses|cod)_[0-9a-z]{26}_[0-9a-z]{20}|@example/);
    });

    it('enters a workspace by id, by name, or when it is the only one', async () => {
      const { id } = await workspace();
      const name = `twin of ${id}`;
      const twin = await house.installation.createWorkspace(name);
      expect(await house.installation.enterWorkspace(name)).toMatchObject({ workspace: { id: twin.id } });
      await house.installation.createWorkspace(name);
      expect(await house.installation.enterWorkspace(name)).toMatchObject({ outcome: 'ambiguous' });
      expect(await house.installation.enterWorkspace()).toMatchObject({ outcome: 'ambiguous' });
      expect(await house.installation.enterWorkspace('wsp_none')).toEqual({ outcome: 'not_found' });
    });
  },
);
