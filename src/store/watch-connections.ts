import type pg from 'pg';

type Callback = (error: Error | null | undefined, ...rest: unknown[]) => void;

/**
 * The driver gives up on a query that got no answer in time and keeps its connection, on which the next query
 * would wait as long again. Such a connection is of no use, and those that lie idle beside it have most likely
 * gone the same way, as when a server moved or a firewall forgot: all of them are closed here, and the next
 * query opens a new one.
 */
export function watchConnections(pool: pg.Pool): void {
  const all = new Set<pg.PoolClient>();
  const busy = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => busy.add(client));
  pool.on('release', (_error, client) => busy.delete(client));
  pool.on('remove', (client) => {
    all.delete(client);
    busy.delete(client);
  });
  pool.on('connect', (client) => {
    all.add(client);
    onSilence(client, () => {
      hangUp(client);
      for (const idle of [...all]) {
        if (busy.has(idle)) continue;
        // The pool strikes it off at once, not when its socket has closed.
        idle.emit('error', new Error('silent'));
        hangUp(idle);
      }
    });
  });
  const hangUp = (client: pg.PoolClient): void => {
    all.delete(client);
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  };
}

/** Tells when a query of this client had no answer in time; the driver says so by this message alone. */
function onSilence(client: pg.PoolClient, tell: () => void): void {
  const judge = (error: unknown): void => {
    if (error instanceof Error && error.message === 'Query read timeout') tell();
  };
  const ask = client.query.bind(client) as (...given: unknown[]) => unknown;
  const watched = (...given: unknown[]): unknown => {
    const callback = given.at(-1);
    if (typeof callback === 'function') {
      const heard: Callback = (error, ...rest) => {
        (callback as Callback)(error, ...rest);
        judge(error);
      };
      return ask(...given.slice(0, -1), heard);
    }
    const answer = ask(...given);
    if (answer instanceof Promise) answer.catch(judge);
    return answer;
  };
  client.query = watched as typeof client.query;
}
