import type { BrokenPromise, Campaign } from '../campaign.js';
import { openLabHouse } from '../lab/lab-house.js';
import { openPostgresLab, type Settings, whyNoPostgres } from '../lab/postgres-lab.js';
import { skipped, verdictOn } from '../lab/verdict.js';

const CASES: readonly { settings: Settings; warns: RegExp | undefined }[] = [
  { settings: {}, warns: undefined },
  { settings: { fsync: 'off' }, warns: /fsync off/u },
  { settings: { synchronous_commit: 'off' }, warns: /synchronous_commit off/u },
  { settings: { autovacuum: 'off' }, warns: /autovacuum off/u },
];

/** A server that does not write down what it has acknowledged, or never clears away: the bridge says so when it starts. */
export const campaign: Campaign = {
  name: 'database-durability',
  ids: ['F33'],
  databases: ['server'],
  async run() {
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const broken: Omit<BrokenPromise, 'class'>[] = [];
    const postgres = await openPostgresLab();
    try {
      await postgres.createDatabase('bridge');
      const house = await openLabHouse({ databaseUrl: postgres.url('bridge') });
      try {
        for (const { settings, warns } of CASES) {
          await house.terminate();
          await postgres.stop('fast');
          await postgres.start(settings);
          const from = house.output().length;
          await house.start();
          const said = house.output().slice(from);
          const isWarned =
            warns === undefined ? !/fsync|synchronous_commit|autovacuum/u.test(said) : warns.test(said);
          if (!isWarned)
            broken.push({ about: `${JSON.stringify(settings)} is warned of`, detail: said.slice(0, 400) });
        }
      } finally {
        await house.close();
      }
    } finally {
      await postgres.drop();
    }
    return verdictOn({ trials: CASES.length, broken });
  },
};
