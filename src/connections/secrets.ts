import type { WorkspaceScope } from '../store/scope.js';

/** What is sealed of a connection: the connector's own credentials, and what a desk signs its webhooks with. */
export interface Secrets {
  credentials: Record<string, unknown>;
  webhookSecrets: readonly string[];
}

/** Both lie in one sealed text: the connector's own part has no `webhookSecrets`. */
export function readSecrets(opened: string): Secrets {
  const { webhookSecrets, ...credentials } = JSON.parse(opened) as Record<string, unknown>;
  return {
    credentials,
    webhookSecrets: Array.isArray(webhookSecrets)
      ? webhookSecrets.filter((one): one is string => typeof one === 'string')
      : [],
  };
}

export function writeSecrets(
  credentials: Record<string, unknown>,
  webhookSecrets: readonly string[],
): string {
  return JSON.stringify(webhookSecrets.length === 0 ? credentials : { ...credentials, webhookSecrets });
}

export function credentialsPlace(scope: WorkspaceScope, connectionId: string) {
  return { workspaceId: scope.workspaceId, connectionId, field: 'credentials' };
}
