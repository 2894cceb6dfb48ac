import { expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.js';
import type { Story } from './open-story.js';

const downSeconds = Number(process.env['RT_DOWN_SECONDS'] ?? '10');
/** A lively chat. */
const pauseSeconds = 2;

/** RT goes away and comes back. */
export function describeOutages(here: () => Story): void {
  it('a restart of RT in the middle loses nothing and doubles nothing', async () => {
    const story = here();
    const { lab } = story.desk;
    await story.write('before the restart');
    await lab.stop();
    await story.write('during the restart');
    await lab.start();
    await story.write('after the restart');
    await story.expectSaid();
    await story.answer('Back again.');
    await story.expectHeard();
  });

  it(`RT down for ${downSeconds} seconds amid a lively chat: everything arrives afterwards, in order, once`, async () => {
    const story = here();
    const { lab } = story.desk;
    const { conversations } = story.house.ada;
    const { conversationId, visitor } = story.talk;
    await lab.stop();
    const from = Date.now();
    for (let n = 1; Date.now() < from + downSeconds * 1_000; n += 1) {
      await story.write(`down number ${n}`);
      const next = from + n * pauseSeconds * 1_000;
      await waitFor('the contact to type', () => Date.now() >= next, pauseSeconds + 30);
    }
    // RT’s absence is nobody else’s: who works in the console is heard meanwhile.
    await conversations.sendMessage(conversationId, { type: 'text', text: 'Our desk is away, I am not.' });
    story.willHear('Our desk is away, I am not.');
    await conversations.addNote(conversationId, { text: 'Noted while RT was away.' });
    await story.expectHeard();
    await expect(fetch(lab.url)).rejects.toThrow();
    await lab.start();
    await story.write('up again');
    await story.expectSaid();
    for (const text of ['Our desk is away, I am not.', 'Noted while RT was away.']) {
      await story.until('the comment', async () =>
        (await story.entries()).some((entry) => entry.visibility === 'private' && entry.text.includes(text)),
      );
    }
    await story.answer('Now I am here as well.');
    await story.expectHeard();
    expect((await visitor.see()).status.toLowerCase()).toBe('open');
  });
}
