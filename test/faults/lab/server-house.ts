import { type ChaosProxy, openChaosProxy } from './chaos-proxy.js';
import { type LabHouse, type LabHouseOptions, openLabHouse } from './lab-house.js';
import { type LabOptions, openPostgresLab, type PostgresLab } from './postgres-lab.js';

/** A cluster, a wire to it that can be harmed, and a bridge behind the wire. */
export interface ServerHouse {
  postgres: PostgresLab;
  wire: ChaosProxy;
  house: LabHouse;
  /** Sessions that the bridge holds at the server now, by state. */
  sessions(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

export async function openServerHouse(
  options: { postgres?: LabOptions; house?: Omit<LabHouseOptions, 'databaseUrl' | 'furnishUrl'> } = {},
): Promise<ServerHouse> {
  const postgres = await openPostgresLab(options.postgres);
  const wire = await openChaosProxy({ port: postgres.port });
  try {
    await postgres.createDatabase('bridge');
    const house = await openLabHouse({
      ...options.house,
      databaseUrl: postgres.url('bridge', wire.port),
      furnishUrl: postgres.url('bridge'),
    });
    return {
      postgres,
      wire,
      house,
      async sessions() {
        const rows = await postgres.query<{ state: string | null; n: number }>(
          `SELECT state, count(*)::int AS n FROM pg_stat_activity
           WHERE starts_with(application_name, 'desk-bridge:') GROUP BY state`,
        );
        return Object.fromEntries(rows.map(({ state, n }) => [state ?? 'unknown', n]));
      },
      async close() {
        await house.close();
        await wire.close();
        await postgres.drop();
      },
    };
  } catch (error) {
    await wire.close();
    await postgres.drop();
    throw error;
  }
}
