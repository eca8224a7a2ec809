import { writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { animatedPng, type Frame } from '../support/animated-png.ts';
import { launchBrowser } from '../support/browser.ts';
import { ROOT, SHIPPED_DIRECTORY } from '../../build/paths.ts';
import { startWorker } from '../../harness/worker.ts';

/** `npm run screenshots`: the pictures of pages in docs/, and the recording of the arrows, after `npm run build`. */

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

/** Plays the layers of one answer, then cuts an arrow: `docs/arrows-recording.png`, an animated PNG. */
async function recordArrows(browser: Browser, url: URL): Promise<void> {
  const page = await browser.newPage({
    viewport: { width: 960, height: 900 },
    // Each frame shows one state, not a transition between two.
    reducedMotion: 'reduce',
  });
  await page.goto(new URL('/?objects=12', url).href, { waitUntil: 'networkidle' });
  await page.locator('#path').scrollIntoViewIfNeeded();
  await page.locator('.path-lines .arrow').first().waitFor({ timeout: 60_000 });
  const panels = page.locator('.path-panels');
  await panels.evaluate((element) => {
    element.scrollIntoView();
  });
  const [box, table] = [
    await panels.boundingBox(),
    await page.locator('.path-table').first().boundingBox(),
  ];
  if (!box || !table) throw new Error('the page does not show the arrows');
  const clip = { ...box, x: box.x - 8, width: box.width + 16, height: table.y - box.y };
  const frames: Frame[] = [];
  const record = async (duration: number) => {
    frames.push({ png: await page.screenshot({ clip }), duration });
  };
  const slider = page.getByRole('slider', { name: /layer/ });
  const last = Number(await slider.getAttribute('max'));
  for (let layer = 0; layer <= last; layer++) {
    await slider.fill(String(layer));
    await record(layer === last ? 2500 : 600);
  }
  await page
    .getByRole('region', { name: 'How image-text found its answer' })
    .getByRole('button', { name: /^Cut the arrow to the item/ })
    .click();
  await record(3000);
  await page.close();
  writeFileSync(`${ROOT}docs/arrows-recording.png`, animatedPng(frames));
}

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
    await recordArrows(browser, worker.url);
  } finally {
    await browser.close();
    await worker.stop();
  }
}

await main();
