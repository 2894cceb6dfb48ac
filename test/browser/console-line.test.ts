import type { Locator } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import type { Author } from '../../src/contract/index.js';
import { cutOff, keepShot, overhang, scrollThread, smallControls } from './console-page.js';
import { setScene } from './console-scene.js';

vi.setConfig({ testTimeout: 60_000 });

const maria: Author = { type: 'contact', name: 'Maria Fernández' };
const scene = setScene();
const placeOf = async (thing: Locator) => (await thing.boundingBox()) ?? undefined;

test.each([
  [1280, 'light'],
  [1280, 'dark'],
  [320, 'light'],
  [320, 'dark'],
] as const)(
  'a lost line is told at %i px by %s, with what came meanwhile, and moves nothing that is written or read',
  async (width, colorScheme) => {
    const { page } = await scene.open({ width, height: 640, at: scene.story.main });
    await page.emulateMedia({ colorScheme });
    await page.locator('.said').first().waitFor();
    await page.locator('.connection-live').waitFor({ state: 'attached' });
    const field = page.getByLabel('Reply to the contact');
    await field.fill('half a thou');
    const last = page.locator('.said').last();
    const [fieldBefore, lastBefore] = [await placeOf(field), await placeOf(last)];
    const told = page.locator('.line-banner').filter({ visible: true });

    scene.backEnd.goAway();
    await told.getByText('Connection lost').waitFor();
    expect(await told.count()).toBe(1);
    expect(await told.getAttribute('aria-live')).toBe('polite');
    expect(await placeOf(field)).toEqual(fieldBefore);
    // Half a pixel is what a scroll position is rounded by.
    expect(Math.abs(((await placeOf(last))?.y ?? 0) - (lastBefore?.y ?? 9_999))).toBeLessThan(1);
    await page.keyboard.type('ght');
    expect(await field.inputValue()).toBe('half a thought');
    expect(await overhang(page)).toBe(0);
    expect(await cutOff(page, '.line-banner, .line-banner *')).toEqual([]);
    expect(await smallControls(page)).toEqual([]);
    await keepShot(page, `line-lost-${width}-${colorScheme}`);

    scene.story.world.say(scene.story.main, maria, 'Said while nobody listened');
    scene.backEnd.comeBack();
    // It may be back by itself before the button is reached.
    const tryNow = told.getByRole('button', { name: 'Try now' });
    await tryNow.click({ timeout: 2_000 }).catch(() => undefined);
    await told.getByText('Caught up.').waitFor();
    await told.getByText('One message came meanwhile.').waitFor();
    await page.locator('.said', { hasText: 'Said while nobody listened' }).waitFor();
    expect(await placeOf(field)).toEqual(fieldBefore);
    await keepShot(page, `line-caught-up-${width}-${colorScheme}`);
    await page.getByText('Caught up.').first().waitFor({ state: 'detached', timeout: 15_000 });
    expect(await field.inputValue()).toBe('half a thought');
    expect(await placeOf(field)).toEqual(fieldBefore);
  },
);

test('in a narrow list and in narrow details it lies at the foot, and the search stays under the fingers', async () => {
  const { page } = await scene.open({ width: 320, height: 640 });
  await page.locator('.row').first().waitFor();
  await page.locator('.connection-live').waitFor();
  const search = page.locator('[data-focus=search]');
  const all = await page.locator('.row').count();
  await search.fill('mar');
  const row = page.locator('.row', { hasText: 'Maria' });
  await row.waitFor();
  // What does not fit goes a moment later, and what is below it moves up.
  await vi.waitFor(async () => expect(await page.locator('.row').count()).toBeLessThan(all), 8_000);
  const [searchBefore, rowBefore] = [await placeOf(search), await placeOf(row)];
  scene.backEnd.goAway();
  const told = page.locator('.line-banner').filter({ visible: true });
  await told.getByText('Connection lost').waitFor();
  expect(await told.count()).toBe(1);
  expect(await placeOf(search)).toEqual(searchBefore);
  expect(await placeOf(row)).toEqual(rowBefore);
  await keepShot(page, 'line-lost-list-320');
  scene.backEnd.comeBack();
  await told.getByText('Caught up.').waitFor({ timeout: 30_000 });
  await told.getByText('Nobody wrote meanwhile.').waitFor();
  await row.click();
  await page.getByRole('button', { name: 'Details' }).click();
  await page.locator('.pairs').first().waitFor();
  scene.backEnd.goAway();
  await told.getByText('Connection lost').waitFor();
  expect(await told.count()).toBe(1);
  expect(await overhang(page)).toBe(0);
  await keepShot(page, 'line-lost-details-320');
});

test('who reads further up keeps the place as the banner comes and goes', async () => {
  for (let number = 0; number < 50; number += 1)
    scene.story.world.say(scene.story.main, maria, `number ${number}.`);
  const { page } = await scene.open({ width: 320, height: 640, at: scene.story.main });
  const read = page.locator('.said', { hasText: 'number 30.' });
  await read.waitFor();
  await page.locator('.connection-live').waitFor({ state: 'attached' });
  await scrollThread(page, 1_500);
  const before = await placeOf(read);
  scene.backEnd.goAway();
  const told = page.locator('.line-banner').filter({ visible: true });
  await told.getByText('Connection lost').waitFor();
  const during = await placeOf(read);
  scene.backEnd.comeBack();
  await told.getByText('Caught up.').waitFor({ timeout: 30_000 });
  await page.getByText('Caught up.').first().waitFor({ state: 'detached', timeout: 15_000 });
  const after = await placeOf(read);
  expect(Math.abs((during?.y ?? 0) - (before?.y ?? 9_999))).toBeLessThan(2);
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 9_999))).toBeLessThan(2);
});

test('a blink of the line is not told', async () => {
  const { page } = await scene.open({ at: scene.story.main });
  await page.locator('.said').first().waitFor();
  await page.locator('.connection-live').waitFor();
  await page.evaluate(`
    window.told = [];
    new MutationObserver(() => {
      const words = document.querySelector('.thread-pane .line-banner').textContent;
      if (words !== '') window.told.push(words);
    }).observe(document.querySelector('.thread-pane .line-banner'), { childList: true, subtree: true });
  `);
  scene.backEnd.dropSockets();
  scene.story.world.say(scene.story.main, maria, 'missed');
  await page.locator('.said', { hasText: 'missed' }).waitFor();
  scene.story.world.say(scene.story.main, maria, 'live again');
  await page.locator('.said', { hasText: 'live again' }).waitFor();
  expect(await page.evaluate('window.told')).toEqual([]);
});
