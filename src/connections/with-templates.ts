import type { ConnectorRegistry } from '../connectors/registry.js';
import type { WatchedConnection } from '../domain/views.js';

/** With the templates of a chat side that agents may pick, so that nobody has to be shown its settings. */
export function withTemplates(
  connectors: Pick<ConnectorRegistry, 'find'>,
  connection: WatchedConnection,
): WatchedConnection {
  const connector = connectors.find(connection.connector);
  if (connector?.side !== 'chat' || connector.templatesOf === undefined) return connection;
  return { ...connection, templates: connector.templatesOf(connection.settings) };
}
