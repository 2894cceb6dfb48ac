import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { App } from '../../src/app.js';
import { openFakeChatwoot } from '../fakes/chatwoot/open-fake-chatwoot.js';
import { type FakeZendesk, openFakeZendesk } from '../fakes/zendesk/open-fake-zendesk.js';
import { freePort } from '../support/free-port.js';
import { type House, houseEnv, openApp, openHouse } from '../support/house.js';
import { waitFor } from '../support/wait-for.js';

vi.setConfig({ testTimeout: 90_000 });

const CHATS = 8;
/** Longer than a loaded machine takes to say all that is to be held. */
const ASKED_SECONDS = 15;
const CALLS_PER_MINUTE = 60;
/** Processes look for each other every two seconds. */
const SEEN_MILLISECONDS = 3_000;
/** Nothing has been called for so long: what is left waits for the next minute. */
const QUIET_MILLISECONDS = 3_000;

describe.skipIf(inject('postgresUrl') === null)('two bridges and one Zendesk account', () => {
  const env = { SECRET_KEY: randomBytes(32).toString('base64'), SWEEP_SECONDS: '0.2' };
  let fake: FakeZendesk;
  let house: House;
  let second: App;
  beforeAll(async () => {
    fake = await openFakeZendesk();
    house = await openHouse({ database: 'server', env });
    second = (await openApp({ ...houseEnv, ...house.database.env, ...env, PORT: String(await freePort()) }))
      .app;
    await second.start();
  });
  afterAll(async () => {
    await second?.stop();
    await house?.close();
    await fake?.close();
  });

  it('a 429 that one of them gets holds both, for writing and for looking, as long as Zendesk asks', async () => {
    const { connection } = await house.program.connections.create({
      connector: 'zendesk',
      name: 'Zendesk',
      settings: { ...fake.settings, policy: { assignee: 'nothing' } },
      credentials: fake.credentials,
    });
    const chats: (Awaited<ReturnType<House['arriveAndFind']>> & { ticketId: string })[] = [];
    for (let n = 0; n < CHATS; n += 1) {
      const arrived = await house.arriveAndFind(`hello ${n}`);
      const ticketId = await waitFor(
        'the ticket',
        async () =>
          (await house.program.conversations.ticketLinks(arrived.conversationId)).data[0]?.externalTicketId,
        30,
      );
      chats.push({ ...arrived, ticketId });
    }
    await house.settle();
    const headers = { 'retry-after': String(ASKED_SECONDS) };
    fake.plant({ on: 'write', do: 'answer', status: 429, headers, body: {} });
    await chats[0]?.visitor.write('word 0');
    const heldUntil = await waitFor('the connection to be held', async () => {
      const [row] = await house.app.database.prisma.$queryRaw<{ held_until: Date | null }[]>`
        SELECT held_until FROM connections WHERE id = ${connection.id}`;
      // The fake's own limits may have held it for a moment before.
      const until = row?.held_until;
      return until && until.getTime() > Date.now() + (ASKED_SECONDS - 5) * 1_000 ? until : undefined;
    });
    const before = fake.requests.length;
    for (const [n, { visitor, ticketId }] of chats.entries()) {
      if (n > 0) await visitor.write(`word ${n}`);
      await fake.agentReplies(ticketId, { email: 'ada@desk.example', text: `answer ${n}` });
    }
    // Both are nudged by every one of these.
    await waitFor('all of it to be owed', async () => (await house.deliveries('pending')).length === CHATS);
    expect(new Date().getTime()).toBeLessThan(heldUntil.getTime() - 500);
    const isThere = async (): Promise<boolean> => {
      for (const [n, { ticketId }] of chats.entries()) {
        const ticket = await fake.ticket(ticketId);
        if (ticket?.entries.some(({ text }) => text === `word ${n}`) !== true) return false;
      }
      return true;
    };
    let asked = 0;
    await waitFor(
      'the words in the tickets',
      async () => {
        if (Date.now() < heldUntil.getTime()) asked = fake.requests.length - before;
        return isThere();
      },
      30,
    );
    expect(asked).toBe(0);
    await waitFor('the answers', async () =>
      (await Promise.all(chats.map(({ visitor }) => visitor.heard()))).every(({ length }) => length === 1),
    );
    expect(fake.world.updates.every(({ taken }) => taken)).toBe(true);
  });

  it('together they call no more than the account allows, where the desk says nothing of what is left', async () => {
    const chatwoot = await openFakeChatwoot({ callsPerMinute: CALLS_PER_MINUTE });
    const tenancy = await house.addTenancy();
    try {
      await new Promise((resolve) => setTimeout(resolve, SEEN_MILLISECONDS));
      await tenancy.program.connections.create({
        connector: 'chatwoot',
        name: 'Chatwoot',
        settings: { ...chatwoot.settings, callsPerMinute: CALLS_PER_MINUTE },
        credentials: chatwoot.credentials,
      });
      // Each takes several calls until its words stand there: far more than a minute has.
      for (let n = 0; n < CALLS_PER_MINUTE; n += 1) await tenancy.arrive({ text: `hello ${n}`, human: true });
      const { taken, refused } = chatwoot.limit;
      await waitFor('it to be used up', () => {
        const last = taken.at(-1) ?? Date.now();
        return taken.length > CALLS_PER_MINUTE / 3 && Date.now() - last > QUIET_MILLISECONDS;
      });
      expect(refused()).toBe(0);
      expect(taken.length).toBeLessThanOrEqual(CALLS_PER_MINUTE);
      expect((await tenancy.deliveries('pending')).length).toBeGreaterThan(0);
    } finally {
      await tenancy.leave();
      await chatwoot.close();
    }
  });
});
