import { may, type Principal } from '../access/principal.js';
import type { ConnectionView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import { checkConnection } from './check-connection.js';
import { createConnection } from './create-connection.js';
import type { Operator, OperatorAnswer } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { inviteAgent, listAgents } from './people.js';
import { disconnected, forbidden, invalid, notFound } from './refuse.js';
import { replaceCredentials } from './replace-credentials.js';
import { rotateWebhookToken } from './rotate-webhook-token.js';

/** The verbs of an operator over connections; each asks first who is asking. */
export function createOperator(deps: OperatorDeps): Operator {
  const { store } = deps;

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

  return {
    createConnection: (principal, given) =>
      asAdmin(principal, (scope) => createConnection(deps, scope, given)),
    listConnections: async (principal) => ({ outcome: 'done', value: await store.list(principal.scope) }),
    readConnection: (principal, id) =>
      asAdmin(principal, async (scope) => {
        const stored = await store.find(scope, id);
        return stored === undefined ? notFound : { outcome: 'done', value: stored.view };
      }),
    checkConnection: (principal, id) => asAdmin(principal, (scope) => checkConnection(deps, scope, id)),
    pauseConnection: (principal, id, reason) =>
      asAdmin(principal, async (scope) => {
        const said = reason.trim().slice(0, 500);
        if (said === '') return invalid('Say why.', [{ path: 'reason', message: 'must not be empty' }]);
        return living(scope, id, await store.pause(scope, id, said));
      }),
    resumeConnection: (principal, id) =>
      asAdmin(principal, async (scope) => living(scope, id, await store.resume(scope, id))),
    rotateWebhookToken: (principal, id) => asAdmin(principal, (scope) => rotateWebhookToken(deps, scope, id)),
    endOldToken: (principal, id) =>
      asAdmin(principal, async (scope) => {
        const stored = await store.find(scope, id);
        if (stored === undefined) return notFound;
        const newest = stored.webhookTokenHashes.slice(0, 1);
        return living(scope, id, await store.keepTokenHashes(scope, id, newest));
      }),
    replaceCredentials: (principal, id, credentials) =>
      asAdmin(principal, (scope) => replaceCredentials(deps, scope, id, credentials)),
    listAgents: (principal, id) => asAdmin(principal, (scope) => listAgents(deps, scope, id)),
    inviteAgent: (principal, id, invited) =>
      asAdmin(principal, (scope) => inviteAgent(deps, scope, id, invited)),
    disconnect: (principal, id) =>
      asAdmin(principal, async (scope) => {
        const view = await store.disconnect(scope, id);
        return view === undefined ? notFound : { outcome: 'done', value: view };
      }),
  };
}
