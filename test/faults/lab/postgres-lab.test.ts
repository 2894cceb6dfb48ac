import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBacklog } from './backlog.js';
import { openPostgresLab, type PostgresLab, whyNoPostgres } from './postgres-lab.js';

const missing = whyNoPostgres();
if (missing !== undefined) console.warn(`left out: ${missing}`);

describe.skipIf(missing !== undefined)('a PostgreSQL of the laboratory', () => {
  let postgres: PostgresLab;
  beforeAll(async () => {
    postgres = await openPostgresLab({ settings: { autovacuum: 'off' } });
  });
  afterAll(() => postgres?.drop());

  it('keeps what it has committed when it is killed, and refuses while it is dead', async () => {
    await postgres.query('CREATE TABLE kept (n int)');
    await postgres.query('INSERT INTO kept VALUES (1)');
    await postgres.kill();
    expect(postgres.isRunning()).toBe(false);
    await expect(postgres.query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/u);
    await postgres.start();
    expect(await postgres.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('F30: to claim a lane costs the same whether little or much is owed, without statistics', {
    timeout: 90_000,
  }, async () => {
    const backlog = await openBacklog(postgres);
    try {
      for (const shape of [
        { conversations: 1, each: 5_000 },
        { conversations: 1_000, each: 3 },
      ]) {
        await backlog.seed(shape);
        const shown = await backlog.drain({ seconds: 1.5, workers: 4 });
        expect(shown.delivered).toBeGreaterThan(0);
        expect(shown.outOfOrder).toBe(0);
        expect({ shape, isDear: shown.rowsPerClaim > 100, shown: shown.rowsPerClaim }).toMatchObject({
          isDear: false,
        });
      }
    } finally {
      await backlog.close();
    }
  });
});
