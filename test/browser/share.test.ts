import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DESKTOP, NO_BROWSER, PHONE } from '../support/browser.ts';
import { NO_FAULTS, pageFaults, useSite } from './use-site.ts';
import { WAIT } from '../support/wait.ts';

describe.skipIf(NO_BROWSER)('Embed this', () => {
  const site = useSite();

  const opener = (page: Page) => page.getByRole('button', { name: 'Embed this' });
  const dialog = (page: Page) => page.getByRole('dialog', { name: 'Embed this' });
  const snippets = (page: Page) => dialog(page).locator('pre').allInnerTexts();

  it('opens and closes by keyboard, and keeps the keys to itself', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.at('/?objects=9'), { waitUntil: 'networkidle' });
    await opener(page).focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    const isInside = () =>
      page.evaluate(() => document.activeElement?.closest('dialog')?.open === true);
    expect(await isInside()).toBe(true);
    await page.keyboard.press('Tab');
    expect(await isInside()).toBe(true);
    await dialog(page).getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog(page).count(), WAIT).toBe(0);
    expect(new URL(page.url()).searchParams.get('objects')).toBe('9');
    expect(await opener(page).evaluate((one) => one === document.activeElement)).toBe(true);
    await opener(page).click();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => dialog(page).count(), WAIT).toBe(0);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['/?objects=9&sceneIndex=4&questionIndex=2', DESKTOP, 'light'],
    ['/mechanism?models=text-only,text-symbolic', PHONE, 'dark'],
  ] as const)('of %s has addresses that answer', async (path, viewport, colorScheme) => {
    const { page, errors } = await site.open({ viewport, colorScheme });
    await page.goto(site.at(path), { waitUntil: 'networkidle' });
    await opener(page).click();
    await dialog(page).getByLabel('Colours').selectOption('dark');
    await dialog(page).getByLabel('Language').selectOption('fr');
    const codes = await snippets(page);
    expect(codes.length).toBeGreaterThan(2);
    const addresses = codes.flatMap((code) => code.match(/http[^"\s)]+/g) ?? []);
    expect(addresses).toContain(site.at(path));
    for (const address of addresses) {
      const { status } = await fetch(address.replaceAll('&amp;', '&'));
      expect(status, address).toBe(200);
    }
    expect(codes[0]).toContain('theme=dark&amp;locale=fr');
    expect(await pageFaults(page)).toEqual(NO_FAULTS);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('copies what shows the same on another site', async () => {
    const { page } = await site.open({
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.goto(site.at('/?objects=9&sceneIndex=4'), { waitUntil: 'networkidle' });
    await opener(page).click();
    const first = dialog(page).locator('section').first();
    await first.getByRole('button', { name: /^Copy/ }).click();
    await first.getByRole('status').getByText('Copied').waitFor({ state: 'attached' });
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe((await snippets(page))[0]);
    const question = await page.locator('.question-and-answers h2').innerText();

    const elsewhere = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end(`<!doctype html><p>Mine</p>${copied}`);
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const { port } = elsewhere.address() as AddressInfo;
    // Another host than the worker's, and so another site.
    await page.goto(`http://localhost:${port}/`);
    const frame = page.frameLocator('iframe');
    expect(await frame.getByRole('heading', { level: 1 }).innerText()).toBe(question);
    // The script has set it.
    const height = () => page.locator('iframe').evaluate((one) => one.style.height);
    await expect.poll(height, WAIT).toMatch(/^\d+px$/);
    await page.context().close();
    elsewhere.closeAllConnections();
    elsewhere.close();
  });

  it('says so where the browser does not let it copy', async () => {
    const { page, errors } = await site.open();
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
    });
    await page.goto(site.at('/'), { waitUntil: 'networkidle' });
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('The browser blocked copying').first().waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
