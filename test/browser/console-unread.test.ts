import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Author } from '../../src/contract/index.js';
import { setScene } from './console-scene.js';

const scene = setScene();
const jonas: Author = { type: 'contact', name: 'Jonas Weber' };
const priya: Author = { type: 'contact', name: 'Priya Raman' };

const unread = (page: Page, who: string, count: number) =>
  page
    .locator('.row', { hasText: who })
    .getByText(`${count} unread`, { exact: true })
    .waitFor({ state: 'attached' });

/** Another tab of the same browser, with a link of its own. */
const signInAnew = async (page: Page): Promise<Page> => {
  const next = await page.context().newPage();
  await page.close();
  await next.goto(`${scene.backEnd.url}/#code=${scene.story.world.code}`);
  await next.locator('.row').first().waitFor();
  return next;
};

const isKept = (page: Page, what: string) =>
  expect.poll(() => page.evaluate('JSON.stringify(localStorage)'), { timeout: 15_000 }).toContain(what);

test('a fresh sign-in counts what was unread before, and what came while the agent was away', async () => {
  const { world, main, uncertain, heldByBot } = scene.story;
  const { page } = await scene.open({ at: main });
  await page.locator('.connection-live').waitFor();
  await page.locator('.said').first().waitFor();
  world.say(uncertain, jonas, 'Hello?');
  await unread(page, 'Jonas Weber', 1);
  await isKept(page, uncertain);
  await page.goto('about:blank');
  world.say(uncertain, jonas, 'Are you there?');
  world.say(heldByBot, priya, 'One more thing');
  world.say(heldByBot, priya, 'Which socks?');
  const next = await signInAnew(page);
  await unread(next, 'Jonas Weber', 2);
  await unread(next, 'Priya Raman', 2);
  await expect.poll(() => next.title()).toBe('(2) Agent desk');
  await next.locator('.row', { hasText: 'Jonas Weber' }).click();
  await expect.poll(() => next.title()).toBe('(1) Agent desk');
});

test('what an agent has closed meanwhile is not counted', async () => {
  const { world, main, heldByBot } = scene.story;
  const { page } = await scene.open({ at: main });
  await page.locator('.connection-live').waitFor();
  await isKept(page, 'place');
  await page.goto('about:blank');
  world.say(heldByBot, priya, 'Never mind');
  world.close(heldByBot);
  world.say(scene.story.uncertain, jonas, 'Hello?');
  const next = await signInAnew(page);
  await unread(next, 'Jonas Weber', 1);
  await expect.poll(() => next.title()).toBe('(1) Agent desk');
});

test.each([
  ['nobody', null],
  ['the bot', 'Nordlys bot'],
  ['the contact', 'priya@example.in'],
])('what %s has closed is still unread', async (_who, by) => {
  const { world, main, heldByBot, uncertain } = scene.story;
  const { page } = await scene.open({ at: main });
  await page.locator('.connection-live').waitFor();
  world.say(heldByBot, priya, 'Is anybody there?');
  await unread(page, 'Priya Raman', 1);
  world.close(heldByBot, by);
  // What came after it has been heard as well.
  world.say(uncertain, jonas, 'Hello?');
  await expect.poll(() => page.title()).toBe('(2) Agent desk');
});

test('another agent in the same browser begins with nothing', async () => {
  const { world, main, uncertain } = scene.story;
  const { page } = await scene.open({ at: main });
  await page.locator('.connection-live').waitFor();
  await page.locator('.said').first().waitFor();
  world.say(uncertain, jonas, 'Hello?');
  await unread(page, 'Jonas Weber', 1);
  await isKept(page, uncertain);
  world.session.agent = { id: 'agt_2', email: 'ben@example.com', name: 'Ben Okafor' };
  const next = await signInAnew(page);
  await next.locator('.connection-live').waitFor();
  expect(await next.title()).toBe('Agent desk');
});
