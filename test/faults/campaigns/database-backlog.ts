import type { Campaign } from '../campaign.js';
import { openBacklog } from '../lab/backlog.js';
import { rounded } from '../lab/figures.js';
import { openPostgresLab, whyNoPostgres } from '../lab/postgres-lab.js';
import { skipped, spreadOf, verdictOn } from '../lab/verdict.js';

const OWED = 100_000;
const WORKERS = 8;
const SHORT_SECONDS = 6;
/** So much one worker does alone, first: what its claims take is then theirs, and nobody's whom they wait for. */
const MOST_ALONE = 5_000;
/** A sweep looks at up to a hundred lanes for each; a claim by itself looks at a handful of rows. */
const MOST_ROWS_PER_CLAIM = 60;
/** Where there is little, all of it lies on some pages, and reading all of these costs no more than an index. */
const MOST_PAGES_PER_CLAIM = 400;
const PROMISED = { claimMilliseconds: 5, perSecond: 300 };
/** `mostSeconds`: it is not drained to its end. */
interface Shape {
  name: string;
  conversations: number;
  each: number;
  mostSeconds?: number;
}

const SHAPES: readonly Shape[] = [
  { name: 'little', conversations: 100, each: 5 },
  { name: 'one conversation', conversations: 1, each: OWED },
  { name: '5,000 conversations', conversations: 5_000, each: OWED / 5_000 },
];
const MILLION: Shape = { name: 'a million', conversations: 100_000, each: 10, mostSeconds: 60 };

/**
 * A hundred thousand owed, in one conversation and over five thousand, in a long run a million over a hundred thousand,
 * with no statistics for the planner and no vacuum: a claim costs what it costs with little owed, and all of it goes out
 * in order.
 */
export const campaign: Campaign = {
  name: 'database-backlog',
  ids: ['F30'],
  databases: ['server'],
  async run({ cycles, say }) {
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const postgres = await openPostgresLab({ settings: { autovacuum: 'off' } });
    try {
      const backlog = await openBacklog(postgres);
      const figures: Record<string, number | string> = { workers: WORKERS };
      const broken: { about: string; detail: string }[] = [];
      try {
        const isShort = cycles === undefined;
        for (const { name, mostSeconds = 1_200, ...shape } of isShort ? SHAPES : [...SHAPES, MILLION]) {
          await backlog.seed(shape);
          const owed = shape.conversations * shape.each;
          const seconds = isShort ? SHORT_SECONDS : mostSeconds;
          const most = Math.min(MOST_ALONE, owed / 5);
          const alone = await backlog.drain({ seconds: seconds / 2, workers: 1, most });
          const shown = await backlog.drain({ seconds, workers: WORKERS });
          const left = await backlog.left();
          const outOfOrder = alone.outOfOrder + shown.outOfOrder;
          const delivered = alone.delivered + shown.delivered;
          if (outOfOrder > 0)
            broken.push({ about: 'in order', detail: `${name}: ${outOfOrder} of ${delivered}` });
          // What was claimed when the time was up is neither owed nor delivered twice: it is counted once.
          if (delivered + left !== owed)
            broken.push({
              about: 'all is owed or paid',
              detail: `${name}: ${delivered} + ${left} of ${owed}`,
            });
          if (shown.pagesPerClaim > MOST_PAGES_PER_CLAIM) {
            broken.push({
              about: 'a claim costs the same however much is owed',
              detail: `${name}: ${rounded(shown.pagesPerClaim)} pages looked at for each`,
            });
          }
          if (owed >= OWED && shown.rowsPerClaim > MOST_ROWS_PER_CLAIM) {
            broken.push({
              about: 'a claim costs the same however much is owed',
              detail: `${name}: ${rounded(shown.rowsPerClaim)} rows looked at for each`,
            });
          }
          figures[`${name}: rows looked at per claim`] = rounded(shown.rowsPerClaim, 1);
          figures[`${name}: pages looked at per claim`] = rounded(shown.pagesPerClaim, 1);
          figures[`${name}: claim by one worker`] = spreadOf(alone.claims, 1);
          figures[`${name}: claim by ${WORKERS}`] = spreadOf(shown.claims, 1);
          figures[`${name}: claims over ${PROMISED.claimMilliseconds} ms`] =
            `${alone.claims.filter((ms) => ms > PROMISED.claimMilliseconds).length} of one worker’s ${alone.claims.length}`;
          figures[`${name}: delivered a second`] = rounded(shown.perSecond);
          say(`database-backlog: ${name}: ${rounded(shown.perSecond)}/s of ${PROMISED.perSecond} promised`);
        }
      } finally {
        await backlog.close();
      }
      return verdictOn({ trials: 0, broken, figures });
    } finally {
      await postgres.drop();
    }
  },
};
