import { randomSecret } from '../domain/ids.js';
import type { WorkspaceScope } from '../store/scope.js';

/** Shorter ones could be guessed. */
export const leastTokenLength = 24;

/** `<the workspace's own part>-<130 bits of chance>`: the path of the webhook's URL. */
export function newWebhookKey(scope: WorkspaceScope): string {
  return `${scope.workspaceId.slice('wsp_'.length)}-${randomSecret(26)}`;
}

export function newWebhookToken(): string {
  return randomSecret(40);
}

export function webhookUrl(publicUrl: string, webhookKey: string): string {
  return `${publicUrl}/webhooks/${webhookKey}`;
}
