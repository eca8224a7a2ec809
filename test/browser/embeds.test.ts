import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accuracyResponseSchema, oembedResponseSchema } from '../../contract/embeds.ts';
import { percentIn } from '../../plots/labels.ts';
import { serveExample, type ExampleSite } from '../../harness/example-server.ts';
import { axeViolations } from '../support/axe.ts';
import { DESKTOP, NO_BROWSER, PHONE } from '../support/browser.ts';
import { read } from '../../harness/worker.ts';
import { WAIT } from '../support/wait.ts';
import { useSite } from './use-site.ts';

/** What is shipped, on a site of another origin and host, in Chromium. */
describe.skipIf(NO_BROWSER)('on another site', () => {
  // The folder that is deployed: the example names models that are shipped.
  const site = useSite();
  let example: ExampleSite;
  beforeAll(async () => {
    example = await serveExample({ bindscope: site.worker.url.origin, port: 0 });
  });
  afterAll(() => example.stop());

  /** The example, when its frames, its element and its oEmbed are there. */
  async function openExample(options = {}): Promise<{ page: Page; errors: readonly string[] }> {
    const { page, errors } = await site.open(options);
    await page.goto(example.url.href);
    await page.locator('#element').getByRole('table').waitFor();
    // Frames load when they come into sight.
    for (const place of [0, 1, 2, 3])
      await page.locator('iframe').nth(place).scrollIntoViewIfNeeded();
    await expect.poll(() => page.frames().length, WAIT).toBe(5);
    await Promise.all(page.frames().map((frame) => frame.waitForLoadState('load')));
    return { page, errors };
  }

  const bodyHeight = (frame: Frame) =>
    frame.evaluate(() => document.body.getBoundingClientRect().height);

  async function expectFitting(page: Page): Promise<void> {
    for (const frame of page.frames().filter((one) => one !== page.mainFrame())) {
      const element = await frame.frameElement();
      // Out of sight, browsers do not lay it out anew.
      await element.scrollIntoViewIfNeeded();
      await expect
        .poll(async () => {
          const inside = await element.evaluate((one) => (one as HTMLElement).clientHeight);
          return Math.abs(inside - (await bodyHeight(frame)));
        }, WAIT)
        .toBeLessThanOrEqual(3);
    }
  }

  it.each([
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ])(
    'all that the example uses is shown, and frames are as high as their pages (%s)',
    async (_, viewport) => {
      const { page, errors } = await openExample({ viewport });
      expect(errors).toEqual([]);
      const images = await page.locator('img').all();
      expect(images.length).toBeGreaterThan(0);
      for (const image of images) {
        await expect
          .poll(() => image.evaluate((one) => (one as HTMLImageElement).naturalWidth), WAIT)
          .toBeGreaterThan(0);
      }
      await expectFitting(page);
      for (const frame of page.frames().slice(1)) {
        const overflow = await frame.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, frame.url()).toBeLessThanOrEqual(0);
      }
      await page.context().close();
    },
  );

  it('frames follow when the room changes', async () => {
    const { page } = await openExample();
    const height = () => page.locator('#mechanism').evaluate((frame) => frame.clientHeight);
    await expectFitting(page);
    const before = await height();
    await page.setViewportSize(PHONE);
    // Chromium lays frames of other sites out again once they come into sight.
    await page.locator('#mechanism').scrollIntoViewIfNeeded();
    await expect.poll(height, WAIT).not.toBe(before);
    await expectFitting(page);
    await page.context().close();
  });

  it('the element shows what the API has, and follows its attributes', async () => {
    const { page } = await openExample();
    const { models } = await read(
      await site.worker.fetch('/v1/accuracy?models=text-only,image-text'),
      accuracyResponseSchema,
    );
    const element = page.locator('#element');
    const rows = element.locator('tbody tr');
    const cells = await rows.allInnerTexts();
    for (const [row, { model, ood }] of models.entries()) {
      expect(cells[row]).toContain(model);
      expect(cells[row]).toContain(percentIn('en', ood.accuracy));
      expect(cells[row]).toContain(`/ ${ood.count.toLocaleString('en')}`);
    }
    expect(await element.getByRole('img').first().getAttribute('aria-label')).toContain(
      'text-only',
    );

    await element.evaluate((one) => {
      one.setAttribute('models', 'text-symbolic');
      one.setAttribute('locale', 'de');
    });
    await element.getByText('Genauigkeit auf Text').waitFor();
    await expect.poll(() => rows.count(), WAIT).toBe(1);
    expect(await rows.first().innerText()).toContain('text-symbolic');

    const ink = () => element.evaluate((one) => getComputedStyle(one).color);
    const bright = await ink();
    await element.evaluate((one) => {
      one.setAttribute('theme', 'dark');
    });
    expect(await ink()).not.toBe(bright);
    await page.context().close();
  });

  it('the element becomes a frame where the site forbids it to ask', async () => {
    const strict = await serveExample({
      bindscope: site.worker.url.origin,
      port: 0,
      connect: false,
    });
    const { page } = await site.open();
    await page.goto(strict.url.href);
    const frame = page.locator('#element iframe');
    await frame.waitFor();
    const inside = page.frameLocator('#element iframe');
    await inside.getByRole('heading', { name: 'Accuracy on text' }).waitFor();
    // The frame sends its height through the shadow root.
    await expect
      .poll(() => frame.evaluate((one) => (one as HTMLElement).style.height), WAIT)
      .toMatch(/px$/);
    await page.context().close();
    await strict.stop();
  });

  it('the element says why it has no figure, and keeps a link and its height', async () => {
    const { page } = await openExample();
    const element = page.locator('#element');
    await element.evaluate((one) => {
      one.setAttribute('models', 'nope');
    });
    await element.getByText('there is no model "nope"').waitFor();
    expect(await element.getByRole('link').getAttribute('href')).toBe(site.worker.url.href);
    expect(await element.evaluate((one) => one.clientHeight)).toBeGreaterThan(60);
    await page.context().close();
  });

  it('a wrong embed is a small page with the reason, in a frame as high as it needs', async () => {
    const { page } = await openExample();
    const frame = page.locator('#comparison');
    await frame.evaluate((one, url) => {
      one.setAttribute('src', url);
    }, site.at('/embed/comparison?models=nope&locale=de'));
    const inside = page.frameLocator('#comparison');
    await inside.getByRole('heading', { name: 'Das kann nicht gezeigt werden' }).waitFor();
    await inside.getByText('there is no model "nope"').waitFor();
    expect(await inside.getByRole('link').getAttribute('href')).toBe(site.worker.url.href);
    await expect.poll(() => frame.evaluate((one) => one.clientHeight), WAIT).toBeLessThan(300);
    await page.context().close();
  });

  it('a frame with the attribute sandbox gets its height, too', async () => {
    const { page } = await openExample();
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.id = 'sandboxed';
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.src = url;
      document.body.prepend(frame);
    }, site.at('/embed/comparison'));
    const height = () => page.locator('#sandboxed').evaluate((one) => one.clientHeight);
    await expect.poll(height, WAIT).toBeGreaterThan(400);
    await page.context().close();
  });

  it('a scene goes on to others within its frame, and back to the same round on the site', async () => {
    const { page, errors } = await openExample();
    const inside = page.frameLocator('#scene');
    await page.locator('#scene').scrollIntoViewIfNeeded();
    const question = () => inside.getByRole('heading', { level: 1 }).innerText();
    const first = await question();
    expect(await inside.locator('.picture .object').count()).toBe(12);
    await inside.getByRole('link', { name: 'Next scene' }).click();
    await expect.poll(question, WAIT).not.toBe(first);
    await inside.getByRole('link', { name: '4 Objects', exact: true }).click();
    await expect.poll(() => inside.locator('.picture .object').count(), WAIT).toBe(4);
    const said = await inside.locator('.answers tbody').innerText();
    const shown = await question();
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      inside.getByRole('link', { name: /^bindscope/ }).click(),
    ]);
    await opened.locator('.answers .verdict').first().waitFor();
    expect(await opened.locator('.question-and-answers h2').innerText()).toBe(shown);
    const words = await opened.locator('.answers .answer b').allInnerTexts();
    expect(words.length).toBeGreaterThan(1);
    for (const word of words) expect(said).toContain(word);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('no page but embeds lets itself be framed', async () => {
    const { page } = await openExample();
    const frame = page.locator('#comparison');
    await frame.evaluate((one, url) => {
      one.setAttribute('src', url);
    }, site.at('/'));
    await expect
      .poll(
        async () => (await frame.elementHandle()).contentFrame().then((one) => one?.url()),
        WAIT,
      )
      .toMatch(/^chrome-error:/);
    await page.context().close();
  });

  it('oEmbed answers a height that needs no scrolling, and not much more', async () => {
    for (const path of ['/embed/comparison', '/embed/scene', '/embed/mechanism']) {
      // Counts need two lines each at 320 pixels.
      for (const maxwidth of [720, path === '/embed/comparison' ? 320 : 360]) {
        const asked = new URLSearchParams({ url: site.at(path), maxwidth: String(maxwidth) });
        const { height } = await read(
          await site.worker.fetch(`/oembed?${asked.toString()}`),
          oembedResponseSchema,
        );
        const { page } = await site.open({ viewport: { width: maxwidth, height: 400 } });
        await page.goto(site.at(path));
        const needed = await bodyHeight(page.mainFrame());
        expect(height, `${path} in ${maxwidth}`).toBeGreaterThanOrEqual(needed);
        expect(height, `${path} in ${maxwidth}`).toBeLessThan(needed + 160);
        await page.context().close();
      }
    }
  });

  describe.each(['/embed/comparison', '/embed/scene?locale=de', '/embed/mechanism?locale=fr'])(
    '%s',
    (path) => {
      it.each([
        ['light', DESKTOP],
        ['dark', PHONE],
      ] as const)('is accessible when %s', async (colorScheme, viewport) => {
        const { page, errors } = await site.open({ colorScheme, viewport });
        await page.goto(site.at(path));
        expect(await axeViolations(page)).toEqual([]);
        expect(errors).toEqual([]);
        await page.context().close();
      });

      it('is as the theme says, whatever the reader prefers', async () => {
        const ground = async (theme: string, colorScheme: 'light' | 'dark') => {
          const { page } = await site.open({ colorScheme });
          await page.goto(site.at(`${path}${path.includes('?') ? '&' : '?'}theme=${theme}`));
          const colours = await page.evaluate(() => [
            getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector('svg text') ?? document.body).fill,
          ]);
          await page.context().close();
          return colours;
        };
        const [light, dark] = [await ground('auto', 'light'), await ground('auto', 'dark')];
        expect(light).not.toEqual(dark);
        expect(await ground('light', 'dark')).toEqual(light);
        expect(await ground('dark', 'light')).toEqual(dark);
      });
    },
  );
});
