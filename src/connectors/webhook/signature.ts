import { Webhook } from 'standardwebhooks';

/** `whsec_` means base64; anything else is taken as it is written. */
const keyOf = (secret: string): Webhook =>
  secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });

/** The three headers of Standard Webhooks. `id` stays the same when the same thing is sent again. */
export function sign(secret: string, id: string, at: Date, body: Buffer): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': keyOf(secret).sign(id, at, body),
  };
}

/** Whether one of the secrets signed this body within the last five minutes; never throws. */
export function isSigned(
  secrets: readonly string[],
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
): boolean {
  const given = {
    'webhook-id': headers['webhook-id'] ?? '',
    'webhook-timestamp': headers['webhook-timestamp'] ?? '',
    'webhook-signature': headers['webhook-signature'] ?? '',
  };
  return secrets
    .map((secret) => {
      try {
        keyOf(secret).verify(body, given, { jsonParse: false });
        return true;
      } catch {
        return false;
      }
    })
    .some(Boolean);
}
