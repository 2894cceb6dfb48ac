import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { DemoLinks } from '../../src/cli/demo/demo-links.js';
import { createFarSide } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';
import { keepShot, launchBrowser, overhang } from './console-page.js';
import { runDemo } from './run-demo.js';

const PATIENCE = 30_000;
/** What a contact might write to make an agent's browser do something. */
const HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=1</script> & "so on"';

let browser: Browser;
let demo: Awaited<ReturnType<typeof runDemo>>;
let links: Required<DemoLinks>;
const complaints: string[] = [];

beforeAll(async () => {
  demo = await runDemo(['--desk']);
  links = demo.links as typeof links;
  browser = await launchBrowser(inject('chromiumPath') ?? '');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const open = async (url: string, width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> => {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(url);
  return page;
};

test('a chat is a ticket, live: the agent answers, notes and solves there, and the console says from where it came', async () => {
  const desk = await open(links.desk.url, 1280);
  await desk.getByText('No tickets yet').waitFor({ timeout: PATIENCE });
  const farSide = createFarSide(links.sandboxUrl);
  const visitor = await farSide.arrive({
    text: 'My fern looks sad 🌿',
    name: 'Vera',
    email: 'vera@home.example',
  });
  await desk.getByText('Chat with Vera').first().click({ timeout: PATIENCE });
  await desk.locator('.entry.contact', { hasText: 'My fern looks sad' }).waitFor({ timeout: PATIENCE });
  await visitor.write(HOSTILE);
  await desk.locator('.entry.contact', { hasText: HOSTILE }).waitFor({ timeout: PATIENCE });

  await desk.getByLabel('What you write').fill('How much light does it get?');
  await desk.getByLabel('A file').setInputFiles({
    name: 'light.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('A north window is fine.'),
  });
  await desk.getByRole('button', { name: 'Send answer' }).click();
  await desk.locator('.entry.agent', { hasText: 'sent' }).waitFor({ timeout: PATIENCE });
  await waitFor('the answer with its file', async () => (await visitor.heard()).length === 2, 30);
  expect(await visitor.heard()).toEqual(['How much light does it get?', 'light.txt']);

  await desk.getByLabel('What you write').fill('She waters too much, I think.');
  await desk.getByRole('button', { name: 'Add note' }).click();
  await desk.locator('.entry.note', { hasText: 'waters too much' }).waitFor({ timeout: PATIENCE });
  await visitor.write('A north window.');
  await desk.locator('.entry.contact', { hasText: 'A north window.' }).waitFor({ timeout: PATIENCE });

  const agent = await open(links.agent.signInUrl, 1280);
  await agent.getByText('Vera').first().click({ timeout: PATIENCE });
  const answer = agent.locator('.said', { hasText: 'How much light' });
  await answer.getByText('from Tiny desk').waitFor({ timeout: PATIENCE });
  await agent.locator('.note', { hasText: 'waters too much' }).getByText('from Tiny desk').waitFor();
  const ticket = agent.locator('.ticket a.ticket-main');
  await ticket.getByText('open').waitFor({ timeout: PATIENCE });
  expect(await ticket.getAttribute('rel')).toContain('noopener');
  expect(await ticket.getAttribute('target')).toBe('_blank');
  const address = (await ticket.getAttribute('href')) ?? '';
  expect(address).toContain(`${links.desk.url}/#`);
  await keepShot(agent, 'console-ticket-1280');

  for (const [width, scheme] of [
    [1280, 'light'],
    [1280, 'dark'],
    [320, 'light'],
    [320, 'dark'],
  ] as const) {
    const page = await open(address, width, scheme);
    await page.locator('.entry.note', { hasText: 'waters too much' }).waitFor({ timeout: PATIENCE });
    expect(await overhang(page)).toBe(0);
    expect(await page.locator('.entry img, .entry script').count()).toBe(0);
    await keepShot(page, `tiny-desk-${width}-${scheme}`);
    await page.goto(`${links.desk.url}/#`);
    await page.locator('#list strong').first().waitFor();
    await keepShot(page, `tiny-desk-list-${width}-${scheme}`);
    await page.close();
  }

  await desk.getByRole('button', { name: 'Solve' }).click();
  await waitFor(
    'the chat to be closed',
    async () => (await visitor.see()).status.toLowerCase() !== 'open',
    30,
  );
  await agent.locator('.ticket', { hasText: 'solved' }).waitFor({ timeout: PATIENCE });
  expect(await visitor.heard()).not.toContain('She waters too much, I think.');
  expect(complaints).toEqual([]);
}, 180_000);
