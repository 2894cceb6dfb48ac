import { describe, expect, it } from 'vitest';
import { createChatwootConnector } from '../../../src/connectors/chatwoot/index.js';
import type { DeskConnector } from '../../../src/connectors/connector.js';
import { createFreshdeskConnector } from '../../../src/connectors/freshdesk/index.js';
import { createZendeskConnector } from '../../../src/connectors/zendesk/index.js';
import { openFakeChatwoot } from '../../fakes/chatwoot/open-fake-chatwoot.js';
import type { FakeDesk } from '../../fakes/fake-desk.js';
import { openFakeFreshdesk } from '../../fakes/freshdesk/open-fake-freshdesk.js';
import { openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import { createFastClock } from '../../support/fast-clock.js';
import {
  contactOf,
  contextOf,
  createOrder,
  type DeskStage,
  messageOrder,
  type OpenedTicket,
  openTicket,
} from './stage.js';

/** As on Zendesk's trial accounts. */
const TRIAL_UPDATES = 20;
/** As much as a busy machine can follow. */
const SPEED = 20;
const CALLS = 100;

type Open = (now: () => number) => Promise<[FakeDesk, DeskConnector & { stop(): void }]>;

const desks: [name: string, open: Open][] = [
  [
    'zendesk',
    async (now) => [
      await openFakeZendesk({ now, callsPerMinute: CALLS, budgets: { perAccount: TRIAL_UPDATES } }),
      createZendeskConnector({ allowPrivate: true, counting: { now }, settleSeconds: 0 }),
    ],
  ],
  [
    'freshdesk',
    async (now) => [
      await openFakeFreshdesk({ now, callsPerMinute: CALLS }),
      createFreshdeskConnector({ allowPrivate: true, counting: { now } }),
    ],
  ],
  [
    'chatwoot',
    async (now) => [
      await openFakeChatwoot({ now, callsPerMinute: CALLS }),
      createChatwootConnector({ allowPrivate: true, counting: { now } }),
    ],
  ],
];

describe.each(desks)('%s', (name, open) => {
  async function withStage(run: (stage: DeskStage, now: () => number) => Promise<void>): Promise<void> {
    const now = createFastClock(SPEED);
    const [fake, connector] = await open(now);
    const more = name === 'zendesk' ? { updatesPerMinute: TRIAL_UPDATES } : {};
    const settings = connector.parseSettings({ ...fake.settings, callsPerMinute: CALLS, ...more });
    const credentials = connector.parseCredentials(fake.credentials);
    try {
      await run({ fake, connector, account: { settings, credentials } }, now);
    } finally {
      connector.stop();
      await fake.close();
    }
  }

  /** Until it is done, coming again whenever it is told to. @returns how often it was told to come again */
  async function insist(now: () => number, once: () => Promise<{ outcome: string }>): Promise<number> {
    for (let again = 0; ; again += 1) {
      const outcome = (await once()) as { outcome: string; code?: string; retryAfterSeconds?: number };
      if (outcome.outcome === 'delivered' || outcome.outcome === 'fetched') return again;
      expect(outcome).toMatchObject({ outcome: 'retry', code: 'paced' });
      const until = now() + (outcome.retryAfterSeconds ?? 1) * 1_000;
      await new Promise((resolve) => setTimeout(resolve, (until - now()) / SPEED));
    }
  }

  it('fifty lively tickets, orders and looks together: none is refused by the desk, and orders come first', async () => {
    await withStage(async (stage, now) => {
      const { fake, connector, account } = stage;
      const tickets: OpenedTicket[] = [];
      for (let n = 0; n < 5; n += 1) tickets.push(await openTicket(stage));
      // A busy machine makes all of it slower; orders that do not come first would not be done however long it takes.
      const [atLeast, until] = [now() + 3 * 60_000, now() + 12 * 60_000];
      let isWritten = false;
      let looks = 0;
      let toldToWait = 0;
      const look = async (id: string, calls: 'look' | 'poll'): Promise<void> => {
        while (now() < (isWritten ? atLeast : until)) {
          const context = { signal: AbortSignal.timeout(30_000) };
          toldToWait += await insist(now, () =>
            connector.fetchTicket({ ...account, calls }, id, null, context),
          );
          looks += 1;
        }
      };
      const write = async ({ id, contact }: (typeof tickets)[number]): Promise<void> => {
        for (let n = 0; n < 5; n += 1) {
          const context = contextOf();
          const target = { conversationId: 'cnv', externalTicketId: id };
          const order = messageOrder(contact, `word ${n}`);
          await insist(now, () => connector.send(order, target, { ...account, calls: 'order' }, context));
        }
      };
      const looking = Array.from({ length: 50 }, (_none, n) =>
        look(tickets[n % 5]?.id ?? '', n % 2 === 0 ? 'poll' : 'look'),
      );
      const writing = await Promise.race([
        Promise.all(tickets.map(write)).then(() => {
          isWritten = true;
          return 'written';
        }),
        Promise.all(looking).then(() => 'only looked at'),
      ]);
      await Promise.all(looking);
      expect(writing).toBe('written');
      expect(fake.overLimit?.()).toBe(0);
      expect(looks).toBeGreaterThan(50);
      expect(toldToWait).toBeGreaterThan(0);
      for (const { id } of tickets)
        expect((await fake.ticket(id))?.entries.map(({ text }) => text)).toEqual(
          expect.arrayContaining(['word 0', 'word 1', 'word 2', 'word 3', 'word 4']),
        );
    });
  }, 90_000);

  it('as many new tickets as there are contacts, and an operator who asks meanwhile', async () => {
    await withStage(async (stage, now) => {
      const { fake, connector, account } = stage;
      const orders = Array.from({ length: 40 }, () => createOrder({ contact: contactOf() }));
      const made = orders.map((order) => {
        const context = contextOf();
        const target = { conversationId: order.reference };
        return insist(now, () => connector.send(order, target, { ...account, calls: 'order' }, context));
      });
      const listed = await connector.listAgents?.(account);
      expect(listed?.outcome ?? 'listed').toBe('listed');
      await Promise.all(made);
      expect(fake.overLimit?.()).toBe(0);
      expect((await fake.tickets()).length).toBe(40);
    });
  }, 90_000);
});
