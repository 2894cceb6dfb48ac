import type { WebhookRequest, WebhookSecrets, WebhookVerdict } from '../connector.js';
import { isRecord } from './pick.js';
import { parseBody } from './receiving/parse-body.js';
import { mayNeedScrubbing } from './receiving/scrub.js';
import { split } from './receiving/split.js';
import { verifyToken } from './signature.js';

/** Verifies one webhook of WotNot's and tells its events apart. Pure; whatever comes, it does not throw. */
export function receive(request: WebhookRequest, secrets: WebhookSecrets): WebhookVerdict {
  const parsed = parseBody(request);
  if (parsed.outcome === 'malformed') return parsed;
  const verification = verifyToken(parsed.body, request.headers['authorization'], secrets);
  if (verification.outcome === 'not_authentic') return verification;
  const { token } = verification;
  const answer = { status: 200, body: { token } };

  const { token: inBody, ...rest } = parsed.body;
  const elements = findElements(rest);
  if (elements === undefined) return { outcome: 'handshake', answer };
  const scrubbing = mayNeedScrubbing(parsed.text, token, inBody === token ? 1 : 0);
  return { outcome: 'events', events: split(elements, { secret: token, scrubbing }), answer };
}

/**
 * The events of a body without its token; undefined for a handshake, which has none. What is authentic
 * and of no known shape is an event as well: it is kept, not refused.
 */
function findElements(rest: Record<string, unknown>): unknown[] | undefined {
  const events = Object.hasOwn(rest, 'events') ? rest['events'] : undefined;
  if (Array.isArray(events)) return events as unknown[];
  if (isRecord(events)) return [events];
  if (events !== undefined && events !== null) return [rest];
  const saysMore = Object.values(rest).some((value) => typeof value === 'object' && value !== null);
  return saysMore ? [rest] : undefined;
}
