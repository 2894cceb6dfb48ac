#!/usr/bin/env node
/*
 * The connector for Request Tracker against a real one: installs RT from Debian's packages where it is missing,
 * then runs its tests, each file with an RT of its own on loopback. `--down <seconds>`: how long RT is
 * away in the story. Ends with `N passed, N failed`. Where RT cannot be installed it says so, and fails in CI alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '..', '..');
const { values } = parseArgs({ options: { down: { type: 'string', default: '10' } } });

const isInstalled = () =>
  ['/usr/share/request-tracker5/libexec/rt-server', '/usr/sbin/rt-setup-database-5'].every((file) =>
    existsSync(file),
  );

if (!isInstalled()) {
  console.log('Request Tracker 5 is not installed: installing it from Debian’s packages.');
  spawnSync(path.join(here, 'install.sh'), { stdio: 'inherit', timeout: 900_000 });
}
if (!isInstalled()) {
  console.log('\nNOT RUN: nothing was tested against a real Request Tracker, as it could not be installed.');
  console.log('It takes root, and Debian 12 or later: sudo scripts/rt/install.sh\n\n0 passed, 0 failed');
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
const words = ['run', '--project', 'rt'];
const { status } = spawnSync(path.join(root, 'node_modules', '.bin', 'vitest'), words, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TEST_RT: '1', RT_DOWN_SECONDS: values.down },
});
process.exit(status ?? 1);
