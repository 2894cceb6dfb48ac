/*
 * A helpdesk in a process of its own: what it has taken outlives the bridge's kills, and stands in it before it
 * answers. Asked over the channel to its parent: `{id, ask, given}` is answered `{id, answer}` or `{id, trouble}`.
 */
import { openFakeChatwoot } from '../../fakes/chatwoot/open-fake-chatwoot.js';
import { openFakeFreshdesk } from '../../fakes/freshdesk/open-fake-freshdesk.js';
import { openFakeZendesk } from '../../fakes/zendesk/open-fake-zendesk.js';
import type { FakeDesk } from '../../fakes/fake-desk.js';
import type { DeskKind } from './desk.js';
import { type FarDesk, openWebhookDesk } from './webhook-desk.js';

export type DeskQuestion = Exclude<keyof FarDesk, 'settings' | 'credentials' | 'agents' | 'close'>;

const endless = Number.POSITIVE_INFINITY;

/** What is measured is the bridge: no limit of the desk's stands in its way. */
const withoutLimits = (fake: FakeDesk): FarDesk => ({
  ...fake,
  settings: { ...fake.settings, callsPerMinute: 100_000 },
  untold: () => 0,
});

const OPEN: Record<DeskKind, (file: string) => Promise<FarDesk>> = {
  webhook: openWebhookDesk,
  chatwoot: async () => withoutLimits(await openFakeChatwoot({ callsPerMinute: endless })),
  freshdesk: async () => withoutLimits(await openFakeFreshdesk({ callsPerMinute: endless })),
  zendesk: async () =>
    withoutLimits(
      await openFakeZendesk({
        callsPerMinute: endless,
        budgets: { perTicket: endless, perAccount: endless },
      }),
    ),
};

const [kind, file] = process.argv.slice(2);
if (file === undefined || kind === undefined || !(kind in OPEN))
  throw new Error(`usage: desk-process.ts ${Object.keys(OPEN).join('|')} <file>`);
const desk = await OPEN[kind as DeskKind](file);

async function answer(ask: DeskQuestion, given: unknown[]): Promise<unknown> {
  return (desk[ask] as (...given: unknown[]) => unknown)(...given);
}

process.on('message', ({ id, ask, given }: { id: number; ask: DeskQuestion; given: unknown[] }) => {
  answer(ask, given).then(
    (answered) => process.send?.({ id, answer: answered }),
    (error: unknown) => process.send?.({ id, trouble: String(error) }),
  );
});
process.once('disconnect', () => process.exit());
const { settings, credentials, agents } = desk;
process.send?.({ settings, credentials, agents });
