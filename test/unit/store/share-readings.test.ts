import { describe, expect, it } from 'vitest';
import type { FactView } from '../../../src/domain/views.js';
import type { FeedReading } from '../../../src/store/feed.js';
import { WorkspaceScope } from '../../../src/store/scope.js';
import { shareReadings } from '../../../src/store/share-readings.js';

const scope = WorkspaceScope.open('wsp_one');

/** A feed of facts 1.1, 1.2 …, and how often it was read. */
function openFeed(length: number) {
  const facts = Array.from({ length }, (_none, n) => ({ cursor: `1.${n + 1}` }) as FactView);
  const asked: string[] = [];
  let after: (() => Promise<void>) | undefined;
  const read = async (_scope: WorkspaceScope, cursor: string, limit: number): Promise<FeedReading> => {
    asked.push(cursor);
    await after?.();
    const from = Number(cursor.split('.')[1]);
    const found = facts.slice(from, from + limit);
    return {
      outcome: 'read',
      facts: found,
      cursor: found.at(-1)?.cursor ?? cursor,
      held: false,
      more: found.length === limit,
    };
  };
  return {
    facts,
    asked,
    read,
    hold: (wait: () => Promise<void>) => {
      after = wait;
    },
  };
}

const cursorsOf = (reading: FeedReading): string[] =>
  reading.outcome === 'read' ? reading.facts.map(({ cursor }) => cursor) : [];

describe('what one reader of the feed has read is given to the others', () => {
  it('each hears every fact once, in order, wherever it stands and however much it takes at a time', async () => {
    const feed = openFeed(1_000);
    const readAfter = shareReadings(feed.read);
    const readers = [200, 200, 7, 64].map((limit) => ({ limit, cursor: '1.0', heard: [] as string[] }));
    for (let round = 0; readers.some(({ heard }) => heard.length < 1_000); round += 1) {
      for (const reader of readers) {
        // Some fall behind.
        if (round % 3 === 0 && reader.limit === 64) continue;
        const reading = await readAfter(scope, reader.cursor, reader.limit);
        expect(cursorsOf(reading).length).toBeLessThanOrEqual(reader.limit);
        reader.heard.push(...cursorsOf(reading));
        if (reading.outcome === 'read') reader.cursor = reading.cursor;
      }
    }
    const all = feed.facts.map(({ cursor }) => cursor);
    for (const { heard } of readers) expect(heard).toEqual(all);
  });

  it('two who want the same at once, or a moment apart, ask the database once', async () => {
    const feed = openFeed(10);
    const readAfter = shareReadings(feed.read);
    const both = await Promise.all([readAfter(scope, '1.0', 200), readAfter(scope, '1.0', 200)]);
    const all = feed.facts.map(({ cursor }) => cursor);
    expect(both.map(cursorsOf)).toEqual([all, all]);
    expect(cursorsOf(await readAfter(scope, '1.4', 200))).toHaveLength(6);
    expect(feed.asked).toEqual(['1.0']);
    expect(cursorsOf(await readAfter(scope, '1.10', 200))).toEqual([]);
    expect(feed.asked).toEqual(['1.0', '1.10']);
  });

  it('who reads what is long past does not take the others’ facts from them, and nothing is remembered for ever', async () => {
    const feed = openFeed(2_000);
    const readAfter = shareReadings(feed.read);
    await readAfter(scope, '1.1500', 200);
    await readAfter(scope, '1.0', 200);
    await readAfter(scope, '1.1500', 200);
    expect(feed.asked).toEqual(['1.1500', '1.0']);
    await readAfter(scope, '1.1700', 200);
    await readAfter(scope, '1.1900', 200);
    // Four hundred are remembered: the first two hundred have gone.
    await readAfter(scope, '1.1500', 100);
    expect(feed.asked.at(-1)).toBe('1.1500');
    const other = WorkspaceScope.open('wsp_two');
    await readAfter(other, '1.1900', 100);
    expect(feed.asked.filter((cursor) => cursor === '1.1900')).toHaveLength(2);
  });

  it('a reading that failed has failed for those who shared it, and is made again for the next', async () => {
    const feed = openFeed(3);
    const readAfter = shareReadings(feed.read);
    feed.hold(() => Promise.reject(new Error('away')));
    const both = await Promise.allSettled([readAfter(scope, '1.0', 9), readAfter(scope, '1.0', 9)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    feed.hold(() => Promise.resolve());
    expect(cursorsOf(await readAfter(scope, '1.0', 9))).toEqual(['1.1', '1.2', '1.3']);
  });
});
