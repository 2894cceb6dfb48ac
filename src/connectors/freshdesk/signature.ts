import type { DeskWebhookSecrets, WebhookRequest } from '../connector.js';
import { isSameSecret } from '../desk-kit/index.js';

/**
 * Freshdesk signs nothing. A rule sends a header of our choice with the connection's secret: it proves who
 * has written the rule, not that the body is unchanged, so that nothing of the body is believed.
 */
const secretHeader = 'x-bridge-secret';

export function isGenuine({ headers }: WebhookRequest, secrets: DeskWebhookSecrets): boolean {
  const usable = secrets.signingSecrets.filter((secret) => secret.length >= 16);
  return isSameSecret(headers[secretHeader], usable);
}
