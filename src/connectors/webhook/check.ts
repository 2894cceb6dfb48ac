import { randomUUID } from 'node:crypto';
import type { Account, CheckFinding } from '../connector.js';
import { judgeAnswer } from '../desk-kit/index.js';
import type { OutsideCaller } from '../http-client/index.js';
import { webhookCredentials } from './schema.js';
import { isTaken } from './send.js';
import { sign } from './signature.js';

/** Sends a signed `ping` and looks for a 2xx. */
export async function check(caller: OutsideCaller, account: Account): Promise<CheckFinding[]> {
  const url = new URL(String(account.settings['url']));
  const { secret } = webhookCredentials.parse(account.credentials);
  const at = new Date();
  const body = Buffer.from(JSON.stringify({ type: 'ping', timestamp: at.toISOString(), data: {} }));
  const answer = await caller.call({
    method: 'POST',
    baseUrl: url.origin,
    path: `${url.pathname}${url.search}`,
    headers: { 'content-type': 'application/json', ...sign(secret, `ping_${randomUUID()}`, at, body) },
    body,
    signal: new AbortController().signal,
  });
  const what = `The desk’s back end at ${url.origin} takes signed webhooks.`;
  if (answer.outcome === 'answered' && isTaken(answer)) return [{ ok: true, what }];
  const hint = `${judgeAnswer(answer, { desk: 'The desk', repeatable: true }).message} It must answer a signed ping with 2xx and JSON, or nothing in it.`;
  return [{ ok: false, what, hint }];
}
