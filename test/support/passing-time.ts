import type { App } from '../../src/app.js';
import { waitFor } from './wait-for.js';

/**
 * Time that passes without being waited for: a steady clock that is put forward, and with it everything
 * that a bridge's database has dated, put back by as much. To the bridge both look the same.
 */
export interface PassingTime {
  /** The bridge's steady clock. */
  steady(): number;
  /** Now, by the clock of a desk that lives in the same time, in milliseconds since 1970. */
  now(): number;
  /** How much has passed unawaited, in seconds. */
  passed(): number;
  /** Once everything that is due is done: nothing is under way meanwhile. */
  pass(app: Pick<App, 'database' | 'isIdle'>, seconds: number): Promise<void>;
  /** In steps, until it is so. */
  passUntil(
    app: Pick<App, 'database' | 'isIdle'>,
    what: string,
    isSo: () => Promise<boolean>,
    stepSeconds: number,
  ): Promise<void>;
}

const MOST_STEPS = 200;
/** Facts are told once no older transaction runs, be it in another database of the same server. */
const REST_SECONDS = 90;

/** Everything that is due is done, or waits for a desk that is left alone; whoever was to look at it has. */
export function rest({ database: { prisma }, isIdle }: Pick<App, 'database' | 'isIdle'>): Promise<unknown> {
  return waitFor(
    'what is due to be done',
    async () => {
      const [row] = await prisma.$queryRaw<{ due: bigint }[]>`
        SELECT (SELECT count(*) FROM lanes l JOIN connections k ON k.workspace_id = l.workspace_id AND k.id = l.connection_id
            WHERE k.status = 'active' AND (l.lease_until > now() OR (l.next_at <= now()
              AND coalesce(greatest(k.breaker_until, k.held_until), '-infinity') <= now())))
          + (SELECT count(*) FROM ticket_follows f JOIN connections k ON k.workspace_id = f.workspace_id AND k.id = f.connection_id
            WHERE k.status = 'active' AND (f.lease_until > now() OR (f.next_at <= now()
              AND coalesce(k.held_until, '-infinity') <= now())))
          + (SELECT count(*) FROM lanes l JOIN connections k ON k.workspace_id = l.workspace_id AND k.id = l.connection_id
            WHERE k.status = 'active' AND l.troubled_since IS NOT NULL AND k.breaker_until <= now()
              AND coalesce(k.held_until, '-infinity') <= now()) AS due`;
      return row?.due === 0n && isIdle();
    },
    REST_SECONDS,
  );
}

export function createPassingTime(): PassingTime {
  let passed = 0;
  const time: PassingTime = {
    steady: () => performance.now() + passed * 1_000,
    now: () => Date.now() + passed * 1_000,
    passed: () => passed,
    async pass(app, seconds) {
      await rest(app);
      passed += seconds;
      const by = `${seconds} seconds`;
      await app.database.prisma.$transaction(async (transaction) => {
        await transaction.$executeRaw`UPDATE lanes SET next_at = next_at - ${by}::interval,
          troubled_since = troubled_since - ${by}::interval, paced_at = paced_at - ${by}::interval`;
        await transaction.$executeRaw`UPDATE deliveries SET created_at = created_at - ${by}::interval,
          sending_at = sending_at - ${by}::interval`;
        await transaction.$executeRaw`UPDATE connections SET breaker_until = breaker_until - ${by}::interval,
          held_until = held_until - ${by}::interval`;
        await transaction.$executeRaw`UPDATE ticket_follows SET next_at = next_at - ${by}::interval,
          lively_at = lively_at - ${by}::interval`;
      });
    },
    async passUntil(app, what, isSo, stepSeconds) {
      for (let steps = 0; ; steps += 1) {
        await rest(app);
        if (await isSo()) return;
        if (steps === MOST_STEPS) throw new Error(`time passed in vain for ${what}`);
        await time.pass(app, stepSeconds);
      }
    },
  };
  return time;
}
