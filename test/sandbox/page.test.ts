import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/index.js';
import { type House, openHouse } from './support/open-house.js';

const chromiumPath = inject('chromiumPath');
const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

describe.skipIf(chromiumPath === null)('the visitor’s page', () => {
  let browser: Browser;
  let page: Page;
  let house: House;
  let complaints: string[];
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-page-'));
  let run = 0;

  beforeAll(async () => {
    if (!existsSync('dist/src/sandbox/visitor-page/main.js')) {
      throw new Error('The page is not built: run npm run build.');
    }
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: flags.split(' ') });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    run += 1;
    house = await openHouse({ botTypingMs: 20, dataFile: join(folder, `${run}.jsonl`) });
    page = await browser.newPage({ viewport: { width: 320, height: 640 } });
    complaints = [];
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('ERR_CONNECTION')) complaints.push(line.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    await house.close();
    expect(complaints).toEqual([]);
  });

  const conversationId = (): string => new URL(page.url()).searchParams.get('conversation') ?? '';
  const bubbles = (): Promise<string[]> => page.locator('.bubble').allInnerTexts();

  async function arrive(): Promise<string> {
    await page.goto(house.url);
    await page.getByLabel('What may we call you?').fill('Nik');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Talk to a human' }).waitFor();
    return conversationId();
  }

  test('a visitor meets the bot, asks for a human, and talks to one, with the keyboard alone', async () => {
    await house.register();
    const id = await arrive();
    await page.getByRole('button', { name: 'Talk to a human' }).press('Enter');
    await page.getByText('You’re in the queue for Support').waitFor();
    await house.say(id, 'Hello Nik, <b onclick=alert(1)>what</b> is it?');
    await page.getByText('You’re now talking to Ada').waitFor();
    await page.getByText('Hello Nik, <b onclick=alert(1)>what</b> is it?').waitFor();
    await page.getByLabel('Your message').fill('It is 🌱 and ' + 'long'.repeat(60));
    await page.keyboard.press('Enter');
    await page.getByText('It is 🌱').waitFor();
    await house.until(() => JSON.stringify(house.bridge.events(id)).includes('It is 🌱'));
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect((await page.request.get(house.url)).headers()['x-sandbox']).toBe('WotNot sandbox');
  });

  test('a picture comes inline, a voice with a player, a file as a card, and the visitor may send one', async () => {
    const id = await house.visitor({ human: true });
    await page.goto(`${house.url}/chat?conversation=${id}`);
    const { body } = await house.call('PUT', `/chat/api/conversations/${id}/files?name=own.txt`, 'own', {
      'content-type': 'text/plain',
    });
    expect(body['messageId']).toBeDefined();
    await page.getByText('own.txt').waitFor();
    const onePixel = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'leaf.gif', mimeType: 'image/gif', buffer: Buffer.from(onePixel, 'base64') });
    await page.getByRole('img', { name: 'leaf.gif' }).waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'hello.wav', mimeType: 'audio/wav', buffer: Buffer.alloc(64) });
    await page.locator('audio').waitFor();
    const seen = await house.conversation(id);
    expect(seen.messages.map(({ type }) => type)).toEqual(['file', 'file', 'voice']);
  });

  test('after the sandbox was away the page goes on by itself: nothing lost, nothing twice', async () => {
    const id = await arrive();
    await page.getByRole('button', { name: 'Talk to a human' }).click();
    await page.getByText('You’re in the queue').waitFor();
    await house.say(id, 'before');
    await page.getByText('before').waitFor();
    await house.sandbox.stop();
    await page.getByText('The connection is gone').waitFor();
    await page.getByLabel('Your message').fill('typed while away');
    await page.keyboard.press('Enter');
    const again = createSandbox({ port: house.port, botTypingMs: 0, dataFile: join(folder, `${run}.jsonl`) });
    await again.start();
    await page.locator('.line:not(.is-outgoing) >> text=typed while away').waitFor();
    await house.say(id, 'after');
    await page.getByText('after', { exact: true }).waitFor();
    const texts = await bubbles();
    for (const text of ['before', 'typed while away', 'after']) {
      expect([text, texts.filter((bubble) => bubble.trim() === text).length]).toEqual([text, 1]);
    }
    await again.stop();
  });

  test('a closed conversation says so, stays readable after a reload, and the next one starts with a click', async () => {
    const id = await arrive();
    await house.call('POST', `/office/api/conversations/${id}/close`, {});
    await page.getByRole('button', { name: 'Start a new conversation' }).waitFor();
    await page.reload();
    await page.getByText('I am Moss').waitFor();
    await page.getByRole('button', { name: 'Start a new conversation' }).click();
    await page.getByRole('button', { name: 'Talk to a human' }).waitFor();
    expect(conversationId()).not.toBe(id);
    const [first, second] = await Promise.all(
      [id, conversationId()].map((each) => house.call('GET', `/sandbox/conversations/${each}`)),
    );
    expect(second?.body['visitorKey']).toBe(first?.body['visitorKey']);
  });

  test('the back office assigns, writes and notes', async () => {
    const id = await house.visitor({ name: 'Nik', text: 'I need a human', human: true });
    await page.goto(`${house.url}/office`);
    await page.getByRole('button', { name: /Nik/ }).click();
    await page.getByLabel('Assigned to').selectOption({ label: 'Grace Moor' });
    await page.getByLabel('Message to the visitor').fill('Hello from the office');
    await page.getByRole('button', { name: 'Send to the visitor' }).click();
    await page.getByText('Hello from the office').waitFor();
    await page.getByLabel('Note, among agents only').fill('A note');
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.locator('dd', { hasText: 'A note' }).waitFor();
    expect(await house.conversation(id)).toMatchObject({ assignee: { email: 'grace@fern.example' } });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});
