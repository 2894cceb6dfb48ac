import { may, type Principal, principalKey } from '../access/principal.js';
import type { ConnectionView, WatchedConnection } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import { beginAuthorisation, finishAuthorisation } from './authorise-connection.js';
import { changeConnection } from './change-connection.js';
import { checkConnection } from './check-connection.js';
import { createConnection } from './create-connection.js';
import type { Operator, OperatorAnswer, Registered } from './operator.js';
import type { OperatorDeps, OperatorObserver } from './operator-deps.js';
import { inviteAgent, listAgents } from './people.js';
import { disconnected, forbidden, invalid, notFound } from './refuse.js';
import { replaceCredentials } from './replace-credentials.js';
import { rotateWebhookToken } from './rotate-webhook-token.js';
import { withLimits } from './with-limits.js';
import { withTemplates } from './with-templates.js';

type Change = Parameters<OperatorObserver['connectionChanged']>[0]['change'];

/** The verbs of an operator over connections; each asks first who is asking, and what it did is on record. */
export function createOperator(deps: OperatorDeps): Operator {
  const { store, observe } = deps;

  async function asAdmin<T>(
    principal: Principal,
    run: (scope: WorkspaceScope) => Promise<OperatorAnswer<T>>,
  ): Promise<OperatorAnswer<T>> {
    return may(principal, 'admin') ? run(principal.scope) : forbidden;
  }

  /** A verb of the store that answers nothing for what is gone, and for what never was. */
  async function living(
    scope: WorkspaceScope,
    connectionId: string,
    changed: ConnectionView | undefined,
  ): Promise<OperatorAnswer<ConnectionView>> {
    if (changed !== undefined) return { outcome: 'done', value: changed };
    return (await store.find(scope, connectionId)) === undefined ? notFound : disconnected;
  }

  const about = (principal: Principal, { id, connector }: ConnectionView) => ({
    connector,
    connectionId: id,
    workspaceId: principal.scope.workspaceId,
    by: principalKey(principal),
  });

  /** Hands the answer on; what was done is told. */
  function told<T>(
    principal: Principal,
    answer: OperatorAnswer<T>,
    change: Change,
    connectionOf: (value: T) => ConnectionView,
    registeredOf: (value: T) => Registered | undefined = () => undefined,
  ): OperatorAnswer<T> {
    if (answer.outcome === 'refused') return answer;
    const line = about(principal, connectionOf(answer.value));
    observe.connectionChanged({ ...line, change });
    const registered = registeredOf(answer.value);
    if (registered?.outcome === 'not_registered')
      observe.connectionChanged({ ...line, change: 'not_registered', code: registered.code });
    return answer;
  }

  const itself = (view: ConnectionView): ConnectionView => view;

  /** Every connection with its health, and what whoever writes there may use. */
  async function watch(scope: WorkspaceScope): Promise<WatchedConnection[]> {
    const watched = await store.watch(scope);
    return watched.map((one) => withTemplates(deps.connectors, withLimits(deps.connectors, one)));
  }

  return {
    createConnection: (principal, given) =>
      asAdmin(principal, async (scope) =>
        told(
          principal,
          await createConnection(deps, scope, given),
          'created',
          ({ connection }) => connection,
          ({ registered }) => registered,
        ),
      ),
    listConnections: async (principal) => ({ outcome: 'done', value: await watch(principal.scope) }),
    readConnection: (principal, id) =>
      asAdmin(principal, async (scope) => {
        const watched = (await watch(scope)).find((connection) => connection.id === id);
        return watched === undefined ? notFound : { outcome: 'done', value: watched };
      }),
    changeConnection: (principal, id, change) =>
      asAdmin(principal, async (scope) => {
        const answer = await changeConnection(deps, scope, id, change);
        if (answer.outcome === 'refused') return answer;
        const { connection, changed } = answer.value;
        const view: OperatorAnswer<ConnectionView> = { outcome: 'done', value: connection };
        return changed ? told(principal, view, 'settings_changed', itself) : view;
      }),
    checkConnection: (principal, id) => asAdmin(principal, (scope) => checkConnection(deps, scope, id)),
    pauseConnection: (principal, id, reason) =>
      asAdmin(principal, async (scope) => {
        const said = reason.trim().slice(0, 500);
        if (said === '') return invalid('Say why.', [{ path: 'reason', message: 'must not be empty' }]);
        const answer = await living(scope, id, await store.pause(scope, id, said));
        if (answer.outcome === 'done')
          observe.connectionPaused({ ...about(principal, answer.value), code: 'by_hand' });
        return answer;
      }),
    resumeConnection: (principal, id) =>
      asAdmin(principal, async (scope) => {
        const answer = await living(scope, id, await store.resume(scope, id));
        if (answer.outcome === 'done') observe.connectionResumed(about(principal, answer.value));
        return answer;
      }),
    rotateWebhookToken: (principal, id) =>
      asAdmin(principal, async (scope) =>
        told(
          principal,
          await rotateWebhookToken(deps, scope, id),
          'token_rotated',
          ({ connection }) => connection,
          ({ registered }) => registered,
        ),
      ),
    endOldToken: (principal, id) =>
      asAdmin(principal, async (scope) => {
        const stored = await store.find(scope, id);
        if (stored === undefined) return notFound;
        const newest = stored.webhookTokenHashes.slice(0, 1);
        return living(scope, id, await store.keepTokenHashes(scope, id, newest));
      }),
    beginAuthorisation: (principal, id) => asAdmin(principal, (scope) => beginAuthorisation(deps, scope, id)),
    finishAuthorisation: (principal, id, brought) =>
      asAdmin(principal, async (scope) =>
        told(
          principal,
          await finishAuthorisation(deps, scope, id, brought),
          'credentials_replaced',
          ({ connection }) => connection,
          ({ registered }) => registered,
        ),
      ),
    replaceCredentials: (principal, id, credentials) =>
      asAdmin(principal, async (scope) =>
        told(
          principal,
          await replaceCredentials(deps, scope, id, credentials),
          'credentials_replaced',
          itself,
        ),
      ),
    listAgents: (principal, id) => asAdmin(principal, (scope) => listAgents(deps, scope, id)),
    inviteAgent: (principal, id, invited) =>
      asAdmin(principal, (scope) => inviteAgent(deps, scope, id, invited)),
    disconnect: (principal, id) =>
      asAdmin(principal, async (scope) => {
        const view = await store.disconnect(scope, id);
        if (view === undefined) return notFound;
        return told<ConnectionView>(principal, { outcome: 'done', value: view }, 'disconnected', itself);
      }),
  };
}
