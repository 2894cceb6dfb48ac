import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.js';

const fileOf = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** Runs a program that has the embedded database open, in a process of its own. */
async function run(program: string): Promise<{ code: number | null; said: string; complained: string }> {
  const opened = `
    import { Worker } from 'node:worker_threads';
    import { openDatabase } from ${fileOf('../../../src/store/database.ts')};
    const post = Worker.prototype.postMessage;
    let thread;
    Worker.prototype.postMessage = function (...given) { thread = this; return post.apply(this, given); };
    const database = await openDatabase({ kind: 'embedded', directory: undefined });
    const ask = () => database.prisma.$queryRaw\`SELECT 1 AS one\`;
    console.log(JSON.stringify(await ask()));
    ${program}`;
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-test-'));
  const file = path.join(directory, 'program.mjs');
  writeFileSync(file, opened);
  const loader = new URL('../../../scripts/ts-loader.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--import', loader, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  child.stderr.on('data', (data: Buffer) => (complained += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  rmSync(directory, { recursive: true });
  return { code, said, complained };
}

describe('the thread of the embedded database', { timeout: 120_000 }, () => {
  it('closed, it is gone and the process ends by itself', async () => {
    expect(await run('await database.close(); await database.close();')).toMatchObject({
      code: 0,
      said: '[{"one":1}]\n',
    });
  });

  it('never closed, it does not keep the process', async () => {
    expect(await run('')).toMatchObject({ code: 0, said: '[{"one":1}]\n' });
  });

  it('when it dies what was asked fails, what is asked later too, and the process with them', async () => {
    const { code, said, complained } = await run(`
      process.on('uncaughtException', async (error) => {
        console.log('surprised by', error.code);
        await ask().catch((refusal) => console.log('later', refusal.code));
        await database.close();
        console.log('closed');
        process.exitCode = 1;
      });
      const asked = database.prisma.$queryRaw\`SELECT pg_sleep(1)\`.catch((error) => console.log('asked', error.code));
      void thread.terminate();
      await asked;`);
    expect(complained).toBe('');
    expect(said.split('\n').slice(1).sort()).toEqual([
      '',
      'asked embedded_database_gone',
      'closed',
      'later embedded_database_gone',
      'surprised by embedded_database_gone',
    ]);
    expect(code).toBe(1);
  });
});

describe('the one connection of the embedded database', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openDatabase({ kind: 'embedded', directory: undefined });
    await database.prisma.$executeRaw`CREATE TABLE things (n int PRIMARY KEY, words jsonb)`;
  });
  afterAll(() => database?.close());

  const count = () => database.prisma.$queryRaw<{ n: bigint }[]>`SELECT count(*) AS n FROM things`;

  it('while a transaction is open others wait, and what they prepare does not keep it', async () => {
    let outside: Promise<unknown> = Promise.resolve();
    await database.prisma.$transaction(async (transaction) => {
      await transaction.$executeRaw`INSERT INTO things (n) VALUES (${1})`;
      // The same statement, not met before, asked from outside first: it must not be waited for.
      outside = database.prisma.$queryRaw`SELECT n FROM things WHERE n = ${1}::int`;
      expect(await transaction.$queryRaw`SELECT n FROM things WHERE n = ${1}::int`).toEqual([{ n: 1 }]);
      await transaction.$executeRaw`UPDATE things SET n = 2`;
    });
    expect(await outside).toEqual([]);
    expect(await count()).toEqual([{ n: 1n }]);
  });

  it('a transaction that fails leaves nothing, says why by its code, and the next is served', async () => {
    await expect(
      database.prisma.$transaction(async (transaction) => {
        await transaction.$executeRaw`INSERT INTO things (n) VALUES (${3})`;
        await transaction.$executeRaw`INSERT INTO things (n) VALUES (${3})`;
      }),
    ).rejects.toMatchObject({ code: 'P2010' });
    expect(await count()).toEqual([{ n: 1n }]);
    await expect(
      database.patient.prisma.$executeRaw`INSERT INTO things (n) VALUES (${2})`,
    ).rejects.toMatchObject({ code: '23505' });
    expect(await database.prisma.$executeRaw`UPDATE things SET words = NULL`).toBe(1);
  });

  it('what is JSON null is null, what is empty is empty, and large answers come whole', async () => {
    const large = 'ä'.repeat(300_000);
    const rows = await database.patient.prisma.$queryRaw`
      SELECT 'null'::jsonb AS json, ''::text AS empty, ${large}::text AS large, ARRAY[1, NULL]::int[] AS list`;
    expect(rows).toEqual([{ json: null, empty: '', large, list: [1, null] }]);
  });

  it('more forms of statements than keep their plans are answered all the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: 350 }, (_value, n) =>
        database.prisma.$queryRawUnsafe<{ n: number }[]>(`SELECT ${n} + $1::int AS n`, 1),
      ),
    );
    expect(answers.map(([row]) => row?.n)).toEqual(answers.map((_answer, n) => n + 1));
    const asked = await Promise.all(
      Array.from({ length: 350 }, (_value, n) =>
        database.prisma.conversation.findMany({ where: { workspaceId: 'none' }, take: 1, skip: n }).then(
          () => 'rows',
          (error: unknown) => (error as { code?: string }).code,
        ),
      ),
    );
    // There are no tables here: the codes are those of the adapter.
    expect(new Set(asked)).toEqual(new Set(['P2021']));
  });
});
