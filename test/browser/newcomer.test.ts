import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { DemoLinks } from '../../src/cli/demo/demo-links.js';
import { launchBrowser } from './console-page.js';
import { runDemo } from './run-demo.js';

const PATIENCE = 30_000;

let browser: Browser;
let demo: Awaited<ReturnType<typeof runDemo>>;
let links: DemoLinks;

beforeAll(async () => {
  demo = await runDemo([]);
  links = demo.links;
  browser = await launchBrowser(inject('chromiumPath') ?? '');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const open = async (url: string, width: number): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  await page.goto(url);
  return page;
};

const say = async (page: Page, text: string): Promise<void> => {
  const box = page.locator('textarea').first();
  await box.fill(text, { timeout: PATIENCE });
  await box.press('Enter');
};

test('a newcomer chats as a visitor in one tab, answers as an agent in another, and sees it arrive', async () => {
  const visitor = await open(links.sandboxUrl, 1280);
  const agent = await open(links.agent.signInUrl, 320);
  const complaints: string[] = [];
  for (const page of [visitor, agent]) page.on('pageerror', (error) => complaints.push(error.message));

  await say(visitor, 'My fern looks sad 🌿');
  await visitor.getByText('Anything else?').first().waitFor({ timeout: PATIENCE });
  await say(visitor, 'human please');
  await visitor.getByText('in the queue').first().waitFor({ timeout: PATIENCE });

  await agent.getByText('Visitor - ').first().click({ timeout: PATIENCE });
  await agent.getByText('My fern looks sad 🌿').first().waitFor({ timeout: PATIENCE });
  await say(agent, 'How much light does it get?');
  await visitor.getByText('How much light does it get?').first().waitFor({ timeout: PATIENCE });
  await visitor.getByText('now talking to Ada').first().waitFor({ timeout: PATIENCE });

  await say(visitor, 'A north window.');
  await agent.getByText('A north window.').filter({ visible: true }).first().waitFor({ timeout: PATIENCE });
  expect(await agent.getByText('How much light does it get?').count()).toBeGreaterThan(0);
  expect(await visitor.getByText('How much light does it get?').count()).toBe(1);
  expect(new URL(agent.url()).hash).not.toContain('code=');
  expect(complaints).toEqual([]);
}, 150_000);
