import type { WotNotRequest } from '../../wotnot/index.js';
import { postWebhook } from '../post-webhook.js';
import { refuse, succeed } from './api-answer.js';
import type { Handler } from './api-request.js';

function isSameToken(answer: string, token: string): boolean {
  if (answer.trim() === token) return true;
  try {
    const body: unknown = JSON.parse(answer);
    return (
      body === token || (typeof body === 'object' && body !== null && 'token' in body && body.token === token)
    );
  } catch {
    return false;
  }
}

/** Save the settings, once the address has proved with the token that it expects us. */
export const setWebhook: Handler = async (world, request) => {
  const given = request.body as WotNotRequest<'set-webhook'>;
  const isEnabled = given.is_enabled && given.webhook_url !== '';
  if (isEnabled) {
    const answer = await postWebhook(given.webhook_url, { token: given.token }, world.now());
    const isVerified = answer.status === 200 && isSameToken(answer.answer ?? '', given.token);
    world.log({ event: 'webhook.handshake', isVerified, status: answer.status, problem: answer.problem });
    if (!isVerified) return refuse('WEBHOOK_NOT_VERIFIED');
  }
  world.records.settings.put('webhook', {
    url: given.webhook_url,
    token: given.token,
    isEnabled,
    events: given.subscribed_events.filter((event) => event.is_subscribed).map((event) => event.key),
  });
  return succeed();
};
