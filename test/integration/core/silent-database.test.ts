import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { isDatabaseUnavailable } from '../../../src/store/database-failure.js';
import { type ChaosProxy, openChaosProxy } from '../../faults/lab/chaos-proxy.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const SILENCE_MILLISECONDS = 1_000;
const SLOTS = 4;

describe.skipIf(inject('postgresUrl') === null)('F23: a database that has forgotten its connections', () => {
  let test: TestDatabase;
  let wire: ChaosProxy;
  let database: Database;
  beforeEach(async () => {
    test = await createTestDatabase('server');
    const url = new URL(test.url ?? '');
    wire = await openChaosProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${wire.port}`;
    database = await openDatabase({
      kind: 'server',
      url: url.href,
      poolSize: SLOTS,
      applicationName: 'desk-bridge:silent',
      silenceMilliseconds: SILENCE_MILLISECONDS,
    });
  });
  afterEach(async () => {
    await database?.close();
    await wire?.close();
    await test?.drop();
  });

  const fillPool = (): Promise<unknown> =>
    Promise.all(Array.from({ length: SLOTS }, () => database.prisma.$queryRaw`SELECT pg_sleep(0.1)::text`));
  /** Asks, and tells whether the answer came and how long it took. */
  const ask = async (): Promise<{ answered: boolean; milliseconds: number }> => {
    const from = performance.now();
    const answered = await database.prisma.$queryRaw`SELECT 1`.then(
      () => true,
      (error: unknown) => {
        if (!isDatabaseUnavailable(error)) throw error;
        return false;
      },
    );
    return { answered, milliseconds: performance.now() - from };
  };

  it('one query waits for its answer in vain; the next one goes over a new connection', async () => {
    await fillPool();
    expect(wire.abandon()).toBe(SLOTS);
    expect((await ask()).answered).toBe(false);
    const next = await ask();
    expect(next.answered).toBe(true);
    expect(next.milliseconds).toBeLessThan(SILENCE_MILLISECONDS);
  });

  it('so it is when the silence meets a transaction, and every place of the pool can be used afterwards', async () => {
    await fillPool();
    const transaction = database.prisma.$transaction(async (inner) => {
      await inner.$queryRaw`SELECT 1`;
      wire.abandon();
      await inner.$queryRaw`SELECT 2`;
    });
    await expect(transaction).rejects.toSatisfy(isDatabaseUnavailable);
    const from = performance.now();
    await fillPool();
    expect(performance.now() - from).toBeLessThan(SILENCE_MILLISECONDS);
    expect(wire.connections().open).toBe(SLOTS);
  });

  it('what is under way on other connections comes to its end', async () => {
    await fillPool();
    const slow = database.prisma.$queryRaw`SELECT pg_sleep(0.6)::text`;
    const never = database.prisma.$queryRaw`SELECT pg_sleep(1.5)::text`;
    await expect(never).rejects.toSatisfy(isDatabaseUnavailable);
    await expect(slow).resolves.toHaveLength(1);
    expect((await ask()).answered).toBe(true);
  });
});
