import type { CheckFinding } from '../connectors/connector.js';
import type { ConnectionView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import { judgeWebhook, lastWebhookOf, tellLastWebhook } from './judge-webhook.js';
import type { OperatorAnswer } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { disconnected, notFound } from './refuse.js';
import { findingOf, registerOwed } from './register-owed.js';
import { SealBrokenError } from './seal.js';
import { webhookUrl } from './webhook-address.js';

/** Looks whether a connection is usable from both sides, and says what is missing. */
export async function checkConnection(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<OperatorAnswer<CheckFinding[]>> {
  const stored = await deps.store.find(scope, connectionId);
  if (stored === undefined) return notFound;
  const connector = deps.connectors.find(stored.view.connector);
  if (stored.view.status === 'disconnected' || connector === undefined) return disconnected;
  const { webhookKey, settings } = stored.view;
  const { answers, finding } = await judgeWebhook(deps, stored.view, lastWebhookOf(connector, stored.view));
  const address = [judgeAddress(webhookUrl(deps.publicUrl, webhookKey), settings['baseUrl']), finding];
  try {
    const opened = await deps.openAccount(scope, connectionId);
    if (opened === undefined) return disconnected;
    const account = await connector.check(opened.account);
    const registration = await tryOwed(deps, scope, stored.view, answers);
    const after = (await deps.store.find(scope, connectionId))?.view ?? stored.view;
    const last = tellLastWebhook(connector, after);
    return { outcome: 'done', value: [...address, ...account, ...registration, ...last] };
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error;
    const hint =
      'SECRET_KEY is not the one under which they were kept. Restore it, or give the credentials again.';
    return {
      outcome: 'done',
      value: [...address, { ok: false, what: 'The credentials can be opened.', hint }],
    };
  }
}

/** What is owed of the webhook is told now, if whoever is told and calls it would find us there. */
async function tryOwed(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  { id, registrationOwedAt, status }: ConnectionView,
  answers: boolean,
): Promise<CheckFinding[]> {
  if (registrationOwedAt === undefined || status !== 'active') return [];
  if (answers) return findingOf(await registerOwed(deps, scope, id));
  const what = 'The outside knows where to send its webhooks.';
  const hint = `It has not been told yet, since ${registrationOwedAt.toISOString()}: once this bridge answers there, it is told by itself.`;
  return [{ ok: false, what, hint }];
}

/** Whether the outside could reach the webhook at all, and unheard by others. `account`: where the outside is. */
function judgeAddress(url: string, account: unknown): CheckFinding {
  const { protocol, hostname } = new URL(url);
  const what = 'The outside can reach the webhook’s address, and encrypted.';
  if (isNear(hostname)) {
    if (typeof account === 'string' && URL.canParse(account) && isNear(new URL(account).hostname))
      return { ok: true, what: 'The webhook’s address is near, and so is the outside.' };
    const hint =
      'PUBLIC_URL names this machine or a private network: only an outside that runs there can reach it.';
    return { ok: false, what, hint };
  }
  if (protocol !== 'https:') return { ok: false, what, hint: 'Set PUBLIC_URL to an https address.' };
  return { ok: true, what };
}

/** On this machine, or in a private network. */
const isNear = (hostname: string): boolean =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|10\.\d+\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|192\.168\.\d+\.\d+)$/.test(
    hostname,
  );
