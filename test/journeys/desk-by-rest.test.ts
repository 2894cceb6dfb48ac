import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { FakeDesk } from '../fakes/fake-desk.js';
import { openFakeWebhookDesk } from '../fakes/webhook/open-fake-webhook-desk.js';
import { type House, openHouse } from '../support/house.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

onEachDatabase((kind) => {
  let house: House;
  let fake: FakeDesk;
  beforeAll(async () => {
    fake = await openFakeWebhookDesk();
    house = await openHouse({ database: kind, env: { SWEEP_SECONDS: '0.2' } });
  });
  afterAll(async () => {
    await house?.close();
    await fake?.close();
  });

  it('a back end that is told by webhooks and answers by REST: once, whatever it repeats; its own words are not told back, what becomes of them is', async () => {
    const { program } = house;
    const { connection } = await program.connections.create({
      connector: 'webhook',
      name: 'Our desk',
      settings: fake.settings,
      credentials: fake.credentials,
    });
    const { visitor, conversationId } = await house.arriveAndFind('hello');
    const ticketId = await waitFor(
      'the ticket',
      async () => (await program.conversations.ticketLinks(conversationId)).data[0]?.externalTicketId,
      40,
    );
    const originConnectionId = connection.id;
    const by = ADA.email;
    const answer = { type: 'text' as const, text: 'written in the desk', by, originConnectionId };
    for (let n = 0; n < 2; n += 1)
      await program.conversations.sendMessage(conversationId, answer, { idempotencyKey: 'desk-m1' });
    const note = { text: 'noted in the desk', by, originConnectionId };
    for (let n = 0; n < 2; n += 1)
      await program.conversations.addNote(conversationId, note, { idempotencyKey: 'desk-n1' });
    // The same without an origin comes from elsewhere.
    await program.conversations.sendMessage(conversationId, { type: 'text', text: 'written elsewhere', by });
    await waitFor('both answers', async () => (await visitor.heard()).length === 2, 40);
    const told = async (): Promise<string> =>
      ((await fake.ticket(ticketId))?.entries ?? []).map(({ text }) => text).join('\n');
    await waitFor('what was written elsewhere', async () => (await told()).includes('written elsewhere'), 40);
    await house.settle();
    expect(await visitor.heard()).toEqual(['written in the desk', 'written elsewhere']);
    expect(await told()).not.toMatch(/(written|noted) in the desk/u);

    await house.block(visitor.visitorKey);
    await program.conversations.sendMessage(conversationId, { ...answer, text: 'to nobody' });
    await waitFor('its failure', async () => /NOT delivered.*to nobody/u.test(await told()), 40);
  });

  it('a connection that is none of the workspace’s desks is no origin', async () => {
    const { conversationId } = await house.arriveAndFind('hello');
    const stranger = await house.addTenancy();
    for (const originConnectionId of ['con_unknown', house.connectionId, stranger.connectionId]) {
      await expect(
        house.program.conversations.sendMessage(conversationId, {
          type: 'text',
          text: 'x',
          originConnectionId,
        }),
      ).rejects.toMatchObject({ status: 404, code: 'not_found' });
      await expect(
        house.program.conversations.addNote(conversationId, { text: 'x', originConnectionId }),
      ).rejects.toMatchObject({ status: 404, code: 'not_found' });
    }
  });
});
