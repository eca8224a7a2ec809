import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { SHIPPED_DIRECTORY } from '../../build/paths.ts';
import { startWorker, type RunningWorker } from '../../harness/worker.ts';
import { axeViolations } from '../support/axe.ts';
import { launchBrowser, NO_BROWSER, openPage, type WatchedPage } from '../support/browser.ts';
import { WAIT } from '../support/wait.ts';

/** The worker and a browser, for the tests of one file. */
export interface TestSite {
  readonly worker: RunningWorker;
  readonly browser: Browser;
  /** The full address of a path. */
  at(path: string): string;
  /** Opens an empty page in a context of its own. */
  open(options?: BrowserContextOptions): Promise<WatchedPage>;
}

/**
 * Starts the worker and a browser before the tests of a file or of a `describe`, and stops them after.
 * Where there is no browser, it starts nothing: such tests are skipped.
 *
 * @param models a folder laid out as `models/`
 */
export function useSite(models = SHIPPED_DIRECTORY): TestSite {
  let worker: RunningWorker | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (NO_BROWSER) return;
    [worker, browser] = await Promise.all([startWorker(models), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.stop();
  });
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the site runs only during the tests');
    return value;
  };
  return {
    get worker() {
      return started(worker);
    },
    get browser() {
      return started(browser);
    },
    at: (path) => new URL(path, started(worker).url).href,
    open: (options) => openPage(started(browser), options),
  };
}

/** Opens a page and waits until it is complete. Waiting for a quiet network takes half a second, which many need not. */
export async function gotoComplete(page: Page, address: string): Promise<void> {
  await page.goto(address, { waitUntil: 'load' });
  const loadsMore = (await page.locator('#app, img[loading=lazy]').count()) > 0;
  if (loadsMore) await page.waitForLoadState('networkidle');
  else await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** How many pixels a page is wider than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });

/** What is wrong with how a page is shown; equal to `NO_FAULTS` where nothing is. */
export const pageFaults = async (page: Page) => ({
  overflow: await overflowOf(page),
  violations: await axeViolations(page),
});
export const NO_FAULTS = { overflow: 0, violations: [] };

/** Whether Preact has taken the app over. */
export const isStarted = (page: Page): Promise<boolean> =>
  page.evaluate(() => '__k' in (document.querySelector('#app') ?? {}));

/** Uses the page, and waits until its script has started. */
export async function startScript(page: Page): Promise<void> {
  await page.mouse.move(20, 20);
  await expect.poll(() => isStarted(page), WAIT).toBe(true);
}
