import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES_DIRECTORY } from '../../build/paths.ts';
import { startWorker, type RunningWorker } from '../../harness/worker.ts';
import { NO_BROWSER } from '../support/browser.ts';
import { gotoComplete, useSite } from './use-site.ts';

describe.skipIf(NO_BROWSER)('what pages load', () => {
  const site = useSite(FIXTURES_DIRECTORY);

  it('comes from this site alone, compressed, under names that never change their content', async () => {
    const { page, errors } = await site.open();
    const responses: { url: URL; headers: Record<string, string> }[] = [];
    page.on('response', (response) => {
      responses.push({ url: new URL(response.url()), headers: response.headers() });
    });
    await page.goto(site.worker.url.href, { waitUntil: 'networkidle' });
    expect(errors).toEqual([]);
    const origins = new Set(responses.map(({ url }) => url.origin));
    expect([...origins].filter((origin) => origin !== 'null')).toEqual([site.worker.url.origin]);
    const files = responses.filter(({ url }) => url.pathname.startsWith('/site/'));
    expect(files.length).toBeGreaterThan(0);
    for (const { url, headers } of files) {
      expect(headers['cache-control']).toContain('immutable');
      if (!url.pathname.endsWith('.woff2')) expect(headers['content-encoding']).toBe('gzip');
    }
    const font = await page.evaluate(async () => {
      const faces = await document.fonts.load("16px 'Atkinson Hyperlegible Next'");
      return faces.length;
    });
    expect(font).toBe(1);
  });

  it.each([
    ...['/', '/build', '/mechanism', '/in-browser', '/models', '/reference', '/problems'],
    ...['/status', '/pretrained'],
  ])('breaks no policy on %s, not even one that is only reported', async (path) => {
    const { page, errors } = await site.open();
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`policy: ${violatedDirective} ${blockedURI}`);
      });
    });
    await gotoComplete(page, site.at(path));
    // The miniature models lack what some pages ask for.
    expect(errors.filter((error) => !error.startsWith('Failed to load'))).toEqual([]);
    await page.context().close();
  });

  it.each(['/status', '/pretrained', '/problems'])(
    'has the font and the navigation of all pages on %s, too',
    async (path) => {
      const { page } = await site.open();
      await gotoComplete(page, site.at(path));
      const font = await page.evaluate(() =>
        [...document.fonts].filter(({ status }) => status === 'loaded').map(({ family }) => family),
      );
      expect(font).toEqual([expect.stringContaining('Atkinson')]);
      expect(await page.getByRole('navigation').getByRole('link', { name: 'Models' }).count()).toBe(
        1,
      );
      await page.context().close();
    },
  );

  it.each(['/', '/build', '/mechanism', '/in-browser'])(
    'moves nothing on %s where the visitor asks for reduced motion',
    async (path) => {
      const moving = async (reducedMotion: 'reduce' | 'no-preference') => {
        const { page } = await site.open({ reducedMotion });
        await gotoComplete(page, site.at(path));
        const found = await page.evaluate(
          () =>
            [...document.querySelectorAll('*')].filter((element) => {
              const { transitionDuration, animationName, scrollBehavior } =
                getComputedStyle(element);
              const still = transitionDuration.split(', ').every((time) => parseFloat(time) === 0);
              return !still || animationName !== 'none' || scrollBehavior === 'smooth';
            }).length,
        );
        await page.context().close();
        return found;
      };
      expect(await moving('reduce')).toBe(0);
      if (path === '/') expect(await moving('no-preference')).toBeGreaterThan(0);
    },
  );
});

describe('a file of the site', () => {
  let worker: RunningWorker;
  beforeAll(async () => void (worker = await startWorker()));
  afterAll(() => worker.stop());

  it('sends an uncompressed page to a client that cannot decompress', async () => {
    const page = await (await worker.fetch('/')).text();
    const style = /href="(\/site\/[^"]+\.css)"/.exec(page)?.[1] ?? '';
    const response = await worker.fetch(style, { headers: { 'accept-encoding': 'identity' } });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toContain('@font-face');
  });

  it('that is not there is a 404', async () => {
    expect((await worker.fetch('/site/none-12345678.js')).status).toBe(404);
    expect((await worker.fetch('/site/..%2Findex.json')).status).toBe(400);
  });
});
