import { CommandError } from './command-error.js';
import type { Actor, Bridge, Connection } from './ports.js';
import { valueOf } from './with-bridge.js';

/** The one connection of that id or name. */
export async function findConnection({ operator }: Bridge, actor: Actor, named: string): Promise<Connection> {
  const all = valueOf(await operator.listConnections(actor));
  const found = all.filter(({ id, name }) => id === named || name === named);
  const [connection] = found;
  if (connection === undefined)
    throw new CommandError(`There is no connection ${named}: desk-bridge connection list`);
  if (found.length > 1) throw new CommandError(`Several connections are called ${named}: give the id.`, 2);
  return connection;
}
