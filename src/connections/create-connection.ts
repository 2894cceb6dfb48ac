import { newId } from '../domain/ids.js';
import type { WorkspaceScope } from '../store/scope.js';
import { hashToken } from './hash-token.js';
import { credentialsPlace, writeSecrets } from './secrets.js';
import type { ConnectionToCreate, CreatedConnection, OperatorAnswer, Registered } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { parseGiven } from './parse-given.js';
import { beingRegistered, invalid, nameTaken } from './refuse.js';
import { register } from './register.js';
import { withRegistrationLease } from './registration-lease.js';
import { leastTokenLength, newWebhookKey, newWebhookToken, webhookUrl } from './webhook-address.js';

/**
 * Links the workspace to an account. The row comes first, as the outside may call the webhook while it is
 * told of it; when it cannot be told, the connection stays and the answer says so.
 */
export async function createConnection(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  given: ConnectionToCreate,
): Promise<OperatorAnswer<CreatedConnection>> {
  const connector = deps.connectors.find(given.connector);
  if (connector === undefined) {
    const message = `must be one of: ${deps.connectors.names().join(', ')}`;
    return invalid('There is no such connector.', [{ path: 'connector', message }]);
  }
  const name = given.name.trim();
  if (name === '')
    return invalid('The connection needs a name.', [{ path: 'name', message: 'must not be empty' }]);
  const settings = parseGiven('settings', given.settings, (value) => connector.parseSettings(value));
  if (settings.outcome === 'refused') return settings;
  const credentials = parseGiven('credentials', given.credentials, (value) =>
    connector.parseCredentials(value),
  );
  if (credentials.outcome === 'refused') return credentials;
  const webhookToken = given.webhookToken ?? newWebhookToken();
  if (
    !/^[\x21-\x7e]+$/.test(webhookToken) ||
    webhookToken.length < leastTokenLength ||
    webhookToken.length > 512
  ) {
    const message = `must have ${leastTokenLength} to 512 printable characters without spaces`;
    return invalid('The webhook token cannot be used.', [{ path: 'webhookToken', message }]);
  }

  const id = newId('connection');
  const added = await deps.store.add(scope, {
    id,
    connector: connector.name,
    side: connector.side,
    name,
    webhookKey: newWebhookKey(scope),
    webhookTokenHashes: [hashToken(webhookToken)],
    settings: settings.value,
    credentials: deps.seal.seal(
      // A chat side's token is kept until the outside has been told of it; then its hash is enough.
      writeSecrets(credentials.value, [webhookToken]),
      credentialsPlace(scope, id),
    ),
  });
  if (added.outcome === 'name_taken') return nameTaken;
  const url = webhookUrl(deps.publicUrl, added.view.webhookKey);
  const account = { settings: settings.value, credentials: credentials.value };
  const place = { scope, connectionId: id };
  const owedAt = added.view.registrationOwedAt;
  const told = { connector, account, webhookUrl: url, token: webhookToken, owedAt };
  const leased = await withRegistrationLease(deps, place, 0, () => register(deps, place, told));
  const registered: Registered =
    leased.outcome === 'ran'
      ? leased.value
      : { outcome: 'not_registered', code: 'being_told', message: beingRegistered.message };
  const connection = (await deps.store.find(scope, id))?.view ?? added.view;
  return { outcome: 'done', value: { connection, webhookToken, webhookUrl: url, registered } };
}
