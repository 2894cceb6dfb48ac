import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

/** What every engine's handler does: one call of the outside; anything but 200 is an error. */
export function deliver(url, { conversation, n }) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, timeout: 300_000 }, (response) => {
      response.resume();
      response.once('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
      );
    });
    sent.once('error', reject);
    sent.end(JSON.stringify({ body: `c${conversation}-m${n}` }));
  });
}
