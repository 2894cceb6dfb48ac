import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Campaign, CampaignResult, DatabaseKind } from './campaign.js';

export interface RunOptions {
  cycles: number | undefined;
  /** For each campaign on each database. */
  minutes: number | undefined;
  seed: number;
  /** Names of campaigns, `name@database` for one database alone; undefined: all. */
  only: readonly string[] | undefined;
  databases: readonly DatabaseKind[];
  postgresUrl: string | null;
  directory: string;
  /** After each campaign, with all that is known so far: a run that is cut short has not been for nothing. */
  keep(rows: readonly RunRow[]): void;
}

/** One campaign on one database. */
export interface RunRow {
  name: string;
  ids: readonly string[];
  database: DatabaseKind;
  seconds: number;
  outcome: 'kept' | 'broken' | 'skipped' | 'not carried out';
  result: CampaignResult;
  trouble?: string;
  /** It was not at its end when this was written. */
  soFar?: true;
}

const here = import.meta.dirname;

/** Every file of campaigns/ is one. */
export async function loadCampaigns(): Promise<Campaign[]> {
  const files = readdirSync(path.join(here, 'campaigns'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort();
  const modules = await Promise.all(
    files.map(
      (name) =>
        import(pathToFileURL(path.join(here, 'campaigns', name)).href) as Promise<{ campaign?: Campaign }>,
    ),
  );
  return modules.flatMap(({ campaign }) => (campaign === undefined ? [] : [campaign]));
}

export async function runCampaigns(options: RunOptions): Promise<RunRow[]> {
  const { only } = options;
  const isAsked = (name: string, database: DatabaseKind): boolean =>
    only === undefined || only.includes(name) || only.includes(`${name}@${database}`);
  const campaigns = (await loadCampaigns()).filter(({ name, databases }) =>
    databases.some((database) => isAsked(name, database)),
  );
  const names = campaigns.flatMap(({ name, databases }) => [
    name,
    ...databases.map((one) => `${name}@${one}`),
  ]);
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`no such campaign: ${unknown.join(', ')}`);
  const rows: RunRow[] = [];
  const runAll = async (database: DatabaseKind): Promise<void> => {
    for (const campaign of campaigns) {
      if (!campaign.databases.includes(database) || !isAsked(campaign.name, database)) continue;
      const row = await runOne(campaign, database, options, (soFar) => options.keep([...rows, soFar]));
      rows.push(row);
      options.keep(rows);
      console.log(lineOf(row));
      for (const violation of row.result.violations.slice(0, 20))
        console.log(`    ${violation.class}: ${violation.about}: ${violation.detail}`);
    }
  };
  // Side by side: most of the time is waiting for processes to start and for pauses to pass.
  await Promise.all(options.databases.map(runAll));
  return rows.sort((a, b) => (a.name + a.database < b.name + b.database ? -1 : 1));
}

async function runOne(
  campaign: Campaign,
  database: DatabaseKind,
  options: RunOptions,
  keep: (soFar: RunRow) => void,
): Promise<RunRow> {
  const from = performance.now();
  const row = { name: campaign.name, ids: campaign.ids, database };
  const seconds = (): number => Math.round((performance.now() - from) / 100) / 10;
  const none: CampaignResult = { trials: 0, counts: {}, violations: [] };
  if (database === 'server' && options.postgresUrl === null) {
    const skipped = 'no PostgreSQL at TEST_DATABASE_URL or 127.0.0.1:5432';
    return { ...row, seconds: 0, outcome: 'skipped', result: { ...none, skipped } };
  }
  try {
    const result = await campaign.run({
      database,
      postgresUrl: options.postgresUrl,
      cycles: options.cycles,
      isLate: () => seconds() > (options.minutes ?? Number.POSITIVE_INFINITY) * 60,
      seed: options.seed,
      directory: options.directory,
      say: (line) => console.log(`    ${campaign.name} ${database}: ${line}`),
      keep: (result) => keep({ ...row, seconds: seconds(), outcome: outcomeOf(result), result, soFar: true }),
    });
    return { ...row, seconds: seconds(), outcome: outcomeOf(result), result };
  } catch (error) {
    const trouble = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...row, seconds: seconds(), outcome: 'not carried out', result: none, trouble };
  }
}

const outcomeOf = ({ skipped, violations }: CampaignResult): RunRow['outcome'] =>
  skipped !== undefined ? 'skipped' : violations.length === 0 ? 'kept' : 'broken';

export function lineOf(row: RunRow): string {
  const { result } = row;
  const what = `${row.name.padEnd(22)} ${row.database.padEnd(9)} ${row.outcome.padEnd(9)}`;
  const numbers = `${String(row.seconds).padStart(6)} s  ${result.trials} trials, ${result.counts.acknowledged ?? 0} acknowledged`;
  const more = result.skipped ?? row.trouble;
  return `${what} ${numbers}${more === undefined ? '' : `\n    ${more}`}`;
}

export function writeResults(file: string, rows: readonly RunRow[], facts: Record<string, unknown>): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const machine = { cpus: os.cpus().length, model: os.cpus()[0]?.model, node: process.version };
  writeFileSync(file, `${JSON.stringify({ ...facts, machine, rows }, null, 1)}\n`);
}
