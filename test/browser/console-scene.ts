import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { type ConsoleBackEnd, startConsoleBackEnd } from './console-back-end.js';
import { buildConsole, launchBrowser, type OpenedConsole, openConsole } from './console-page.js';
import { tellStories } from './console-stories.js';

export interface Scene {
  readonly story: ReturnType<typeof tellStories>;
  readonly backEnd: ConsoleBackEnd;
  readonly browser: Browser;
  open(options?: Parameters<typeof openConsole>[3]): Promise<OpenedConsole>;
}

/** One browser for the tests of a file; each has the stories, a back end and a profile of its own. */
export function setScene(): Scene {
  let browser: Browser;
  let story: Scene['story'];
  let backEnd: ConsoleBackEnd;

  beforeAll(async () => {
    await buildConsole();
    browser = await launchBrowser(inject('chromiumPath') ?? '');
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    story = tellStories();
    backEnd = await startConsoleBackEnd(story.world);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await backEnd.stop();
  });

  return {
    get story() {
      return story;
    },
    get backEnd() {
      return backEnd;
    },
    get browser() {
      return browser;
    },
    open: (options = {}) => openConsole(browser, backEnd, story.world, options),
  };
}
