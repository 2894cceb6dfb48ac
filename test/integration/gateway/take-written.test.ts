import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/contract/facts.js';
import type { FactView } from '../../../src/domain/views.js';
import { readWorkspace } from '../../../src/gateway/read-workspace.js';
import type { FeedReading } from '../../../src/store/feed.js';
import { WorkspaceScope } from '../../../src/store/scope.js';

const scope = WorkspaceScope.open('wsp_one');
const view = (cursor: string): FactView => ({
  cursor,
  conversationId: 'cnv_1',
  seq: 1,
  type: 'labels.changed',
  occurredAt: new Date(0),
  data: { labels: [] },
});
const written = (after: string, cursor: string) => ({
  workspaceId: 'wsp_one',
  after,
  cursor,
  facts: [view(cursor)],
});

/** A reader that stands at 5.1; `answer` lets a look end. */
async function openReader() {
  const told: string[] = [];
  const looks: ((reading: FeedReading) => void)[] = [];
  const reader = readWorkspace(
    {
      feed: {
        head: async () => '5.1',
        follow: () => new Promise((resolve) => looks.push(resolve)),
        readAfter: () => expect.fail('that is for those who lag behind'),
      },
      signUrl: () => '',
      telemetry: { failed: ({ error }: { error: unknown }) => expect.fail(String(error)) } as never,
    },
    scope,
    {
      facts: (facts: Fact[]) => void told.push(...facts.map(({ cursor }) => cursor)),
      startAfresh: () => undefined,
    },
  );
  await reader.looked();
  return { reader, told, looks };
}

describe('taking what was just written', () => {
  it('tells it without a look when nothing lies between', async () => {
    const { reader, told, looks } = await openReader();
    expect(reader.take(written('5.1', '6.2'))).toBe(true);
    expect(reader.take(written('6.2', '8.3'))).toBe(true);
    expect(told).toEqual(['6.2', '8.3']);
    expect(reader.cursor).toBe('8.3');
    expect(looks).toEqual([]);
  });

  it('leaves it to the feed when something before it has not been told', async () => {
    const { reader, told } = await openReader();
    expect(reader.take(written('6.2', '8.3'))).toBe(false);
    expect(told).toEqual([]);
    expect(reader.cursor).toBe('5.1');
  });

  it('leaves it to a look that is under way, which may have read it', async () => {
    const { reader, told, looks } = await openReader();
    reader.look();
    expect(reader.take(written('5.1', '6.2'))).toBe(false);
    looks[0]?.({ outcome: 'read', facts: [view('6.2')], cursor: '6.2', held: false, more: false });
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(['6.2']);
  });

  it('tells nothing twice that a look was faster with', async () => {
    const { reader, told } = await openReader();
    expect(reader.take(written('4.1', '5.1'))).toBe(true);
    expect(told).toEqual([]);
  });

  it('before it knows where it stands, nothing', () => {
    const reader = readWorkspace(
      {
        feed: {
          head: async () => '5.1',
          follow: () => new Promise(() => undefined),
          readAfter: () => expect.fail(),
        },
        signUrl: () => '',
        telemetry: {} as never,
      },
      scope,
      { facts: () => expect.fail(), startAfresh: () => undefined },
    );
    expect(reader.take(written('0.0', '6.2'))).toBe(false);
  });
});
