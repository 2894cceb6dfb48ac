import { readFileSync } from 'node:fs';
import type { SplitEvent, WebhookVerdict } from '../../../src/connectors/connector.js';
import { receive } from '../../../src/connectors/wotnot/receive.js';
import { hashWebhookToken } from '../../../src/connectors/wotnot/signature.js';

export const token = 'correct-horse-battery-staple-1';
export const secrets = { tokenHashes: [hashWebhookToken(token)] };

export function post(body: unknown, headers: Record<string, string> = {}): WebhookVerdict {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return receive({ headers: { 'content-type': 'application/json', ...headers }, body: bytes }, secrets);
}

/** The events of a webhook that is expected to carry some. */
export function eventsOf(body: unknown, headers: Record<string, string> = {}): SplitEvent[] {
  const verdict = post(body, headers);
  if (verdict.outcome !== 'events') throw new Error(`expected events, got ${JSON.stringify(verdict)}`);
  return verdict.events;
}

export function event(type: unknown, payload: unknown, conversation: unknown = { key: 'cnv-1' }) {
  return { event: { type, payload }, conversation, visitor: { key: 'vis-1' } };
}

export function message(text: string, more: Record<string, unknown> = {}) {
  return event('message', { message: { type: 'text', text }, message_by: { type: 'visitor' }, ...more });
}

export function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/wotnot-webhooks/${name}.json`, import.meta.url), 'utf8');
}
