import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, expect, inject, it, vi } from 'vitest';
import type { App } from '../../src/app.js';
import { run } from '../../src/cli/run.js';
import { openFakeChatwoot } from '../fakes/chatwoot/open-fake-chatwoot.js';
import { createTypedWorld } from '../integration/cli/typed-world.js';
import { type House, openApp, openHouse } from '../support/house.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

onEachDatabase((kind) => {
  /** What the house knows now, as a backup would have it. @returns what tells a bridge to work on it */
  async function backUp(house: House): Promise<Record<string, string>> {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-backup-'));
    cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
    const { url } = house.database;
    if (url === undefined) {
      cpSync(house.database.directory, directory, { recursive: true });
      return { ...house.env, DATA_DIR: directory };
    }
    const original = new URL(url).pathname.slice(1);
    const copy = `${original}_backup`;
    await onServer(`CREATE DATABASE ${copy} TEMPLATE ${original}`);
    cleanups.push(() => onServer(`DROP DATABASE ${copy} WITH (FORCE)`));
    return { ...house.env, DATA_DIR: directory, DATABASE_URL: new URL(`/${copy}`, url).href };
  }

  async function start(env: Record<string, string>): Promise<App> {
    const { app } = await openApp(env);
    cleanups.push(() => app.stop());
    await app.start();
    return app;
  }

  it('F32: what was owed when the backup was taken, and has gone out since, does not go out again unasked', async () => {
    const house = await openHouse({ database: kind, env: { SWEEP_SECONDS: '0.2' } });
    cleanups.push(() => house.close());
    const desk = await openFakeChatwoot();
    cleanups.push(() => desk.close());
    const made = await house.program.connections.create({
      connector: 'chatwoot',
      name: 'Chatwoot',
      settings: { ...desk.settings, policy: { assignee: 'nothing' } },
      credentials: desk.credentials,
    });
    desk.webhookTo(made.webhookUrl, made.webhookToken ?? '');
    const { visitor, conversationId } = await house.arriveAndFind('hello');
    const ticketId = await waitFor(
      'the ticket',
      async () => (await house.program.conversations.ticketLinks(conversationId)).data[0]?.externalTicketId,
    );
    await house.settle();
    const say = async (text: string): Promise<string> =>
      (await house.ada.conversations.sendMessage(conversationId, { type: 'text', text })).id;
    const inTicket = async (words: string): Promise<number> =>
      (await desk.ticket(ticketId))?.entries.filter(({ text }) => text.includes(words)).length ?? 0;

    // Neither side can be reached, and something is owed to both.
    await house.plant({ do: 'answer', status: 503, conversationId: visitor.id });
    desk.plant({ on: 'any', do: 'answer', status: 503, times: 1_000 });
    const [arrived, again, dropped] = [await say('one'), await say('two'), await say('three')];
    await visitor.write('are you there?');
    await waitFor(
      'the contact’s words to be owed',
      // A desk that fails amid a call may have done it: that one is in doubt already.
      async () =>
        (await house.deliveries('pending')).length + (await house.deliveries('uncertain')).length >= 4,
      30,
    );
    await house.app.stop();
    const backup = await backUp(house);

    // Life goes on, and all of it arrives.
    await house.clearFaults();
    desk.clearFaults();
    const first = await start(house.env);
    await waitFor('the words', async () => (await visitor.heard()).length === 3, 30);
    await waitFor('the ticket to have them', async () => (await inTicket('are you there?')) === 1, 30);
    await house.settle();
    await first.stop();

    // The database is lost, and its backup takes its place.
    const world = createTypedWorld(backup);
    expect(await run(['restored', '--json'], world)).toBe(0);
    expect(JSON.parse(world.printed.join('\n'))).toEqual([
      { side: 'chat', orders: 3 },
      { side: 'desk', orders: 1 },
    ]);
    await start(backup);
    const asked = await waitFor(
      'the questions',
      async () => {
        const doubtful = (await house.deliveries('uncertain')).filter(({ flags }) => flags.includes('asked'));
        return doubtful.length === 3 ? doubtful : undefined;
      },
      30,
    );
    await waitFor(
      'the desk to be asked',
      async () =>
        (await house.deliveries('pending')).length === 0 &&
        (await house.deliveries('uncertain')).every(({ flags }) => flags.includes('asked')),
      30,
    );
    expect(await visitor.heard()).toEqual(['one', 'two', 'three']);
    expect(await inTicket('are you there?')).toBe(1);

    // Asked, an agent decides; what is said from now on is not held up.
    const of = (messageId: string): string => asked.find((one) => one.messageId === messageId)?.id ?? '';
    await house.ada.deliveries.resolve(of(arrived), 'delivered');
    await house.ada.deliveries.resolve(of(again), 'resend');
    await house.ada.deliveries.resolve(of(dropped), 'cancel');
    await say('four');
    await waitFor('the rest', async () => (await visitor.heard()).length === 5, 30);
    expect((await visitor.heard()).toSorted()).toEqual(['four', 'one', 'three', 'two', 'two']);
  });
});

/** @throws what the server says */
async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') ?? '' });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
