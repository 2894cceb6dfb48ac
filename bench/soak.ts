/*
 * `npm run soak -- --minutes=60 [--database=embedded] [--per-second=40]`: mixed load with faults, and whether memory, pool,
 * handles and tables stay as they are. A table to standard output, every sample to bench/results.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './support/child.js';
import { runSoak } from './soak/run-soak.js';

const option = (name: string): string | undefined => {
  const index = process.argv.findIndex((argument) => argument.split('=')[0] === `--${name}`);
  const given = process.argv[index];
  return index === -1 ? undefined : given?.includes('=') ? given.split('=')[1] : process.argv[index + 1];
};

const result = await runSoak({
  minutes: Number(option('minutes') ?? 60),
  kind: option('database') === 'embedded' ? 'embedded' : 'server',
  perSecond: Number(option('per-second') ?? 40),
});
console.log(`\n${result.table}\n\n${result.verdict}`);
const directory = path.join(root, 'bench', 'results');
mkdirSync(directory, { recursive: true });
const file = path.join(directory, `soak-${new Date().toISOString().replaceAll(/[:.]/gu, '-')}.json`);
writeFileSync(file, JSON.stringify(result, null, 2));
process.exit(result.isFlat && result.faults.length === 0 ? 0 : 1);
