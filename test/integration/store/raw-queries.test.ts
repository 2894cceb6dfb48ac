import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/store/database.js';
import { Prisma } from '../../../src/store/generated/client.js';
import { onEachDatabase, openTestDatabase } from '../../support/test-database.js';

describe('raw queries', () => {
  onEachDatabase((kind) => {
    let database: Database;
    let close: () => Promise<void>;

    beforeAll(async () => {
      ({ database, close } = await openTestDatabase(kind));
    });
    afterAll(() => close());

    it('values of every kind that we send come back as they were, the first time and the next', async () => {
      const at = new Date('2026-03-04T05:06:07.089Z');
      for (const _time of ['first', 'next']) {
        const rows = await database.prisma.$queryRaw`
        SELECT ${9_007_199_254_740_993n}::bigint AS big, ${7}::int AS small, ${true}::boolean AS yes, ${null}::text AS nothing,
          ${'Zürich 👩‍🚒 "\\'}::text AS words, ${['a', 'b,"c']}::text[] AS list, ${JSON.stringify({ a: [1, null] })}::jsonb AS json,
          ${at}::timestamptz AS at, ${1.5}::float8 AS part`;
        expect(rows).toEqual([
          {
            big: 9_007_199_254_740_993n,
            small: 7,
            yes: true,
            nothing: null,
            words: 'Zürich 👩‍🚒 "\\',
            list: ['a', 'b,"c'],
            json: { a: [1, null] },
            at,
            part: 1.5,
          },
        ]);
      }
    });

    it('a statement put together from parts is asked like any other', async () => {
      const two = Prisma.sql`${2}::int`;
      expect(await database.prisma.$queryRaw(Prisma.sql`SELECT ${1}::int + ${two} AS sum`)).toEqual([
        { sum: 3 },
      ]);
    });

    it('a statement that fails says why by its code, and the next one is answered', async () => {
      const divide = (by: number) => database.prisma.$queryRaw`SELECT 1 / ${by}::int AS result`;
      await expect(divide(0)).rejects.toMatchObject({ code: '22012' });
      await expect(divide(0)).rejects.toMatchObject({ code: '22012' });
      await expect(database.prisma.$queryRaw`SELECT no_such_column`).rejects.toMatchObject({ code: '42703' });
      expect(await divide(1)).toEqual([{ result: 1 }]);
    });

    it('many at once are answered each with its own', async () => {
      const rows = await Promise.all(
        Array.from(
          { length: 50 },
          (_value, n) => database.prisma.$queryRaw<{ n: number }[]>`SELECT ${n}::int AS n`,
        ),
      );
      expect(rows.map(([row]) => row?.n)).toEqual(Array.from({ length: 50 }, (_value, n) => n));
    });

    it('what was changed is counted', async () => {
      const { prisma } = database;
      await prisma.$executeRaw`INSERT INTO workspaces (id, name) VALUES ('wsp_a', 'a'), ('wsp_b', 'b')`;
      expect(await prisma.$executeRaw`UPDATE workspaces SET name = 'c' WHERE id = ${'wsp_a'}`).toBe(1);
      expect(await prisma.$executeRaw`UPDATE workspaces SET name = 'c' WHERE id = ${'wsp_x'}`).toBe(0);
    });

    it('within a transaction they are part of it', async () => {
      const { prisma } = database;
      const undone = prisma.$transaction(async (transaction) => {
        await transaction.$executeRaw`INSERT INTO workspaces (id, name) VALUES ('wsp_undone', 'u')`;
        const inside = await transaction.$queryRaw`SELECT name FROM workspaces WHERE id = 'wsp_undone'`;
        expect(inside).toEqual([{ name: 'u' }]);
        throw new Error('undo');
      });
      await expect(undone).rejects.toThrow('undo');
      expect(await prisma.$queryRaw`SELECT name FROM workspaces WHERE id = 'wsp_undone'`).toEqual([]);
    });
  });
});
