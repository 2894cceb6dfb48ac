import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { findServices } from './scripts/vitest/find-services.js';
import { createSummary } from './scripts/vitest/summary.js';

const services = await findServices();

/** Folders of test/ that hold what tests share, not tests. */
const notSuites = ['fakes', 'fixtures', 'support'];

/** A suite per folder of test/, so that a new folder cannot be forgotten: `npx vitest run --project unit`. */
const suites = existsSync('test')
  ? readdirSync('test', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !notSuites.includes(entry.name))
      .map((entry) => ({ name: entry.name, include: [`test/${entry.name}/**/*.test.ts`] }))
  : [];

const projects = [...suites, { name: 'tooling', include: ['scripts/**/*.test.ts'] }].filter(
  ({ name }) => name !== 'browser' || services.chromiumPath !== null,
);

/** A real Request Tracker takes its time, and more of it on a busy machine. */
const withRt = process.env.TEST_RT === '1';

export default defineConfig({
  test: {
    pool: 'forks',
    // What a test starts beside itself, a thread or a process, reads the source as well.
    execArgv: ['--import', new URL('scripts/ts-loader.mjs', import.meta.url).href],
    maxWorkers: 2,
    testTimeout: withRt ? 300_000 : 20_000,
    hookTimeout: withRt ? 300_000 : 60_000,
    teardownTimeout: 10_000,
    provide: services,
    passWithNoTests: false,
    // What takes minutes shows how far it is.
    reporters: [withRt ? 'verbose' : 'default', createSummary(services)],
    projects: projects.map(({ name, include }) => ({ extends: true, test: { name, include } })),
  },
});
