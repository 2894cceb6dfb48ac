import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { rtIsInstalled } from './lab.js';
import { deskAda, openStory, type Story } from './story/open-story.js';
import { describeOutages } from './story/outages.js';
import { describeRefusals } from './story/refusals.js';
import { describeState } from './story/state.js';
import { describeTalk } from './story/talk.js';

/** RT's own time, and on a machine that does much else; what is waited for is always a fact. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

describe.skipIf(process.env['TEST_RT'] !== '1' || !rtIsInstalled)('a chat and a real Request Tracker', () => {
  let story: Story | undefined;
  const here = (): Story => {
    if (story === undefined) throw new Error('the story has not begun');
    return story;
  };
  beforeAll(async () => {
    story = await openStory();
  });
  afterAll(() => story?.close());
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || story === undefined) return;
    for (const state of ['dead', 'pending'] as const)
      console.error(JSON.stringify(await story.house.deliveries(state)));
    console.error(story.desk.lab.log().slice(-4_000));
  });

  describeTalk(here);
  describeState(here);
  describeOutages(here);
  describeRefusals(here);

  it('in the end each has heard everything once, in order, no comment ever, and RT has mailed no contact', async () => {
    const { desk, talk, expectHeard, expectSaid, ticket } = here();
    await here().house.settle(60);
    await expectSaid();
    await expectHeard();
    expect((await talk.visitor.heard()).join()).not.toMatch(/Difficult|Ask the shop|Noted/u);
    const email = (await ticket())?.contact.email ?? '';
    expect(email).toContain('@');
    // RT tells its owner of refused words, the contact's address among the headers of what it quotes.
    const receivers = desk.lab.mails().match(/^(?:To|Cc|Bcc): .*$/gmu) ?? [];
    expect(receivers.join('\n')).toContain(deskAda);
    expect(receivers.filter((line) => line.includes(email))).toEqual([]);
  });
});
