import path from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';
import type { Services } from './find-services.js';

type Counts = { passed: number; failed: number; skipped: Map<string, number> };

/**
 * Says at the very end what was not run and why, then `N passed, N failed`, where a test file that could not
 * be loaded and an error outside any test count as failures too.
 */
export function createSummary(services: Services): Reporter {
  return {
    onTestRunEnd(modules, errors) {
      const lines = summarise(count(modules, errors), services);
      // Other reporters print as the run ends as well; at exit nothing can come after.
      process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
    },
  };
}

function count(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<SerializedError>): Counts {
  const counts: Counts = { passed: 0, failed: errors.length, skipped: new Map() };
  for (const module of modules) {
    if (module.errors().length > 0) counts.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      if (state === 'failed') counts.failed += 1;
      if (state === 'skipped') {
        const file = path.relative(process.cwd(), module.moduleId);
        counts.skipped.set(file, (counts.skipped.get(file) ?? 0) + 1);
      }
    }
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed += 1;
  }
  return counts;
}

function summarise({ passed, failed, skipped }: Counts, services: Services): string[] {
  const lines: string[] = [];
  if (services.postgresUrl === null) {
    lines.push('NOT RUN: tests that need PostgreSQL (none at 127.0.0.1:5432; set TEST_DATABASE_URL)');
  }
  if (services.chromiumPath === null) {
    lines.push('NOT RUN: browser tests (no Chromium at /usr/bin/chromium; set CHROMIUM_PATH)');
  }
  for (const [file, tests] of skipped)
    lines.push(`NOT RUN: ${tests} ${tests === 1 ? 'test' : 'tests'} of ${file}`);
  if (lines.length > 0) lines.unshift('');
  lines.push('', `${passed} passed, ${failed} failed`);
  return lines;
}
