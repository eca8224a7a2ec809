import { launchBrowser } from '../support/browser.ts';
import { ROOT, SHIPPED_DIRECTORY } from '../../build/paths.ts';
import { startWorker } from '../../harness/worker.ts';

/** `npm run screenshots`: the pictures of pages in docs/, after `npm run build`. */

interface Picture {
  readonly file: string;
  readonly path: string;
  readonly scheme: 'light' | 'dark';
  /** What is there when the page is complete. */
  readonly ready: string;
  readonly height: number;
  /** The part of the page that the picture shows; without it, the first screen. */
  readonly section?: string;
}

const PICTURES: readonly Picture[] = [
  {
    file: 'front-page',
    path: '/?objects=12',
    scheme: 'light',
    ready: '.answers .verdict',
    height: 860,
  },
  {
    file: 'arrows',
    path: '/?objects=12',
    scheme: 'light',
    ready: '.path-lines .arrow',
    height: 860,
    section: '#path',
  },
  {
    file: 'mechanism',
    path: '/mechanism',
    scheme: 'dark',
    ready: '.patching .layers.wide',
    height: 1560,
  },
];

async function main(): Promise<void> {
  const [worker, browser] = await Promise.all([startWorker(SHIPPED_DIRECTORY), launchBrowser()]);
  try {
    for (const { file, path, scheme, ready, height, section } of PICTURES) {
      const page = await browser.newPage({
        viewport: { width: 1120, height },
        colorScheme: scheme,
      });
      await page.goto(new URL(path, worker.url).href, { waitUntil: 'networkidle' });
      // Once more, now that the font is at hand.
      await page.reload({ waitUntil: 'networkidle' });
      const shown = section === undefined ? page : page.locator(section);
      if (section !== undefined) await page.locator(section).scrollIntoViewIfNeeded();
      await page.locator(ready).first().waitFor({ timeout: 60_000 });
      await shown.screenshot({ path: `${ROOT}docs/${file}.png` });
      await page.close();
    }
  } finally {
    await browser.close();
    await worker.stop();
  }
}

await main();
