import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DESKTOP, NO_BROWSER, PHONE } from '../support/browser.ts';
import { attributionResponseSchema } from '../../contract/attributions.ts';
import { read } from '../../harness/worker.ts';
import { NO_FAULTS, pageFaults, useSite } from './use-site.ts';
import { WAIT } from '../support/wait.ts';

const site = useSite();

const NAME = 'test.text.context.indirect.n12.v216-216-32.z0.g6.s0.i0.q0';
const panel = (page: Page, model: string) =>
  page.getByRole('region', { name: `How ${model} found its answer` });
const rows = (page: Page, model: string) => panel(page, model).locator('.path-table tbody tr');
/** Opens a page and waits for the arrows of both models. */
async function openPath(page: Page, path = '') {
  await page.goto(`${site.worker.url.href}${path}`, { waitUntil: 'networkidle' });
  await page.locator('#path').scrollIntoViewIfNeeded();
  await expect.poll(() => page.locator('.path-answer b').count(), WAIT).toBe(2);
}

/** The numbers of arrows that cannot be read: beyond the window, small, or covered by another one or by a word. */
const hiddenLabels = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const labels = [...document.querySelectorAll('.path-head.is-read text')];
    const words = [...document.querySelectorAll('.path-list li span:last-child')];
    if (labels.length < 4) return ['too few labels'];
    const boxes = [...labels, ...words].map((one) => one.getBoundingClientRect());
    return labels.flatMap((label, index) => {
      const box = label.getBoundingClientRect();
      const covers = boxes.some(
        (other, at) =>
          at !== index &&
          other.left < box.right - 1 &&
          other.right > box.left + 1 &&
          other.top < box.bottom - 1 &&
          other.bottom > box.top + 1,
      );
      const isInside = box.left >= 0 && box.right <= innerWidth;
      const isLarge = parseFloat(getComputedStyle(label).fontSize) >= 11;
      return covers || !isInside || !isLarge ? [label.textContent] : [];
    });
  });

describe.skipIf(NO_BROWSER)('the path of an answer', () => {
  it('shows what the API measures, as arrows and in words', async () => {
    const { page, errors } = await site.open();
    await openPath(page);
    const response = await site.worker.post('/v1/attributions', {
      model: 'image-text',
      query: NAME,
    });
    const { tokens, answer } = await read(response, attributionResponseSchema);
    const needed = tokens.filter(({ effect }) => effect >= 0.1);
    expect(needed.map(({ role }) => role)).toEqual(['shape', 'association-item']);
    expect(await panel(page, 'image-text').locator('.path-answer b').innerText()).toBe(answer.name);
    const words = await rows(page, 'image-text').allInnerTexts();
    expect(words.sort()).toEqual([
      expect.stringMatching(new RegExp(`the item ${needed[1]?.name}`)),
      expect.stringMatching(new RegExp(`the shape ${needed[0]?.name}`)),
    ]);
    expect(await panel(page, 'image-text').locator('.arrow.by-shape').count()).toBe(2);
    // The other model reads by place: no arrow goes by shape.
    expect(await panel(page, 'text-only').locator('.arrow.by-shape').count()).toBe(0);
    expect(await panel(page, 'text-only').locator('.arrow.by-place').count()).toBeGreaterThan(2);
    expect(errors).toEqual([]);
  });

  it('changes the answer where an arrow is cut, by keyboard or mouse, and back', async () => {
    const { page, errors } = await site.open();
    await openPath(page);
    const answer = panel(page, 'image-text').locator('.path-answer');
    const before = await answer.innerText();
    const cut = panel(page, 'image-text').getByRole('button', {
      name: /^Cut the arrow to the item/,
    });
    await cut.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => answer.innerText(), WAIT).toMatch(/Without this arrow:.*wrong/s);
    expect(await answer.innerText()).toMatch(/falls from .* to .*%/);
    expect(await cut.getAttribute('aria-pressed')).toBe('true');
    expect(await panel(page, 'image-text').locator('.arrow.is-cut').count()).toBe(1);
    await page.keyboard.press('Enter');
    await expect.poll(() => answer.innerText(), WAIT).toBe(before);
    const shape = panel(page, 'image-text').locator('.arrow .hit').first();
    await shape.dispatchEvent('click');
    await expect.poll(() => answer.innerText(), WAIT).toContain('Without this arrow');
    expect(errors).toEqual([]);
  });

  it('plays the layers: first the shape is read, then the item', async () => {
    const { page, errors } = await site.open();
    await openPath(page);
    const slider = page.getByRole('slider', { name: /layer/ });
    const widths = () =>
      panel(page, 'image-text')
        .locator('.arrow .line')
        .evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('stroke-width'))));
    await slider.fill('0');
    expect((await widths()).every((width) => width < 0.1)).toBe(true);
    await slider.fill('4');
    const half = await widths();
    expect(half.filter((width) => width > 3)).toHaveLength(1);
    await page.getByRole('button', { name: 'Play' }).click();
    await expect.poll(() => slider.inputValue(), WAIT).toBe('8');
    expect((await widths()).every((width) => width > 3)).toBe(true);
    await page.getByRole('button', { name: 'Play' }).waitFor();
    expect(errors).toEqual([]);
  });

  it('is measured in this browser as by the server, on the picture, too', async () => {
    const { page, errors } = await site.open();
    await openPath(page, '?models=image-text,text-only&objects=5');
    await page.getByLabel('the picture').check();
    await expect
      .poll(() => panel(page, 'image-text').locator('tbody').innerText(), WAIT)
      .toContain('a cell of the picture');
    const effects = () => panel(page, 'image-text').locator('td:nth-child(2)').allInnerTexts();
    const ofServer = await effects();
    await page.getByLabel(/measure in this browser/).check();
    await expect.poll(() => page.locator('.path-answer.pending').count(), WAIT).toBe(2);
    await expect.poll(() => page.locator('.path-answer b').count(), WAIT).toBe(2);
    expect(await effects()).toEqual(ofServer);
    expect(errors).toEqual([]);
  });

  it.each([
    [DESKTOP, 'light', 'none'],
    [PHONE, 'dark', 'none'],
    [PHONE, 'light', 'active'],
  ] as const)(
    'is accessible and does not move (%o, %s, forced colours: %s)',
    async (viewport, colorScheme, forcedColors) => {
      const { page, errors } = await site.open({ viewport, colorScheme, forcedColors });
      await page.goto(site.worker.url.href, { waitUntil: 'networkidle' });
      await page.evaluate(() => {
        Object.assign(window, { shift: 0 });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            (window as unknown as { shift: number }).shift +=
              (entry as { value?: number }).value ?? 0;
          }
        }).observe({ type: 'layout-shift' });
        document.querySelector('#path')?.scrollIntoView();
      });
      await expect.poll(() => page.locator('.path-answer b').count(), WAIT).toBe(2);
      expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBe(0);
      expect(await hiddenLabels(page)).toEqual([]);
      expect(await pageFaults(page)).toEqual(NO_FAULTS);
      expect(errors).toEqual([]);
    },
  );
});

describe.skipIf(NO_BROWSER)('the story', () => {
  it('shows a scene for each step, with what the models answer', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.worker.url.href, { waitUntil: 'networkidle' });
    const step = (name: string | RegExp) => page.locator('.story').getByRole('link', { name });
    expect(await step(/Longer lists/).getAttribute('aria-current')).toBe('step');
    const story = page.locator('.story');
    expect(await story.innerText()).toMatch(
      /text-only says \w+: wrong\. It took the item \w+ places? further/,
    );
    await step('The task').click();
    await expect.poll(() => page.locator('.picture .object').count(), WAIT).toBe(4);
    expect(new URL(page.url()).searchParams.get('step')).toBe('1');
    await step(/Short lists/).click();
    await expect.poll(() => page.locator('.picture .object').count(), WAIT).toBe(8);
    await expect.poll(() => story.innerText(), WAIT).toMatch(/text-only says \w+: right/);
    // Free play: the next change is no step of the story.
    await page.getByRole('link', { name: 'Next scene' }).click();
    await page.waitForURL((url) => !url.searchParams.has('step'));
    expect(errors).toEqual([]);
  });
});

describe.skipIf(NO_BROWSER)('a visitor who guesses first', () => {
  it('sees no answer before, and a score that a link carries', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.worker.url.href, { waitUntil: 'networkidle' });
    const correct = await page.locator('.is-correct-pair b').innerText();
    await page.getByRole('button', { name: 'Guess first' }).click();
    expect(await page.locator('.answers .verdict').count()).toBe(0);
    expect(await page.locator('.is-correct-pair').count()).toBe(0);
    await page.getByLabel('Your answer').selectOption({ label: correct });
    await expect.poll(() => page.locator('.guess').innerText(), WAIT).toMatch(/You 1 of 1/);
    expect(await page.locator('.guess').innerText()).toMatch(/text-only 0 · image-text 1/);
    expect(await page.locator('.answers .verdict').count()).toBeGreaterThan(1);

    const link = `${site.worker.url.href}?score=1-0-1-of-1`;
    const html = await (await fetch(link)).text();
    expect(html).toMatch(
      /og:title" content="I answered 1 of 1 question correctly, text-only 0, image-text 1"/,
    );
    expect(html).toMatch(
      /og:description" content="Training on pictures can make a network better at text/,
    );
    await page.goto(link);
    expect(await page.locator('.shared-score').innerText()).toContain('1 of 1');
    expect((await fetch(`${site.worker.url.href}?score=2-0-1-of-1`)).status).toBe(400);
    expect(errors).toEqual([]);
  });
});
