import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { ConsoleBackEnd } from './console-back-end.js';
import type { ConsoleWorld } from './console-world.js';

const flags =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --use-fake-device-for-media-stream --use-fake-ui-for-media-stream';

/** The console as it is now, built into dist/console. */
export async function buildConsole(): Promise<void> {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs', '--quiet']);
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags.split(' ') });
}

/** For whoever wants to look: `SCREENSHOTS=/tmp/shots`. */
export async function keepShot(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

export interface OpenedConsole {
  page: Page;
  /** What the page complained about, and what a content policy stopped. */
  complaints: string[];
  /** Requests to anywhere but the bridge. */
  outside: string[];
}

/** A fresh browser profile, signed in by link. */
export async function openConsole(
  browser: Browser,
  backEnd: ConsoleBackEnd,
  world: ConsoleWorld,
  { width = 1280, height = 800, at = '' } = {},
): Promise<OpenedConsole> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB' });
  const page = await context.newPage();
  const complaints: string[] = [];
  const outside: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(backEnd.url)) outside.push(request.url());
  });
  await page.addInitScript('window.firings = 0; window.fired = () => { window.firings += 1; };');
  await page.goto(`${backEnd.url}/#code=${world.code}${at === '' ? '' : `&conversation=${at}`}`);
  await page.locator('.desk').waitFor();
  return { page, complaints, outside };
}

// What is asked of the page runs there, where the types of this program know nothing; so it is handed over as text.

export const scrollThread = (page: Page, top: number): Promise<unknown> =>
  page.evaluate(`document.querySelector('.thread-scroll').scrollTo(0, ${top})`);

/** How far the page, or a box in it, sticks out sideways. */
export const overhang = (page: Page, selector = 'html'): Promise<number> =>
  page.evaluate(
    `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('${selector}'))`,
  );

export const linksInThread = (page: Page): Promise<{ protocol: string; rel: string }[]> =>
  page.evaluate(
    "[...document.querySelectorAll('.thread-content a')].map(({ protocol, rel }) => ({ protocol, rel }))",
  );

/** Controls on the screen that are less than 24 px wide or high. */
export const smallControls = (page: Page): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll('button, select, a.row')]
      .filter((control) => control.checkVisibility())
      .filter((control) => {
        const { width, height } = control.getBoundingClientRect();
        return Math.min(width, height) < 24;
      })
      .map((control) => control.outerHTML.slice(0, 80))`,
  );

export const count = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`document.querySelectorAll('${selector}').length`);

/** Boxes whose content is wider than they are. */
export const cutOff = (page: Page, selector: string): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll('${selector}')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
      .map((box) => box.className + ': ' + box.textContent.slice(0, 60))`,
  );
