/*
 * A helpdesk in a process of its own: what it has taken outlives the bridge's kills, and stands in it before it
 * answers. Asked over the channel to its parent: `{id, ask, given}` is answered `{id, answer}` or `{id, trouble}`.
 */
import { openFakeChatwoot } from '../../fakes/chatwoot/open-fake-chatwoot.js';
import { type FarDesk, openWebhookDesk } from './webhook-desk.js';

export type DeskQuestion = Exclude<keyof FarDesk, 'settings' | 'credentials' | 'agents' | 'close'>;

/** What is measured is the bridge: no limit of the desk's stands in its way. */
async function openChatwootDesk(): Promise<FarDesk> {
  const fake = await openFakeChatwoot({ callsPerMinute: Number.POSITIVE_INFINITY });
  return { ...fake, settings: { ...fake.settings, callsPerMinute: 100_000 }, untold: () => 0 };
}

const [kind, file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: desk-process.ts webhook|chatwoot <file>');
const desk: FarDesk = kind === 'webhook' ? await openWebhookDesk(file) : await openChatwootDesk();

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
