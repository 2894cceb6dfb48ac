import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';

/**
 * One GET on a connection of its own, to the addresses that the lookup lets through. Rejects with what
 * went wrong; follows nothing.
 */
export function fetchHop(url: URL, lookup: LookupFunction, signal: AbortSignal): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method: 'GET',
    agent: false,
    lookup,
    signal,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'agent-desk-bridge' },
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? https.get(url, { ...options, minVersion: 'TLSv1.2' })
        : http.get(url, options);
    request.once('response', resolve);
    // Stays: a socket may fail again after the first failure has been told.
    request.on('error', reject);
  });
}
