import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { freePort } from '../../support/free-port.js';
import type { BrokenPromise, Campaign, CampaignContext } from '../campaign.js';
import { createBridgeProcess } from '../stage/bridge-process.js';
import { createStageDatabase } from '../stage/database.js';

/** At so many times 20 ms into the migration. */
const SHORT_MOMENTS = [0, 2, 6];
const MOMENTS = 15;

/** kill -9 in the middle of bringing an empty database up to date: the next start finishes it, whoever makes it. */
export const campaign: Campaign = {
  name: 'kill-migration',
  ids: ['F02'],
  databases: ['embedded', 'server'],
  async run(context) {
    const moments =
      context.cycles === undefined
        ? SHORT_MOMENTS
        : Array.from({ length: Math.min(context.cycles, 60) }, (_none, n) => n % MOMENTS);
    const violations: BrokenPromise[] = [];
    let amid = 0;
    for (const [index, moment] of moments.entries()) {
      const { killed, trouble } = await killAmidMigration(context, index, moment);
      if (killed) amid += 1;
      const about = `killed ${moment * 20} ms into the migration`;
      if (trouble !== undefined) violations.push({ class: 'promise', about, detail: trouble });
    }
    return { trials: moments.length, counts: {}, violations, figures: { killedAmid: amid } };
  },
};

async function killAmidMigration(
  context: CampaignContext,
  index: number,
  moment: number,
): Promise<{ killed: boolean; trouble?: string }> {
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
    return trouble === undefined ? { killed } : { killed, trouble };
  } finally {
    await bridge.kill();
    await database.drop();
  }
}
