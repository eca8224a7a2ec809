import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { WAIT } from './wait.ts';

/** Where distributions put it; `.ci/run` installs Debian's. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that tests drive; undefined where this machine has none. */
export const CHROMIUM = process.env['CHROMIUM'] ?? PLACES.find(existsSync);

/** Whether browser tests cannot run here. Where everything must hold, that is a failure of theirs. */
export const NO_BROWSER = CHROMIUM === undefined && process.env['CI'] === undefined;

export const DESKTOP = { width: 1280, height: 800 } as const;
export const PHONE = { width: 360, height: 740 } as const;

/** @param flags more arguments for Chromium */
export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(`no Chromium at any of ${PLACES.join(', ')}`);
  return chromium.launch({
    executablePath: CHROMIUM,
    // Its sandbox refuses to work for root, the user of most containers; the pages are our own.
    args: ['--no-sandbox', ...flags],
  });
}

/** A page, and what went wrong on it: errors, and requests that its policy refused. */
export interface WatchedPage {
  readonly page: Page;
  readonly errors: readonly string[];
}

export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT.timeout);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, errors };
}
