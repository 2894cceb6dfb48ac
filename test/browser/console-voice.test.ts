import type { Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import { cutOff, keepShot, overhang, smallControls } from './console-page.js';
import { setScene } from './console-scene.js';

const scene = setScene();

const greeting = { name: 'greeting.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('ID3') };
const guide = { name: 'size guide.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') };
const clip = (page: Page) => page.locator('input[type=file]:not([accept])');
const sounds = (page: Page) => page.locator('input[type=file][accept="audio/*"]');

/** What the last replies were, oldest first. */
const said = (most: number) =>
  scene.story.world.facts
    .filter(({ type }) => type === 'message.queued')
    .slice(-most)
    .map(({ data }) => (data as { message: { kind: string; text: string } }).message)
    .map(({ kind, text }) => [kind, text]);

test('a sound file is chosen and sent as a voice message; the words beside it are a message of their own', async () => {
  const { page, complaints } = await scene.open({ at: scene.story.main });
  await page.locator('.said').first().waitFor();
  const chooser = page.waitForEvent('filechooser');
  await page.getByLabel('Send a sound file as a voice message', { exact: true }).press('Enter');
  await (await chooser).setFiles(greeting);
  await page.locator('.attached-ready', { hasText: 'greeting.mp3' }).waitFor();
  await page.getByLabel('Reply to the contact').fill('Listen to this');
  await page.keyboard.press('Enter');
  await vi.waitFor(() =>
    expect(said(2)).toEqual([
      ['text', 'Listen to this'],
      ['voice', ''],
    ]),
  );
  expect(scene.backEnd.uploads).toMatchObject([{ name: 'greeting.mp3', contentType: 'audio/mpeg' }]);
  expect(await page.locator('.attached').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('without a microphone there is still a way to send a voice message', async () => {
  const { page } = await scene.open({ at: scene.story.main });
  await page.addInitScript('delete window.MediaRecorder');
  await page.reload();
  await page.locator('.said').first().waitFor();
  expect(await page.getByLabel('Record a voice message').count()).toBe(0);
  await page.getByLabel('Send a sound file as a voice message', { exact: true }).waitFor();
  await sounds(page).setInputFiles(greeting);
  await page.locator('.attached-ready').waitFor();
  await page.getByLabel('Send the reply').click();
  await vi.waitFor(() => expect(said(1)).toEqual([['voice', '']]));
});

test('what is chosen as a sound and is none goes as a file, and says so', async () => {
  const { page } = await scene.open({ at: scene.story.main });
  await page.locator('.said').first().waitFor();
  await sounds(page).setInputFiles(guide);
  await page.getByText('“size guide.pdf” is no sound').waitFor();
  await page.locator('.attached-ready').waitFor();
  expect(await page.getByRole('group', { name: /^Send size guide/ }).count()).toBe(0);
  await page.getByLabel('Send the reply').click();
  await vi.waitFor(() => expect(said(1)).toEqual([['file', '']]));
});

test('what the bridge finds to be no sound is not sent as one', async () => {
  const { page } = await scene.open({ at: scene.story.main });
  await page.locator('.said').first().waitFor();
  scene.backEnd.findNext('application/zip');
  await sounds(page).setInputFiles(greeting);
  await page.locator('.attached-ready').waitFor();
  expect(await page.getByRole('group', { name: /^Send greeting/ }).count()).toBe(0);
  await page.getByLabel('Send the reply').click();
  await vi.waitFor(() => expect(said(1)).toEqual([['file', '']]));
});

test.each([
  [1280, 'light'],
  [1280, 'dark'],
  [320, 'light'],
  [320, 'dark'],
] as const)(
  'an attached sound is a file or a voice message, as the agent says, at %i px by %s',
  async (width, colorScheme) => {
    const { page } = await scene.open({ width, height: 640, at: scene.story.main });
    await page.emulateMedia({ colorScheme });
    await page.locator('.said').first().waitFor();
    await clip(page).setInputFiles([
      guide,
      greeting,
      { ...greeting, name: 'a recording with a very long name that somebody has given it.ogg' },
    ]);
    await page.locator('.attached-ready').nth(2).waitFor();
    const choice = page.getByRole('group', { name: 'Send greeting.mp3 as' });
    const as = (words: string) => choice.getByRole('button', { name: words });
    expect(await as('File').getAttribute('aria-pressed')).toBe('true');
    await as('Voice').focus();
    await page.keyboard.press('Enter');
    expect(await as('Voice').getAttribute('aria-pressed')).toBe('true');
    expect(await as('File').getAttribute('aria-pressed')).toBe('false');
    expect(await overhang(page)).toBe(0);
    expect(await cutOff(page, '.composer, .attached, .attached-file')).toEqual([]);
    expect(await smallControls(page)).toEqual([]);
    await keepShot(page, `attached-sound-${width}-${colorScheme}`);
    await page.getByLabel('Reply to the contact').fill('The guide');
    await page.keyboard.press('Enter');
    await vi.waitFor(() =>
      expect(said(3)).toEqual([
        ['file', 'The guide'],
        ['voice', ''],
        ['file', ''],
      ]),
    );
  },
);
