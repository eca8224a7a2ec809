import { describe, expect, it } from 'vitest';
import { DESKTOP, NO_BROWSER, PHONE } from '../support/browser.ts';
import { gotoComplete, NO_FAULTS, pageFaults, useSite } from './use-site.ts';
import { WAIT } from '../support/wait.ts';

describe.skipIf(NO_BROWSER)('the pages of models', () => {
  const site = useSite();

  it('lead from the front page to a model, its figures, its files and back to its answers', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.worker.url.href);
    await page.getByRole('link', { name: 'Models', exact: true }).first().click();
    await page.getByRole('link', { name: 'text-only', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'text-only' }).waitFor();
    for (const image of await page.locator('figure img').all()) {
      await image.scrollIntoViewIfNeeded();
      await expect
        .poll(() => image.evaluate((one) => (one as HTMLImageElement).naturalWidth), WAIT)
        .toBeGreaterThan(0);
    }
    const files = page.getByRole('region', { name: 'Downloads' }).getByRole('link');
    const types: string[] = [];
    for (const file of await files.all()) {
      const response = await fetch(site.at((await file.getAttribute('href')) ?? ''));
      expect(response.status).toBe(200);
      types.push(response.headers.get('content-type') ?? '');
    }
    const json = 'application/json';
    expect(types).toEqual(['application/octet-stream', 'application/zip', json, json]);
    for (const code of await page.locator('.snippet code').allInnerTexts()) {
      for (const address of code.match(/http[^"\s)]+/g) ?? []) {
        expect((await fetch(address)).status, address).toBe(200);
      }
    }
    await page.getByRole('link', { name: 'Ask it questions' }).click();
    await page.locator('.answers .verdict').first().waitFor();
    expect(await page.locator('.answers tbody th').allInnerTexts()).toEqual([
      expect.stringContaining('text-only'),
    ]);
    await page.locator('.answers tbody').getByRole('link', { name: 'text-only' }).click();
    await page.waitForURL('**/models/text-only');
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['/models', DESKTOP, 'light'],
    ['/models', PHONE, 'dark'],
    ['/models/image-text', DESKTOP, 'dark'],
    ['/models/text-only-paper', PHONE, 'light'],
  ] as const)('%s is accessible at %o, %s, and fits', async (path, viewport, colorScheme) => {
    const { page, errors } = await site.open({ viewport, colorScheme });
    await gotoComplete(page, site.at(path));
    expect(await pageFaults(page)).toEqual(NO_FAULTS);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
