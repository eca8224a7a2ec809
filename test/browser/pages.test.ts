import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DESKTOP, launchBrowser, NO_BROWSER, openPage, PHONE } from '../support/browser.ts';
import { writeDocumentText } from '../../contract/document-text.ts';
import {
  gotoComplete,
  NO_FAULTS,
  overflowOf,
  pageFaults,
  startScript,
  useSite,
} from './use-site.ts';
import { WAIT } from '../support/wait.ts';

const site = useSite();

const answered = (page: Page) =>
  expect.poll(() => page.locator('.answers .verdict').count(), WAIT).toBeGreaterThan(1);
describe.skipIf(NO_BROWSER)('building a query', () => {
  it('moves, adds, recolours, asks and removes, by mouse and by keys', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.at('/build'));
    await answered(page);
    const things = page.locator('.editor svg');
    const before = await things.count();

    await page
      .getByRole('button', { name: /^add a shape/ })
      .first()
      .click();
    await expect.poll(() => things.count(), WAIT).toBe(before + 1);
    expect(await page.locator('.scene-text ol').first().locator('li').count()).toBe(before + 1);

    // It is selected: another colour, which swaps with the object that had it; then it is asked about.
    const colour = page.getByLabel('colour', { exact: true });
    const other = await colour.locator('option').nth(5).innerText();
    await colour.selectOption(other);
    await page.getByRole('button', { name: 'Ask about the selected shape' }).click();
    await expect.poll(() => page.locator('.question-and-answers em').innerText(), WAIT).toBe(other);
    await answered(page);

    const selected = page.locator('.editor .is-selected');
    const place = await selected.getAttribute('aria-label');
    await selected.focus();
    await page.keyboard.press('Shift+ArrowDown');
    await expect.poll(() => selected.getAttribute('aria-label'), WAIT).not.toBe(place);
    await page.keyboard.press('Delete');
    await expect.poll(() => things.count(), WAIT).toBe(before);

    // Dragged onto an empty cell.
    const from = page.locator('.editor button:has(svg)').first();
    const to = page.getByRole('button', { name: /^add a shape/ }).last();
    const name = (await from.getAttribute('aria-label'))?.split(',')[0] ?? '';
    const target = (await to.getAttribute('aria-label'))?.replace('add a shape at ', '') ?? '';
    await from.dragTo(to);
    await expect
      .poll(() => page.getByRole('button', { name: `${name}, ${target}` }).count(), WAIT)
      .toBe(1);

    // The address is all there is to it.
    const { page: again } = await site.open();
    await again.goto(page.url());
    expect(await again.getByRole('button', { name: `${name}, ${target}` }).count()).toBe(1);
    expect(errors).toEqual([]);
  });

  it('takes changes back, by keys and by the button', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.at('/build'));
    await answered(page);
    const shapes = page.locator('.editor svg');
    const before = await shapes.count();
    const first = page.locator('.editor button:has(svg)').first();
    const name = await first.getAttribute('aria-label');
    await first.click();
    await page.keyboard.press('Delete');
    await expect.poll(() => shapes.count(), WAIT).toBe(before - 1);
    await page.keyboard.press('Control+z');
    await expect.poll(() => shapes.count(), WAIT).toBe(before);
    expect(await first.getAttribute('aria-label')).toBe(name);
    expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => shapes.count(), WAIT).toBe(before);
    expect(errors).toEqual([]);
  });

  it('embeds the scene that was built', async () => {
    const { page } = await site.open();
    await page.goto(site.at('/build?scene=0.0.0.0.0_1.1.1.2.2_2.2.2.4.4'));
    await answered(page);
    await page.getByRole('button', { name: 'Embed this' }).click();
    const code = await page.getByRole('dialog').locator('pre').first().innerText();
    const frame = (/src="([^"]+)"/.exec(code)?.[1] ?? '').replaceAll('&amp;', '&');
    await page.goto(frame);
    expect(await page.locator('.picture .object').count()).toBe(3);
  });

  it('has nothing to ask about on an empty board', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.at('/build?scene='));
    await page.getByText('There are no shapes').waitFor();
    expect(errors).toEqual([]);
  });
});

describe.skipIf(NO_BROWSER)('mechanism', () => {
  it('patches a layer of a pair that someone picks', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.at('/mechanism'));
    await page.locator('.patching .layers.wide').waitFor();
    const effect = page.locator('.patch-effect');
    await page.getByLabel(/^Patch the residual stream/).fill('0');
    const untouched = await effect.locator('p').first().innerText();
    expect(untouched).toContain('unchanged');
    await page.locator('.patching .layers.wide .hit-area').last().click();
    await expect.poll(() => effect.locator('p').first().innerText(), WAIT).not.toBe(untouched);
    await page.waitForURL(/layer=\d/);

    const symbolic = page.getByLabel(/has the shape/);
    const now = await symbolic.inputValue();
    const chosen = ['1', '2'].find((value) => value !== now) ?? '';
    await symbolic.selectOption(chosen);
    await page.waitForURL(new RegExp(`symbolic=${chosen}`));
    await page.locator('.patching .layers.wide').waitFor();
    expect(await page.locator('.measured .layers').count()).toBeGreaterThan(0);
    await page.locator('.heat').first().waitFor();
    await page.getByLabel('Show').selectOption('heads');
    await page.getByText('head 1').first().waitFor();
    await page.getByLabel('Show').selectOption('attribution');
    await page.getByText('% of the total effect').first().waitFor();
    expect(errors).toEqual([]);
  });

  it('runs a document of its address, and puts an edited one there', async () => {
    const { page, errors } = await site.open();
    const writes = [{ op: 'replace' as const, at: { layer: 1 }, from: 'original' }];
    const document = {
      model: 'text-only',
      sweep: { objects: 5, pairs: 2 },
      runs: [{ name: 'identity', writes }],
    };
    await page.goto(site.at(`/mechanism?document=${writeDocumentText(document)}`));
    const answer = page.locator('.document-answer');
    await answer.waitFor();
    // The run, five outcomes, and the largest change of a logit.
    const cells = await answer.locator('tbody tr').last().locator('td').allInnerTexts();
    expect([cells[0], cells.at(-1)]).toEqual(['identity', '0']);

    const edit = async (runs: unknown) => {
      await page
        .getByLabel('Document', { exact: true })
        .fill(JSON.stringify({ ...document, runs }));
      await page.getByRole('button', { name: 'Run the document' }).click();
    };
    await edit([{ name: 'x', writes: [{ ...writes[0], op: 'copy' }] }]);
    await page.getByText('runs.0.writes.0.op: op must be one of').waitFor();
    const before = page.url();
    await edit([{ name: 'edited', writes }]);
    await answer.getByText('edited').waitFor();
    expect(page.url()).not.toBe(before);
    expect(errors).toEqual([]);
  });
});

/** The report that is shown once the model has answered here. */
async function reportOf(page: Page): Promise<string> {
  await page.getByRole('button', { name: /Load the model/ }).click();
  await page.locator('.report.is-complete').waitFor(WAIT);
  return page.locator('.report.is-complete').innerText();
}

describe.skipIf(NO_BROWSER)('running it here', () => {
  it('answers as the edge does, with whatever this browser gives', async () => {
    const { page, errors } = await site.open();
    await page.goto(site.at('/in-browser?objects=4'));
    const report = await reportOf(page);
    expect(report).toMatch(/Engine\s+(WebAssembly|WebGPU)/);
    expect(report).toMatch(/64 of 64\s+probabilities/);
    expect(report).toMatch(/ms per question/);
    expect(errors).toEqual([]);
  });

  it.each([
    ['there is none', 'undefined', 'this browser has no WebGPU'],
    ['no adapter is given', '{ requestAdapter: async () => null }', 'provides no adapter'],
    [
      'asking is an error',
      "{ requestAdapter: () => { throw new TypeError('refused'); } }",
      'provides no adapter',
    ],
    [
      'the adapter has no device',
      "{ requestAdapter: async () => ({ requestDevice: async () => { throw new Error('lost'); } }) }",
      'WebGPU cannot run the model',
    ],
  ])('goes on in WebAssembly where WebGPU is refused: %s', async (_, gpu, why) => {
    const { page } = await site.open();
    // The thread that runs models has a navigator of its own, which no script of the page reaches.
    await page.route('**/site/model-worker-*.js', async (route) => {
      const response = await route.fetch();
      const refusal = `Object.defineProperty(navigator, 'gpu', { value: ${gpu} });\n`;
      const hidden = gpu === 'undefined' ? 'delete WorkerNavigator.prototype.gpu;\n' : refusal;
      await route.fulfill({ response, body: hidden + (await response.text()) });
    });
    await page.goto(site.at('/in-browser?objects=4'));
    const report = await reportOf(page);
    expect(report).toMatch(/Engine\s+WebAssembly/);
    expect(report).toContain(why);
    expect(report).toMatch(/64 of 64\s+probabilities/);
  });

  it('says so where the file is not the one of the card', async () => {
    const { page } = await site.open();
    await page.route('**/files/model.onnx', (route) => route.fulfill({ body: 'not a model' }));
    await page.goto(site.at('/in-browser?engine=wasm'));
    await page.getByRole('button', { name: /Load the model/ }).click();
    await page.getByText(/could not run here: the file differs from its card/).waitFor();
  });
});

describe.skipIf(NO_BROWSER)('what screen readers say', () => {
  it('is the question and who answered what', async () => {
    const { page } = await site.open();
    await page.goto(site.worker.url.href);
    await page.getByRole('link', { name: 'Next scene' }).click();
    await answered(page);
    const colour = await page.locator('.question-and-answers em').innerText();
    const said = page.locator('.question-and-answers [role=status]').first();
    await expect
      .poll(() => said.textContent(), WAIT)
      .toMatch(new RegExp(`^${colour}: text-only, which reads the text: `));
    expect(await page.locator('[aria-live]:has-text("waiting")').count()).toBe(0);
  });
});

describe.skipIf(NO_BROWSER)('forced colours', () => {
  it.each(['/', '/build', '/mechanism', '/models'])(
    'leave the current page and what is chosen on %s visible',
    async (path) => {
      const { page } = await site.open({ forcedColors: 'active' });
      await gotoComplete(page, site.at(path));
      const width = await page
        .locator('nav a[aria-current]')
        .first()
        .evaluate((one) => getComputedStyle(one).borderBottomWidth);
      expect(parseFloat(width)).toBeGreaterThan(1);
      const chosen = page.locator('.editor .is-selected, label.is-asked');
      for (const one of await chosen.all()) {
        expect(await one.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe(
          'solid',
        );
      }
      await page.context().close();
    },
  );
});

describe.skipIf(NO_BROWSER)('trouble', () => {
  it('with the network is shown, until the network is back', async () => {
    const { page } = await site.open();
    await page.goto(site.worker.url.href);
    // Before, the script could not be loaded any more, and the link would be followed by the browser.
    await startScript(page);
    await page.context().setOffline(true);
    await page.getByRole('link', { name: 'Next scene' }).click();
    await page.getByText('You are offline').waitFor();
    await page.context().setOffline(false);
    await answered(page);
  });

  it('with one model leaves the others answering', async () => {
    const { page } = await site.open();
    await page.goto(site.worker.url.href);
    const broken = await page.locator('#model-0').inputValue();
    await page.route('**/v1/predict', async (route) => {
      if (!(route.request().postData() ?? '').includes(`"${broken}"`)) return route.continue();
      const body = JSON.stringify({
        type: '/problems/model-unavailable',
        title: 'Model unavailable',
        status: 503,
        detail: `model "${broken}" cannot be loaded`,
      });
      return route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        headers: { 'retry-after': '99' },
        body,
      });
    });
    await page.getByRole('link', { name: 'Next scene' }).click();
    await page.getByRole('cell', { name: 'cannot answer right now' }).waitFor();
    await answered(page);
    await page.unroute('**/v1/predict');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Try again' }).waitFor({ state: 'detached' });
    await expect.poll(() => page.locator('.answers .verdict').count(), WAIT).toBe(3);
  });

  it('with a slow network leaves the figures and the scene to be seen', async () => {
    const { page } = await site.open();
    const session = await page.context().newCDPSession(page);
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 400,
      downloadThroughput: 50_000,
      uploadThroughput: 25_000,
    });
    await page.goto(site.worker.url.href, { waitUntil: 'domcontentloaded' });
    expect(await page.locator('h1').innerText()).toMatch(/\d\u00a0%/);
    await answered(page);
  });
});

describe.skipIf(NO_BROWSER)('WebGPU on a software adapter', () => {
  it('gives the same answers, or leaves them to WebAssembly where that is faster', async () => {
    const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
    const software = await launchBrowser(flags);
    const report = async (engine: string) => {
      const { page } = await openPage(software);
      await page.goto(site.at(`/in-browser?objects=4&engine=${engine}`));
      return reportOf(page);
    };
    const forced = await report('webgpu');
    expect(forced).toMatch(/Engine\s+WebGPU/);
    expect(forced).toMatch(/64 of 64\s+probabilities/);
    const chosen = await report('auto');
    expect(chosen).toMatch(/WebGPU in software \d+ ms, WebAssembly \d+ ms/);
    expect(chosen).toMatch(/64 of 64\s+probabilities/);
    await software.close();
  });
});

describe.skipIf(NO_BROWSER)('a screen of 320 pixels, as at 400 % zoom', () => {
  it('shows every page and embed without scrolling sideways', async () => {
    const { page } = await site.open({ viewport: { width: 320, height: 640 } });
    const paths = ['/', '/build', '/mechanism', '/in-browser', '/models', '/models/image-text'];
    const embeds = ['/embed/comparison?locale=de', '/embed/scene?locale=fr', '/embed/mechanism'];
    for (const path of [...paths, '/reference', '/problems', '/status', '/pretrained', ...embeds]) {
      await gotoComplete(page, site.at(path));
      expect({ path, overflow: await overflowOf(page) }).toEqual({ path, overflow: 0 });
    }
    await page.context().close();
  });
});

describe.skipIf(NO_BROWSER)('pages', () => {
  it.each([
    ['/build', DESKTOP, 'light'],
    ['/build', PHONE, 'dark'],
    ['/mechanism', DESKTOP, 'dark'],
    ['/mechanism', PHONE, 'light'],
    ['/in-browser', PHONE, 'light'],
    ['/reference', DESKTOP, 'light'],
    ['/reference', PHONE, 'dark'],
    ['/problems', PHONE, 'light'],
    ['/status', DESKTOP, 'dark'],
    ['/pretrained', PHONE, 'light'],
  ] as const)('%s is accessible at %o, %s, and fits', async (path, viewport, colorScheme) => {
    const { page, errors } = await site.open({ viewport, colorScheme });
    await gotoComplete(page, site.at(path));
    expect(await pageFaults(page)).toEqual(NO_FAULTS);
    expect(errors).toEqual([]);
  });
});
