import type { CheckFinding } from '../connectors/connector.js';
import type { ConnectionView } from '../domain/views.js';
import { webhookUrl } from './webhook-address.js';

/** Who answers at a webhook's address. */
export type Probe =
  | { outcome: 'ours' }
  /** A bridge, but of another name: it has another SECRET_KEY. */
  | { outcome: 'another_bridge' }
  | { outcome: 'stranger'; status?: number }
  | { outcome: 'redirected'; status: number }
  | { outcome: 'no_answer'; code: string };

/** What came in within this time came over the address as it is. */
const RECENT_MILLISECONDS = 24 * 3_600_000;

/** Who answers where webhooks are sent to, as seen from here. `answers`: this bridge does. */
export async function judgeWebhook(
  deps: { publicUrl: string; probe(url: string): Promise<Probe> },
  view?: Pick<ConnectionView, 'webhookKey' | 'lastInboundAt'>,
): Promise<{ answers: boolean; finding: CheckFinding }> {
  const probe = await deps.probe(webhookUrl(deps.publicUrl, view?.webhookKey ?? 'probe'));
  const what = `This bridge answers where webhooks are sent to: ${deps.publicUrl}`;
  if (probe.outcome === 'ours') return { answers: true, finding: { ok: true, what } };
  const hint = hintFor(probe);
  // Not everybody can see their own address from inside: what has come in just now proves more.
  const last = view?.lastInboundAt;
  if (
    probe.outcome === 'no_answer' &&
    last !== undefined &&
    Date.now() - last.getTime() < RECENT_MILLISECONDS
  ) {
    const seen = `Webhooks do come in at ${deps.publicUrl}, though nobody answers there as seen from here (${probe.code}).`;
    return { answers: false, finding: { ok: true, what: seen } };
  }
  return { answers: false, finding: { ok: false, what, hint } };
}

function hintFor(probe: Exclude<Probe, { outcome: 'ours' }>): string {
  switch (probe.outcome) {
    case 'another_bridge':
      return 'Another bridge answers there, or this one with another SECRET_KEY: see which process PUBLIC_URL leads to.';
    case 'stranger':
      return `Something else answers there${probe.status === undefined ? '' : ` (HTTP ${probe.status})`}: mend PUBLIC_URL, or let the proxy hand /webhooks/… to the bridge as it is.`;
    case 'redirected':
      return `It leads elsewhere (HTTP ${probe.status}), and webhooks do not follow: set PUBLIC_URL to the address behind it.`;
    case 'no_answer':
      return probe.code === 'connection_failed'
        ? 'Nobody answers there, as seen from here: start the bridge (npm start), and the proxy before it, or mend PUBLIC_URL. Its host must be known, and its certificate good.'
        : `It takes a connection and gives no answer (${probe.code}): see what PUBLIC_URL leads to.`;
  }
}

/** When something last came in. For a desk that only hints, or is only asked, it says nothing. */
export function tellLastWebhook(
  view: Pick<ConnectionView, 'side' | 'lastInboundAt' | 'registrationOwedAt'>,
): CheckFinding[] {
  if (view.lastInboundAt !== undefined)
    return [{ ok: true, what: `The last webhook came in at ${view.lastInboundAt.toISOString()}.` }];
  if (view.side === 'desk' || view.registrationOwedAt !== undefined) return [];
  const hint =
    'Write something in a chat of the account. If nothing comes in, see there under Settings → Events whether the address and its events are switched on.';
  return [{ ok: true, what: 'No webhook has come in yet.', hint }];
}
