import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSmallHouse } from './small-house.js';

// Each check is a program of its own, and drift starts a database.
vi.setConfig({ testTimeout: 120_000 });

let house: ReturnType<typeof createSmallHouse>;

beforeEach(() => {
  house = createSmallHouse();
});

afterEach(() => house.pullDown());

describe('drift', () => {
  beforeEach(() => {
    house.take('src/store/schema-engine.ts');
    house.take('src/store/package-root.ts');
    house.take('prisma');
  });

  test('schema and migrations of the project agree', async () => {
    expect(await house.check('drift')).toEqual({ outcome: 'passed', output: '' });
  });

  test('a model that no migration makes is found, and the next migration mends it', async () => {
    house.write(
      'prisma/schema.prisma',
      `${house.read('prisma/schema.prisma')}\nmodel Attic {\n  id String @id\n}\n`,
    );
    const { outcome, output } = await house.check('drift');
    expect(outcome).toBe('failed');
    expect(output).toContain('CREATE TABLE "Attic"');
    const written = runScript('scripts/db/migration.ts', 'Add attic');
    expect(written).toMatch(/prisma\/migrations\/\d{14}_add_attic\/migration\.sql/);
    expect((await house.check('drift')).outcome).toBe('passed');
  });
});

test('a file that is derived from the source must be up to date', () => {
  const script = 'scripts/derive.ts';
  const keep = (content: string) =>
    `import { keepGenerated } from './keep-generated.js';\nkeepGenerated('derived.txt', '${content}', 'npm run derive');\n`;
  house.write(script, keep('one\\n'));
  expect(() => runScript(script, '--check')).toThrow('derived.txt is missing; `npm run derive` writes it');
  runScript(script);
  expect(runScript(script, '--check')).toContain('derived.txt is up to date');
  house.write(script, keep('two\\n'));
  expect(() => runScript(script, '--check')).toThrow('- one\n+ two');
});

describe('types', () => {
  test('a wrong type is found', async () => {
    house.remove('scripts');
    house.write('src/desk/note.ts', 'export const seconds: number = 10;\n');
    expect(await house.check('types')).toEqual({ outcome: 'passed', output: '' });
    house.write('src/desk/reply.ts', "export const seconds: number = 'ten';\n");
    expect((await house.check('types')).output).toContain('src/desk/reply.ts(1,14): error TS2322');
  });
});

describe('dead code', () => {
  test('an export, a file and a library that nothing uses are found', async () => {
    house.write('src/main.ts', "import { reply } from './desk/reply.js';\nreply();\n");
    house.write('src/desk/reply.ts', 'export function reply() {}\nexport function unused() {}\n');
    house.write('src/desk/forgotten.ts', 'export const forgotten = 1;\n');
    const { outcome, output } = await house.check('dead-code');
    expect(outcome).toBe('failed');
    expect(output).toMatch(/Unused files[^U]*\nsrc\/desk\/forgotten\.ts/);
    expect(output).toMatch(/unused\s+function\s+src\/desk\/reply\.ts/);
    expect(output).toMatch(/commander\s+package\.json/);
  });
});

function runScript(name: string, ...options: string[]): string {
  const loader = path.join(house.root, 'scripts', 'ts-loader.mjs');
  return execFileSync(process.execPath, ['--import', loader, path.join(house.root, name), ...options], {
    cwd: house.root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
