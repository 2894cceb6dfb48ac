import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSmallHouse } from './small-house.js';

vi.setConfig({ testTimeout: 60_000 });

const house = createSmallHouse();

beforeAll(() => {
  house.take('vitest.config.ts');
  house.write(
    'test/unit/sums.test.ts',
    `import { expect, inject, test } from 'vitest';
test('one and one', () => expect(1 + 1).toBe(2));
test('services', () => expect(inject('postgresUrl')).toBe(null));
test.skipIf(inject('postgresUrl') === null)('needs PostgreSQL', () => {});
`,
  );
  house.write('test/browser/page.test.ts', "import { test } from 'vitest';\ntest('a page', () => {});\n");
});

afterAll(() => house.pullDown());

function runTests(environment: Record<string, string>) {
  const { VITEST: _own, ...outer } = process.env;
  const program = `${house.root}/node_modules/vitest/vitest.mjs`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run'], {
    cwd: house.root,
    encoding: 'utf8',
    env: { ...outer, NO_COLOR: '1', ...environment },
  });
  return { status, lines: stdout.trimEnd().split('\n'), stderr };
}

test('what was not run for want of a service is said loudly, and the counts come last', () => {
  const { status, lines } = runTests({ TEST_DATABASE_URL: '', CHROMIUM_PATH: '' });
  expect(status).toBe(0);
  expect(lines.slice(-5)).toEqual([
    'NOT RUN: tests that need PostgreSQL (none at 127.0.0.1:5432; set TEST_DATABASE_URL)',
    'NOT RUN: browser tests (no Chromium at /usr/bin/chromium; set CHROMIUM_PATH)',
    'NOT RUN: 1 test of test/unit/sums.test.ts',
    '',
    '2 passed, 0 failed',
  ]);
});

test('with a browser the browser tests are run', () => {
  const { lines } = runTests({ TEST_DATABASE_URL: '', CHROMIUM_PATH: process.execPath });
  expect(lines.at(-1)).toBe('3 passed, 0 failed');
});

test('a service that was asked for by name and is not there fails the run', () => {
  const { status, stderr } = runTests({
    TEST_DATABASE_URL: 'postgres://127.0.0.1:1/none',
    CHROMIUM_PATH: '',
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain('TEST_DATABASE_URL is set, but there is no PostgreSQL');
});

test('a failed test, a file that does not load and an error outside any test are counted', () => {
  house.write('test/unit/broken.test.ts', "throw new Error('at load');\n");
  house.write(
    'test/unit/failed.test.ts',
    `import { expect, test } from 'vitest';
test('wrong', () => expect(1).toBe(2));
test('leaves a rejection behind', () => void Promise.reject(new Error('outside')));
`,
  );
  const { status, lines } = runTests({ TEST_DATABASE_URL: '', CHROMIUM_PATH: '' });
  house.remove('test/unit/broken.test.ts');
  house.remove('test/unit/failed.test.ts');
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe('3 passed, 3 failed');
});
