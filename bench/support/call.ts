import { type Agent, request } from 'node:http';

/** One request; the body of the answer. @throws when the status is no success */
export function call(
  agent: Agent,
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else
            reject(
              new Error(`${method} ${new URL(url).pathname}: ${response.statusCode} ${text.slice(0, 300)}`),
            );
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts `each` evenly, so many a second. @returns when all of them are through */
export async function paced(
  count: number,
  perSecond: number,
  each: (n: number) => Promise<void>,
): Promise<void> {
  const from = performance.now();
  const under: Promise<void>[] = [];
  for (let n = 0; n < count; n += 1) {
    const wait = from + (n * 1_000) / perSecond - performance.now();
    if (wait > 0) await pause(wait);
    under.push(each(n));
  }
  await Promise.all(under);
}
