import type { DeskPolicy } from '../../src/domain/desk-policy.js';
import type { House } from './house.js';
import type { Tenancy } from './tenancy.js';
import { waitFor } from './wait-for.js';

/** Long enough for a machine that does much else. */
const PATIENCE_SECONDS = 40;

/** A workspace with a connection to the memory desk, which is told things from now on. */
export async function withDesk(
  house: House,
  policy: Partial<DeskPolicy> = {},
): Promise<Tenancy & { deskId: string }> {
  const tenancy = await house.addTenancy();
  const made = await tenancy.program.connections.create({
    connector: 'memory',
    name: 'Desk',
    settings: { policy },
    credentials: {},
  });
  await waitFor(
    'the desk to be told things',
    async () => {
      const [row] = await house.app.database.prisma.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM desk_mirrors WHERE connection_id = ${made.connection.id}`;
      return row?.n === 1n;
    },
    PATIENCE_SECONDS,
  );
  return { ...tenancy, deskId: made.connection.id };
}
