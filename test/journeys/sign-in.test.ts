import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';

describe('who is asking', () => {
  onEachDatabase((kind) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${house.url}${path}`, init);
      const text = await response.text();
      return {
        status: response.status,
        text: text.replace(/"requestId":"[^"]*"/u, ''),
        body: (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown> & {
          error?: { code: string };
        },
      };
    };
    const me = (token: string) => ask('/v1/me', { headers: { authorization: `Bearer ${token}` } });
    const exchange = (code: string) =>
      ask('/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      });
    const adaId = async (): Promise<string> =>
      (await house.program.agents.list()).data.find(({ email }) => email === ADA.email)?.id ?? '';
    const linkFor = async (agentId: string): Promise<URL> => {
      const { body } = await ask(`/v1/agents/${agentId}/sign-in-link`, {
        method: 'POST',
        headers: { authorization: `Bearer ${house.apiKey}` },
      });
      return new URL(String(body.url));
    };
    const codeIn = (link: URL): string => new URLSearchParams(link.hash.slice(1)).get('code') ?? '';

    it('B48: a sign-in link works once; stolen and opened again it opens nothing, and its page holds nothing', async () => {
      const link = await linkFor(await adaId());
      expect(link.search).toBe('');
      const code = codeIn(link);
      expect(code).toMatch(/^cod_/u);
      const first = await exchange(code);
      expect(first.status).toBeLessThan(300);
      for (let turn = 0; turn < 2; turn += 1)
        expect(await exchange(code)).toMatchObject({
          status: 401,
          body: { error: { code: 'sign_in_code_invalid' } },
        });
      // What the address shows before the page has exchanged anything: the same to everybody.
      const pages = await Promise.all([ask(link.pathname), ask('/'), ask('/embed')]);
      for (const { text } of pages) expect(text).not.toMatch(/cod_|ses_|adb_|ada@/u);
      expect(pages[0]?.text).toBe(pages[1]?.text);
    });

    it('B40: whatever is no token of a living agent or program gets the same words', async () => {
      const agentId = await adaId();
      const session = String((await exchange(codeIn(await linkFor(agentId)))).body.token);
      expect((await me(session)).status).toBe(200);
      const unused = codeIn(await linkFor(agentId));
      const [kindOfToken = '', workspace = '', secret = ''] = session.split('_');
      const refused = [
        unused,
        'garbled',
        `${session}x`,
        session.slice(0, -1),
        session.toUpperCase(),
        `adb_${workspace}_${secret}`,
        `${kindOfToken}_${'a'.repeat(workspace.length)}_${secret}`,
        `${kindOfToken}_${workspace}_${'a'.repeat(secret.length)}`,
        'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.',
        'eyJhbGciOiJIUzUxMiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIn0.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl',
        'eyJraWQiOiInIE9SIDE9MSAtLSJ9.e30.x',
        'x'.repeat(10_000),
      ];
      const answers = [];
      for (const token of refused) answers.push(await me(token));
      for (const { status, text } of answers)
        expect({ status, text }).toEqual({ status: answers[0]?.status, text: answers[0]?.text });
      expect(answers[0]).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } });
      const log = house.log.join('\n');
      expect(log).toContain('token_invalid');
      for (const token of refused.filter(({ length }) => length > 10)) expect(log).not.toContain(token);
    });

    it('B40, S-TEN-9: a session and a key end with their agent, their sign-out and their revocation', async () => {
      const made = await house.program.agents.create({ email: 'leaver@fern.example', name: 'Leaver' });
      const session = String((await exchange(codeIn(await linkFor(made.id)))).body.token);
      const pending = codeIn(await linkFor(made.id));
      expect((await me(session)).status).toBe(200);
      await house.program.agents.disable(made.id);
      expect(await me(session)).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } });
      expect(await exchange(pending)).toMatchObject({ status: 401 });
      const { id, key } = await house.program.keys.create({ name: 'short-lived', scopes: ['desk'] });
      expect((await me(key ?? '')).status).toBe(200);
      await house.program.keys.revoke(id);
      expect(await me(key ?? '')).toMatchObject({ status: 401, body: { error: { code: 'token_invalid' } } });
    });

    it('B43: nothing but a text is a filter, and nothing wider comes of it', async () => {
      await house.arriveAndFind('only one');
      const headers = { authorization: `Bearer ${house.apiKey}` };
      for (const query of [
        'q[not]=',
        'q[contains]=o',
        'status[not]=closed',
        'assignee={"not":""}&status={"not":"x"}',
        'where[workspaceId][not]=x',
        'status=',
        'status=null',
        'status=open&status=closed',
        'channel[]=WEB',
      ])
        expect({ query, ...(await ask(`/v1/conversations?${query}`, { headers })) }).toMatchObject({
          status: 400,
        });
      // Read as words, they are found in nothing.
      for (const query of [
        'q=%7B%22not%22%3A%22%22%7D',
        'assignee=%7B%22not%22%3A%22%22%7D',
        'channel=%25',
        'q=%25',
        'q=_',
      ])
        expect({ query, ...(await ask(`/v1/conversations?${query}`, { headers })) }).toMatchObject({
          query,
          status: expect.toSatisfy((status: number) => status === 200 || status === 400),
          text: expect.not.stringContaining('cnv_'),
        });
    });
  });
});
