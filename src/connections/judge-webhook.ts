import type { CheckFinding, Connector } from '../connectors/connector.js';
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

/** When a webhook last came in; undefined also where a look of ours may have brought what came in last. */
export const lastWebhookOf = (
  connector: Connector,
  { lastInboundAt }: Pick<ConnectionView, 'lastInboundAt'>,
): Date | undefined =>
  connector.side === 'desk' && connector.capabilities.fetches ? undefined : lastInboundAt;

/** Who answers where webhooks are sent to, as seen from here. `lastWebhookAt`: when one came in over it. `answers`: this bridge does. */
export async function judgeWebhook(
  deps: { publicUrl: string; probe(url: string): Promise<Probe> },
  view?: Pick<ConnectionView, 'webhookKey'>,
  lastWebhookAt?: Date,
): Promise<{ answers: boolean; finding: CheckFinding }> {
  const probe = await deps.probe(webhookUrl(deps.publicUrl, view?.webhookKey ?? 'probe'));
  const what = `This bridge answers where webhooks are sent to: ${deps.publicUrl}`;
  if (probe.outcome === 'ours') return { answers: true, finding: { ok: true, what } };
  const hint = hintFor(probe);
  // Not everybody can see their own address from inside: what has come in just now proves more.
  if (
    probe.outcome === 'no_answer' &&
    lastWebhookAt !== undefined &&
    Date.now() - lastWebhookAt.getTime() < RECENT_MILLISECONDS
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

/** When something last came in. For a desk from which nothing has come in, it says nothing. */
export function tellLastWebhook(
  connector: Connector,
  view: Pick<ConnectionView, 'side' | 'lastInboundAt' | 'registrationOwedAt'>,
): CheckFinding[] {
  if (view.lastInboundAt !== undefined) {
    const at = view.lastInboundAt.toISOString();
    const isWebhook = lastWebhookOf(connector, view) !== undefined;
    return [
      {
        ok: true,
        what: isWebhook
          ? `The last webhook came in at ${at}.`
          : `News last came in at ${at}, by a webhook or by a look of the bridge’s.`,
      },
    ];
  }
  if (view.side === 'desk' || view.registrationOwedAt !== undefined) return [];
  const hint =
    'Write something in a chat of the account. If nothing comes in, see there under Settings → Events whether the address and its events are switched on.';
  return [{ ok: true, what: 'No webhook has come in yet.', hint }];
}
