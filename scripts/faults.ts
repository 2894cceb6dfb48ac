/*
 * `npm run test:faults -- [--cycles N] [--minutes M] [--seed S] [--only name,name@server] [--database embedded|server] [--report]`:
 * hurts the built product in every way of test/faults/campaigns and counts what was lost, doubled or out of order.
 * Without --cycles each campaign makes its short run; with --minutes it ends its cycles after so long. Ends with 1 when a promise was broken, or could not be judged.
 * `--report` puts the figures into docs/reliability.md; `--from a/results.json,b/results.json` puts those of earlier
 * runs there, without another one.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { DatabaseKind } from '../test/faults/campaign.js';
import { readResults, writeReport } from '../test/faults/report.js';
import { runCampaigns, writeResults } from '../test/faults/run.js';
import { findServices } from './vitest/find-services.js';

const { values } = parseArgs({
  options: {
    cycles: { type: 'string' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    database: { type: 'string' },
    report: { type: 'boolean', default: false },
    from: { type: 'string' },
    out: { type: 'string', default: 'data/faults' },
  },
});
const PAGE = path.resolve('docs', 'reliability.md');
const earlier = values.from?.split(',').map(readResults) ?? [];
if (earlier.length > 0) {
  writeReport(PAGE, earlier);
  process.exit(0);
}
const { database } = values;
if (database !== undefined && database !== 'embedded' && database !== 'server')
  throw new Error('--database is embedded or server');
const databases: readonly DatabaseKind[] = database === undefined ? ['embedded', 'server'] : [database];

const { postgresUrl } = await findServices();
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const startedAt = new Date().toISOString();
const directory = path.resolve(values.out, startedAt.replaceAll(/[:.]/gu, '-'));
mkdirSync(directory, { recursive: true });

const command = `npm run test:faults -- ${process.argv.slice(2).join(' ')}`.trim();
const results = path.join(directory, 'results.json');
const facts = { seed: Number(values.seed), commit, command, startedAt };
const rows = await runCampaigns({
  cycles: values.cycles === undefined ? undefined : Number(values.cycles),
  minutes: values.minutes === undefined ? undefined : Number(values.minutes),
  seed: Number(values.seed),
  only: values.only?.split(','),
  databases,
  postgresUrl,
  directory,
  keep: (known) => writeResults(results, known, facts),
});
writeResults(results, rows, facts);
if (values.report) writeReport(PAGE, [readResults(results)]);
const count = (...outcomes: string[]): number =>
  rows.filter(({ outcome }) => outcomes.includes(outcome)).length;
for (const { name, database: on, result } of rows)
  if (result.skipped !== undefined) console.log(`not run: ${name} ${on}: ${result.skipped}`);
console.log(`\n${directory}\nfaults: ${count('kept')} passed, ${count('broken', 'not carried out')} failed`);
process.exit(count('broken', 'not carried out') === 0 ? 0 : 1);
