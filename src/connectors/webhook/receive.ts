import type { DeskWebhookSecrets, SplitEvent, WebhookRequest, WebhookVerdict } from '../connector.js';
import { makeStorable } from '../desk-kit/index.js';
import { type DeskEvent, deskEvents } from './schema.js';
import { isSigned } from './signature.js';
import { meaningOf, UNNAMED_STATUS } from './status-words.js';

const ACCEPTED = { status: 200, body: { ok: true } };

/** One signed event of the documented shape. An authentic one of another shape is kept, as unrecognised. */
export function receive(
  request: WebhookRequest,
  { signingSecrets, settings }: DeskWebhookSecrets,
): WebhookVerdict {
  if (!isSigned(signingSecrets, request.headers, request.body)) return { outcome: 'not_authentic' };
  const parsed = parse(request.body);
  if (parsed === undefined)
    return {
      outcome: 'malformed',
      status: 400,
      code: 'invalid_json',
      message: 'The body is no JSON object.',
    };
  const { value, cleaned } = makeStorable(parsed);
  const event = deskEvents.safeParse(value);
  const webhookId = request.headers['webhook-id'] ?? '';
  const kind = typeof value['type'] === 'string' ? value['type'].slice(0, 100) : 'unknown';
  const about = {
    kind,
    payload: value,
    flags: cleaned ? (['cleaned'] as 'cleaned'[]) : [],
    identityBy: 'id' as const,
  };
  if (!event.success)
    return {
      outcome: 'events',
      answer: ACCEPTED,
      events: [{ ...about, laneKey: '', identity: webhookId, unrecognised: 'not of the documented shape' }],
    };
  const told = event.data;
  const kept = { ...about, laneKey: told.data.ticketId, ...identify(told, webhookId) };
  // It keeps its place: once the settings name the status, a replay finds the ticket.
  const isUnnamed = told.type === 'ticket.updated' && meaningOf(told.data.status, settings) === 'unnamed';
  const events = [isUnnamed ? { ...kept, unrecognised: UNNAMED_STATUS } : kept];
  return { outcome: 'events', answer: ACCEPTED, events };
}

/** A message is one message however often, and under whatever id, it is sent. */
function identify(event: DeskEvent, webhookId: string): Pick<SplitEvent, 'identity' | 'says'> {
  if (event.type !== 'message.created' && event.type !== 'note.created') return { identity: webhookId };
  const { messageId, text, files } = event.data;
  return { identity: messageId, says: JSON.stringify([text, files.map(({ name }) => name)]) };
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
