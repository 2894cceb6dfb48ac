import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { freePort } from '../../support/free-port.js';
import type { BrokenPromise, Campaign, CampaignContext } from '../campaign.js';
import { createBridgeProcess } from '../stage/bridge-process.js';
import { createStageDatabase } from '../stage/database.js';
import { fillOldDatabase, troubleOfOldDatabase } from '../stage/old-database.js';

/** An empty database gets everything; an old one with rows in it gets the last migration. */
const FROM = ['nothing', 'the last version'] as const;
type From = (typeof FROM)[number];

/** At so many times 20 ms into the migration. */
const SHORT_MOMENTS: Record<From, readonly number[]> = { nothing: [0, 6], 'the last version': [0, 2] };
const MOMENTS = 15;

/** kill -9 in the middle of bringing a database up to date: the next start finishes it, whoever makes it. */
export const campaign: Campaign = {
  name: 'kill-migration',
  ids: ['F02'],
  databases: ['embedded', 'server'],
  async run(context) {
    const violations: BrokenPromise[] = [];
    const figures: Record<string, number> = {};
    let trials = 0;
    for (const from of FROM) {
      let amid = 0;
      for (const moment of momentsOf(context.cycles, from)) {
        const { killed, trouble } = await killAmidMigration(context, from, trials, moment);
        trials += 1;
        if (killed) amid += 1;
        const about = `killed ${moment * 20} ms into the migration from ${from}`;
        if (trouble !== undefined) violations.push({ class: 'promise', about, detail: trouble });
      }
      figures[`killed amid, from ${from}`] = amid;
      if (amid === 0)
        violations.push({
          class: 'promise',
          about: `killed amid the migration from ${from}`,
          detail: 'never',
        });
    }
    return { trials, counts: {}, violations, figures };
  },
};

const momentsOf = (cycles: number | undefined, from: From): readonly number[] =>
  cycles === undefined
    ? SHORT_MOMENTS[from]
    : Array.from({ length: Math.min(Math.ceil(cycles / 2), 60) }, (_none, n) => n % MOMENTS);

async function killAmidMigration(
  context: CampaignContext,
  from: From,
  index: number,
  moment: number,
): Promise<{ killed: boolean; trouble?: string | undefined }> {
  const directory = path.join(context.directory, `kill-migration-${context.database}`);
  mkdirSync(directory, { recursive: true });
  const database = await createStageDatabase(context.database, context.postgresUrl);
  const bridge = createBridgeProcess({
    port: await freePort(),
    env: { NODE_ENV: 'test', SECRET_KEY: randomBytes(32).toString('base64'), ...database.env },
    cwd: database.directory,
    logFile: path.join(directory, `bridge-${index}.log`),
  });
  try {
    if (from === 'the last version') await fillOldDatabase(database);
    // A migration that is faster than the moment chosen ends well, and is no trial of anything.
    await bridge
      .start({ tampering: { point: 'amid the migration', skip: '0', milliseconds: String(moment * 20) } })
      .catch(() => undefined);
    const killed = bridge.output().includes('reached amid the migration');
    await bridge.kill();
    const trouble = await bridge.start().then(
      () => undefined,
      (error: unknown) => String(error).slice(0, 1_000),
    );
    await bridge.terminate();
    if (trouble !== undefined || from === 'nothing') return { killed, trouble };
    return { killed, trouble: await troubleOfOldDatabase(database) };
  } finally {
    await bridge.kill();
    await database.drop();
  }
}
