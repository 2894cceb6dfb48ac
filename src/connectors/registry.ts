import type { Connector } from './connector.js';

export interface ConnectorRegistry {
  /** The connector of that name, or undefined when there is none. */
  find(name: string): Connector | undefined;
  names(): string[];
}

export function createRegistry(connectors: Connector[]): ConnectorRegistry {
  const byName = new Map(connectors.map((connector) => [connector.name, connector]));
  return { find: (name) => byName.get(name), names: () => [...byName.keys()] };
}
