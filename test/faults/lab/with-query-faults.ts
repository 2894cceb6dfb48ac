import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Campaign } from '../campaign.js';
import { figuresOf } from './blows.js';
import { pause } from './figures.js';
import { whyNoPostgres } from './postgres-lab.js';
import { openServerHouse } from './server-house.js';
import { startConversations } from './starts.js';
import { tallyLanes } from './tally.js';
import { openLanes, startTraffic } from './traffic.js';
import { skipped, spreadOf, verdictOn } from './verdict.js';

const LANES = 12;
const PRELOAD = path.resolve('test/faults/lab/query-faults.mjs');
const MOST_SECONDS = 240;

/** The store is lied to, or refused, for a share of its writes; `cycles`: how often. */
export function campaignOfQueryFaults(
  name: string,
  ids: readonly string[],
  plan: {
    kind: 'executed' | 'conflict';
    share: number;
    /** Of the commits of transactions of several statements, which are few; conversations are started for them. */
    commitShare?: number;
    shortCycles: number;
  },
): Campaign {
  return {
    name,
    ids,
    databases: ['server'],
    async run({ cycles = plan.shortCycles, seed, isLate }) {
      const missing = whyNoPostgres();
      if (missing !== undefined) return skipped(missing);
      const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-lies-'));
      const tell = path.join(directory, 'struck');
      writeFileSync(tell, '');
      const { kind, share, commitShare } = plan;
      const faults = JSON.stringify({ kind, share, commitShare: commitShare ?? share, seed, tell });
      const server = await openServerHouse({
        house: { preload: [PRELOAD], env: { LAB_QUERY_FAULTS: faults } },
      });
      const { house } = server;
      const struck = (): string => readFileSync(tell, 'utf8');
      const atCommit = (): number => [...struck()].filter((letter) => letter === 'c').length;
      const wantedAtCommit = commitShare === undefined ? 0 : Math.max(1, Math.floor(cycles / 10));
      const isEnough = (): boolean => struck().length >= cycles && atCommit() >= wantedAtCommit;
      try {
        const lanes = await openLanes(house, LANES);
        const traffic = startTraffic(house, lanes, {});
        const starts = commitShare === undefined ? undefined : startConversations(house);
        const from = performance.now();
        const mostSeconds = MOST_SECONDS * Math.max(1, cycles / 100);
        while (!isEnough() && !isLate() && performance.now() - from < mostSeconds * 1_000) await pause(200);
        await starts?.stop();
        await traffic.stop();
        await house.settle(120);
        const tally = await tallyLanes(house, lanes);
        const broken = (await starts?.judge()) ?? [];
        if (struck().length === 0 || atCommit() < Math.min(1, wantedAtCommit))
          broken.push({
            about: 'writes were struck',
            detail: `${struck().length}, at a commit ${atCommit()}`,
          });
        if (!house.isRunning()) broken.push({ about: 'no restart of the bridge', detail: 'it has ended' });
        const answers = [...traffic.webhookAnswers(), ...traffic.replyAnswers()].map(({ status }) => status);
        answers.push(...(starts?.statuses ?? []));
        const wrong = answers.filter((status) => ![0, 200, 202, 503, 409].includes(status));
        if (wrong.length > 0)
          broken.push({ about: '503, as it is the database', detail: `${wrong.length} times, ${wrong[0]}` });
        return verdictOn({
          trials: struck().length,
          tally,
          broken,
          figures: {
            ...tally.acknowledged,
            'of them at a commit': atCommit(),
            'conversations started': starts?.started.length ?? 0,
            'share of writes': share,
            'webhook to 200': spreadOf(traffic.webhookAnswers().map(({ milliseconds }) => milliseconds)),
            'doubled and flagged': tally.flagged,
            'asked the agent': tally.asked,
            ...figuresOf(house.weigh(), await server.sessions()),
          },
        });
      } finally {
        await server.close();
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}
