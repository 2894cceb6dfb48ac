import type { IncomingMessage } from 'node:http';

/** Who connects: the peer, or what the outermost of our own proxies says. */
export function clientAddress(request: IncomingMessage, trustProxyHops: number): string {
  const peer = request.socket.remoteAddress ?? '';
  if (trustProxyHops === 0) return peer;
  const forwarded = request.headers['x-forwarded-for'];
  const claimed = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? ''))
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return claimed.at(-Math.min(trustProxyHops, claimed.length)) ?? peer;
}
