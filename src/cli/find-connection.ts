import { CommandError } from './command-error.js';
import type { Actor, Bridge, Connection } from './ports.js';
import { valueOf } from './with-bridge.js';

/** The one connection of that id or name; a disconnected one only where no other is called so. */
export async function findConnection({ operator }: Bridge, actor: Actor, named: string): Promise<Connection> {
  const all = valueOf(await operator.listConnections(actor));
  const called = all.filter(({ id, name }) => id === named || name === named);
  const living = called.filter(({ status }) => status !== 'disconnected');
  const found = living.length > 0 ? living : called;
  const [connection] = found;
  if (connection === undefined)
    throw new CommandError(`There is no connection ${named}: desk-bridge connection list`);
  if (found.length > 1) throw new CommandError(`Several connections are called ${named}: give the id.`, 2);
  return connection;
}
