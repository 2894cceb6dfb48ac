import type { ConnectorRegistry } from '../connectors/registry.js';
import type { DeskLimits, WatchedConnection } from '../domain/views.js';

/** With what a desk can carry, so that whoever sends knows it before. */
export function withLimits(
  connectors: Pick<ConnectorRegistry, 'find'>,
  connection: WatchedConnection,
): WatchedConnection {
  const connector = connectors.find(connection.connector);
  if (connector?.side !== 'desk') return connection;
  const told = connector.capabilities;
  const { mostFileBytes, mostFilesPerMessage, mostTextCharacters, writesAsContact } = told;
  const { statuses, priorities, tags, teams, ticketBudget } = told;
  // What the operator has given it of the account's plan.
  const callsPerMinute = connection.settings['callsPerMinute'];
  const capabilities: DeskLimits = {
    mostFileBytes,
    mostFilesPerMessage,
    carriesFiles: told.linksFiles !== true,
    mostTextCharacters,
    writesAsContact,
    statuses,
    priorities,
    tags,
    teams,
    ...(ticketBudget === undefined ? {} : { ticketBudget }),
    ...(typeof callsPerMinute === 'number' ? { callsPerMinute } : {}),
  };
  return { ...connection, capabilities };
}
