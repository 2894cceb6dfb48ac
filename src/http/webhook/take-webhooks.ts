import type { RequestListener } from 'node:http';
import { ENTRANCES } from '../entrances.js';
import type { ReceiveWebhook } from './receive-webhook.js';

const PREFIX = ENTRANCES.receiveWebhook.path.slice(0, ENTRANCES.receiveWebhook.path.indexOf('{'));
/** A key as we make them; whatever else is written there, Express takes apart. */
const plainKey = /^[\w-]+$/;

/** Webhooks go straight to the intake, everything else to Express: its way to a route costs more than reading one. */
export function takeWebhooks(receive: ReceiveWebhook, express: RequestListener): RequestListener {
  return (request, response) => {
    const key = request.method === 'POST' ? keyIn(request.url ?? '') : undefined;
    if (key === undefined) express(request, response);
    // Whatever it did not foresee ends this request alone: there is no error handler of Express's behind it.
    else receive(request, response, key).catch(() => response.destroy());
  };
}

function keyIn(url: string): string | undefined {
  if (!url.startsWith(PREFIX)) return undefined;
  const query = url.indexOf('?');
  const key = query === -1 ? url.slice(PREFIX.length) : url.slice(PREFIX.length, query);
  return plainKey.test(key) ? key : undefined;
}
