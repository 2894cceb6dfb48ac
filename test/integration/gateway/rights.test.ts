import { afterEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../src/access/principal.js';
import { WorkspaceScope } from '../../../src/store/scope.js';
import { attempt, type House, listen, openHouse, until } from './support/open-house.js';

let house: House;
afterEach(() => house.stop());

const W = 'wsp_one';

/** A socket that is live, what it was told, and when it was closed. */
async function live(token: string) {
  const socket = house.connect({ token });
  const heard = listen(socket);
  let closedAt = 0;
  socket.on('disconnect', () => {
    closedAt = Date.now();
  });
  await until(() => heard.caughtUp.length === 1, 'live');
  return { socket, heard, closedAt: () => closedAt };
}

describe('F66, S-WS-4, S-WS-8, S-TEN-9: rights that change while connected', () => {
  it('a revoked agent is signed out at once by the nudge, on all its sockets, and hears nothing more', async () => {
    house = await openHouse();
    const token = house.agent(W, 'ada');
    const [one, two, other] = await Promise.all([live(token), live(token), live(house.agent(W, 'bob'))]);
    house.tokens.delete(token);
    house.nudge('access', [W]);
    await until(() => one.closedAt() > 0 && two.closedAt() > 0, 'closed', 1_000);
    house.feed.commit(W, 'cnv_1');
    await until(() => other.heard.cursors.length === 1, 'the other hears');
    expect(one.heard).toMatchObject({ signedOut: ['token_invalid'], cursors: [] });
    expect(two.heard).toMatchObject({ signedOut: ['token_invalid'], cursors: [] });
    expect(house.telemetry.filter(({ kind }) => kind === 'cut')).toHaveLength(2);
  });

  it('a revoked agent is signed out within 5 s when no nudge told of it', async () => {
    house = await openHouse();
    const token = house.agent(W, 'ada');
    const one = await live(token);
    house.tokens.delete(token);
    const begun = Date.now();
    await until(() => one.closedAt() > 0, 'closed', 5_000);
    expect(one.closedAt() - begun).toBeLessThan(3_500);
  });

  it('a revoked agent while still catching up hears no more of it', async () => {
    house = await openHouse();
    const token = house.agent(W, 'ada');
    for (let count = 0; count < 4_000; count += 1) house.feed.commit(W, 'cnv_1');
    house.feed.delay = () => 30;
    const socket = house.connect({ token, cursor: '0.0' });
    const heard = listen(socket);
    await until(() => heard.cursors.length > 0, 'it began');
    house.tokens.delete(token);
    house.nudge('access', [W]);
    await until(() => !socket.connected, 'closed', 2_000);
    const heardThen = heard.cursors.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(heard.cursors.length).toBe(heardThen);
    expect(heardThen).toBeLessThan(4_000);
    expect(heard.caughtUp).toEqual([]);
  });

  it('a key that lost its right for the desk is signed out', async () => {
    house = await openHouse();
    const key: Principal = {
      type: 'program',
      scope: WorkspaceScope.open(W),
      keyId: 'key_1',
      name: 'app',
      permissions: ['desk'],
    };
    house.tokens.set('key', key);
    const one = await live('key');
    house.tokens.set('key', { ...key, permissions: [] });
    house.nudge('access', [W]);
    await until(() => one.closedAt() > 0, 'closed', 1_000);
    expect(one.heard.signedOut).toEqual(['forbidden']);
  });

  it('no command of a revoked agent is carried out, even before it is cut', async () => {
    house = await openHouse();
    house.desk.known.set(W, new Set(['cnv_1']));
    const token = house.agent(W, 'ada');
    const one = await live(token);
    house.tokens.delete(token);
    const answer = await one.socket
      .timeout(2_000)
      .emitWithAck('message:send', { conversationId: 'cnv_1', message: { type: 'text', text: 'x' } });
    expect(answer).toMatchObject({ ok: false, error: { code: 'token_invalid' } });
    expect(house.desk.replies).toEqual([]);
    await until(() => one.closedAt() > 0, 'closed', 1_000);
  });

  it('nobody is signed out because the look-up fails for a while', async () => {
    let isAway = false;
    const tokens = new Map<string, Principal>();
    house = await openHouse({
      limits: { recheckSeconds: 0.05 },
      deps: {
        access: {
          authenticate: async (token) => {
            if (isAway) throw new Error('gone');
            const principal = tokens.get(token);
            return principal
              ? { outcome: 'authenticated', principal }
              : { outcome: 'refused', code: 'token_invalid' };
          },
        },
      },
    });
    const token = house.agent(W, 'ada');
    for (const [name, principal] of house.tokens) tokens.set(name, principal);
    const one = await live(token);
    isAway = true;
    await until(() => house.telemetry.filter(({ kind }) => kind === 'failed').length > 2, 'looked');
    expect(one.socket.connected).toBe(true);
  });

  it('asks once per token, however many sockets share it', async () => {
    let asked = 0;
    const tokens = new Map<string, Principal>();
    house = await openHouse({
      limits: { recheckSeconds: 60 },
      deps: {
        access: {
          authenticate: async (token) => {
            asked += 1;
            const principal = tokens.get(token);
            return principal
              ? { outcome: 'authenticated', principal }
              : { outcome: 'refused', code: 'token_invalid' };
          },
        },
      },
    });
    const token = house.agent(W, 'ada');
    for (const [name, principal] of house.tokens) tokens.set(name, principal);
    await Promise.all([live(token), live(token), live(token)]);
    asked = 0;
    house.nudge('access', [W]);
    await until(() => asked > 0, 'asked');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(asked).toBe(1);
  });
});

describe('S-WS-5: a session that ends while connected', () => {
  it('is told token_expired and closed when its time is over', async () => {
    house = await openHouse({ limits: { sweepSeconds: 0.1 } });
    const one = await live(house.agent(W, 'ada', 0.5));
    await until(() => one.closedAt() > 0, 'closed', 2_000);
    expect(one.heard.signedOut).toEqual(['token_expired']);
  });

  it('goes on without a new connection when it is renewed', async () => {
    house = await openHouse({ limits: { sweepSeconds: 0.1, recheckSeconds: 0.1 } });
    const old = house.agent(W, 'ada', 0.6);
    const one = await live(old);
    const answer = await one.socket
      .timeout(1_000)
      .emitWithAck('session:renew', { token: house.agent(W, 'ada', 60) });
    expect(answer).toMatchObject({ ok: true });
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(one.socket.connected).toBe(true);
    house.feed.commit(W, 'cnv_1');
    await until(() => one.heard.cursors.length === 1, 'still live');
  });

  it.each([
    ['another agent', W, 'bob'],
    ['the same name in another workspace', 'wsp_two', 'ada'],
  ])('is not renewed with a token of %s', async (_name, workspaceId, agentId) => {
    house = await openHouse();
    const one = await live(house.agent(W, 'ada'));
    const answer = await one.socket
      .timeout(1_000)
      .emitWithAck('session:renew', { token: house.agent(workspaceId, agentId) });
    expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await attempt(house.connect({ token: 'none' }))).toMatchObject({ outcome: 'refused' });
  });
});
