import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMBED_KINDS, oembedResponseSchema, PREVIEW_SIZE } from '../../contract/embeds.ts';
import { predictResponseSchema } from '../../contract/predictions.ts';
import { querySchema } from '../../contract/queries.ts';
import { percentIn } from '../../plots/labels.ts';
import { FIXTURES } from '../../harness/miniature-models.ts';
import { read, readProblem, startWorker, type RunningWorker } from '../../harness/worker.ts';
import { elementAt } from '../../task/element-at.ts';

const queryNameOf = (question: string) =>
  `test.text.shuffled.${question}.n6.v16-16-12.z0.g6.s5.i2.q4`;

let worker: RunningWorker;
beforeAll(async () => void (worker = await startWorker()));
afterAll(() => worker.stop());

const textOf = async (path: string): Promise<string> => {
  const response = await worker.fetch(path);
  expect(response.status, path).toBe(200);
  return response.text();
};

describe('/embed', () => {
  it.each(EMBED_KINDS)(
    '%s may be framed by anyone, and runs scripts of this site alone',
    async (kind) => {
      const { headers } = await worker.fetch(`/embed/${kind}`);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain('frame-ancestors *');
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-frame-options')).toBeNull();
    },
  );

  it.each(['/', '/problems', '/reference', '/v1/models', '/v1/accuracy.svg', '/nothing/embed'])(
    'is the only place that may: %s may not',
    async (path) => {
      const { headers } = await worker.fetch(path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    },
  );

  it('has the figures of the cards, with intervals and counts, in the language asked for', async () => {
    const page = await textOf(`/embed/comparison?models=${FIXTURES.seeing}`);
    expect(page).toContain('<html lang="en" data-theme="auto">');
    expect(page).toContain('Accuracy on text');
    expect(page).toMatch(/20\.0\s%\s+<small>\[15\.0, 26\.1\] <span class="counts">40 \/ 200/);
    expect(page).not.toMatch(/ style="|<script>/);
    const german = await textOf(`/embed/comparison?models=${FIXTURES.seeing}&locale=de&theme=dark`);
    expect(german).toContain('<html lang="de" data-theme="dark">');
    expect(german).toContain('Genauigkeit auf Text');
    expect(german).toContain('[15,0; 26,1]');
    expect(await textOf('/embed/mechanism')).toContain(FIXTURES.text);
  });

  it.each([
    ['comparison?models=nobody', 404],
    ['comparison?theme=pink', 400],
    ['mechanism?locale=xx', 400],
    [`mechanism?models=${FIXTURES.seeing}`, 404],
    ['scene?models=nobody', 404],
    ['scene?objects=99', 400],
    ['scene?query=nothing', 400],
    [`scene?query=${queryNameOf('association')}`, 400],
    ['nothing', 404],
  ])('%s is refused', async (path, status) => {
    expect(await readProblem(await worker.fetch(`/embed/${path}`))).toMatchObject({ status });
  });
});

describe('an error that a person sees', () => {
  const HTML = { accept: 'text/html,application/xhtml+xml,image/avif,*/*;q=0.8' };
  const IMAGE = { accept: 'image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8' };

  it.each([
    ['/embed/comparison?models=nope', 404, '/'],
    ['/embed/scene?objects=64&theme=dark', 400, '/'],
    ['/embed/mechanism?models=nope&locale=de', 404, '/mechanism'],
    // A mistyped address in a frame is the error of an embed, too.
    ['/embed/comparisons', 404, '/'],
    ['/embed', 404, '/'],
  ])('of %s is a page for a frame with the reason and a link', async (path, status, link) => {
    const response = await worker.fetch(path, { headers: HTML });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toContain('frame-ancestors *');
    expect(response.headers.get('x-frame-options')).toBeNull();
    const { detail } = await readProblem(await worker.fetch(path));
    const page = await response.text();
    expect(page.replaceAll('&quot;', '"')).toContain(detail);
    expect(page).toContain(`href="${new URL(link, worker.url).href}"`);
    expect(page).toContain('/site/embed-');
  });

  it.each([
    ['/v1/accuracy.svg?models=nope&theme=dark', 404],
    ['/preview/scene.png?objects=64', 400],
    ['/badge/nope.svg', 404],
    ['/v1/queries/nothing.svg', 404],
    ['/v1/acuracy.svg', 404],
  ])('of %s is a picture with the reason', async (path, status) => {
    const response = await worker.fetch(path, { headers: IMAGE });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('image/svg+xml');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { detail } = await readProblem(await worker.fetch(path));
    expect(await response.text()).toContain(detail.replaceAll('"', '&quot;'));
  });

  it.each([
    ['/build?order=none', 400],
    ['/models/nope', 404],
    ['/nothing/here', 404],
  ])('of %s is a page with a way back', async (path, status) => {
    const response = await worker.fetch(path, { headers: HTML });
    expect(response.status).toBe(status);
    expect(await response.text()).toContain('href="/"');
  });

  it('has a slash at its end removed where the address is right without', async () => {
    const response = await worker.fetch('/embed/comparison/?theme=dark', { redirect: 'manual' });
    expect(response.status).toBe(308);
    expect(response.headers.get('location')).toBe('/embed/comparison?theme=dark');
    // In a frame, browsers apply this to the redirect, too.
    expect(response.headers.get('content-security-policy')).toContain('frame-ancestors *');
    // Never to another site.
    const address = `${worker.url.origin}//example.org/`;
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(404);
  });
});

describe('/embed/scene', () => {
  it('shows a scene that was built by hand, and leads back to the editor', async () => {
    const page = await textOf(
      '/embed/scene?scene=3.1.2.3.4_5.7.8.0.0&questionIndex=1&order=reversed',
    );
    const editor = await textOf('/build?scene=3.1.2.3.4_5.7.8.0.0&questionIndex=1&order=reversed');
    const pairs = (html: string) =>
      Array.from(html.matchAll(/<b>([\w-]+)<\/b>/g), ([, word]) => word);
    expect(pairs(page).length).toBeGreaterThan(3);
    for (const word of pairs(page)) expect(editor).toContain(word);
    expect(page).toContain(
      '/build?questionIndex=1&amp;order=reversed&amp;scene=3.1.2.3.4_5.7.8.0.0',
    );
    for (const wrong of ['order=reversed', 'scene=3.1.2.3.4&order=shuffled', 'scene=']) {
      expect((await worker.fetch(`/embed/scene?${wrong}`)).status, wrong).toBe(400);
    }
  });

  const NAME = queryNameOf('indirect');

  it('shows the answers that the API gives, as text and as a picture', async () => {
    const page = await textOf(
      `/embed/scene?query=${NAME}&models=${FIXTURES.text},${FIXTURES.seeing}`,
    );
    const { text, objects, asked, answer } = await read(
      await worker.fetch(`/v1/queries/${NAME}`),
      querySchema,
    );
    expect(page).toContain(`>${asked.name}</em> shape?`);
    expect(page).toContain(`>${answer.name}</b>`);
    for (const { colour, shape } of objects) {
      expect(text).toContain(`${colour} ${shape}`);
      expect(page).toContain(`<b>${colour}</b> ${shape}`);
    }
    const queries = [NAME, NAME.replace('.text.', '.image.')];
    const { results } = await read(
      await worker.post('/v1/predict', { models: [FIXTURES.seeing], queries, top: 1 }),
      predictResponseSchema,
    );
    const rows = Array.from(page.matchAll(/<tr><th scope="row">.*?<\/tr>/gs), ([row]) => row);
    expect(rows).toHaveLength(3);
    for (const [at, { answers }] of results.entries()) {
      const { answer: said, correct } = elementAt(answers, 0);
      expect(rows[at + 1]).toContain(FIXTURES.seeing);
      expect(rows[at + 1]).toContain(`>${said.name}</b>`);
      expect(rows[at + 1]).toContain(correct ? 'is-right' : 'is-wrong');
      expect(rows[at + 1]).toContain(percentIn('en', said.probability));
    }
  });

  it('is recalled where it has been played, whatever it looks like, and known without being played', async () => {
    const path = `/embed/scene?sceneIndex=77&models=${FIXTURES.text}`;
    const first = await worker.fetch(path);
    expect(first.headers.get('cache-status')).toBe('bindscope; fwd=miss; stored');
    const etag = first.headers.get('etag') ?? '';
    const german = await worker.fetch(`${path}&locale=de`);
    expect(german.headers.get('cache-status')).toBe('bindscope; hit');
    expect(german.headers.get('etag')).not.toBe(etag);
    const known = await worker.fetch(path, { headers: { 'if-none-match': etag } });
    expect(known.status).toBe(304);
    // Browsers take over the headers of a 304.
    expect(known.headers.get('content-security-policy')).toContain('frame-ancestors *');
    expect(known.headers.get('etag')).toBe(etag);
  });

  it('leads back to the same round', async () => {
    const page = await textOf('/embed/scene?objects=5&sceneIndex=3&questionIndex=2&theme=dark');
    const back = /<footer>\s*<a href="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const { pathname, search } = new URL(back);
    expect(pathname + search).toBe('/?objects=5&sceneIndex=3&questionIndex=2');
    const question = (html: string, end: string) =>
      new RegExp(`>([\\w-]+)</em> shape\\?</${end}>`).exec(html)?.[1];
    expect(question(page, 'h1')).toBeDefined();
    expect(question(await textOf(pathname + search), 'h2')).toBe(question(page, 'h1'));
  });
});

describe('/oembed', () => {
  const ask = (query: Record<string, string>) =>
    worker.fetch(`/oembed?${new URLSearchParams(query).toString()}`);
  const embed = () => new URL(`/embed/comparison?models=${FIXTURES.text}`, worker.url).href;

  it('is found from the page', async () => {
    const page = await textOf(new URL(embed()).pathname + new URL(embed()).search);
    const links = page.matchAll(/type="(application\/json|text\/xml)\+oembed"\s+href="([^"]+)"/g);
    const found = Array.from(
      links,
      ([, type = '', href = '']) => [type, href.replaceAll('&amp;', '&')] as const,
    );
    expect(found.map(([type]) => type)).toEqual(['application/json', 'text/xml']);
    for (const [type, href] of found) {
      const response = await fetch(href);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain(type);
      expect(await response.text()).toContain('Accuracy on text');
    }
  });

  it('answers with a frame of that page', async () => {
    const answer = await read(await ask({ url: embed() }), oembedResponseSchema);
    expect(answer).toMatchObject({ type: 'rich', version: '1.0', width: 720 });
    expect(answer.html).toContain(`src="${embed()}"`);
    expect(answer.html).toContain(`height="${answer.height}"`);
    const frame = await fetch(embed());
    expect(frame.status).toBe(200);
  });

  it('keeps within the room there is, its picture too', async () => {
    const room = { maxwidth: '400', maxheight: '300' };
    const answer = await read(await ask({ url: embed(), ...room }), oembedResponseSchema);
    expect(answer).toMatchObject({ width: 400, height: 300, thumbnail_width: 400 });
    expect(answer.thumbnail_height).toBeLessThanOrEqual(300);
    const picture = decode(await (await fetch(answer.thumbnail_url)).arrayBuffer());
    expect([picture.width, picture.height]).toEqual([
      answer.thumbnail_width,
      answer.thumbnail_height,
    ]);
  });

  it.each([
    ['/?objects=5&sceneIndex=2', '/embed/scene?objects=5&amp;sceneIndex=2'],
    [`/?models=${FIXTURES.text}`, `/embed/scene?models=${FIXTURES.text}`],
    ['/build?scene=0.1.2.3.4', '/embed/scene?scene=0.1.2.3.4'],
    [`/mechanism?models=${FIXTURES.text}&layer=1`, `/embed/mechanism?models=${FIXTURES.text}`],
    [`/models/${FIXTURES.text}`, `/embed/comparison?models=${FIXTURES.text}`],
  ])('turns %s into the frame that shows the same', async (path, frame) => {
    const page = await textOf(path);
    const found = /type="application\/json\+oembed"\s+href="([^"]+)"/.exec(page)?.[1] ?? '';
    const answer = await read(await fetch(found.replaceAll('&amp;', '&')), oembedResponseSchema);
    expect(answer.html).toContain(`src="${new URL(worker.url).origin}${frame}"`);
  });

  it('ignores parameters that it does not know, of its own and of the address', async () => {
    const plain = await read(await ask({ url: embed() }), oembedResponseSchema);
    for (const request of [
      { url: embed(), dnt: '1' },
      { url: `${embed()}&utm_source=news&fbclid=1&ref=x&v=2` },
      { url: embed().replace('?', '/?') },
      { url: embed(), maxwidth: '0', maxheight: '' },
    ]) {
      expect(await read(await ask(request), oembedResponseSchema)).toEqual(plain);
    }
  });

  it('answers with the scheme of the visitor behind a proxy that ends TLS', async () => {
    const secure = embed().replace('http:', 'https:');
    for (const headers of [
      { 'x-forwarded-proto': 'https' },
      { forwarded: 'for=192.0.2.1;proto=https' },
    ]) {
      const response = await worker.fetch(`/oembed?url=${encodeURIComponent(secure)}`, { headers });
      const answer = await read(response, oembedResponseSchema);
      expect(answer.html).toContain(`src="${secure}"`);
      expect(answer.thumbnail_url).toMatch(/^https:/);
      const page = await (await worker.fetch('/models', { headers })).text();
      expect(page).toMatch(/property="og:image" content="https:/);
      expect(page).toContain(`rel="canonical" href="https://${worker.url.host}/models"`);
    }
  });

  it('speaks XML', async () => {
    const response = await ask({ url: `${embed()}&theme=dark`, format: 'xml' });
    expect(response.headers.get('content-type')).toContain('text/xml');
    const xml = await response.text();
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="utf-8" standalone="yes"\?>\n<oembed>/);
    // The frame's ampersands are escaped in its HTML, and that again in the XML.
    expect(xml).toContain('&lt;iframe src="');
    expect(xml).toContain('&amp;amp;theme=dark');
  });

  it.each([
    [{ url: 'https://example.org/embed/comparison' }, 404, 'not-embeddable'],
    [{ url: '/v1/models' }, 404, 'not-embeddable'],
    [{ url: '/embed/comparison?models=nobody' }, 404, 'not-embeddable'],
    [{ url: '/embed/comparison?theme=pink' }, 404, 'not-embeddable'],
    [{ url: 'http://[' }, 404, 'not-embeddable'],
    [{ url: '/build?scene=' }, 404, 'not-embeddable'],
    [{ url: '/in-browser' }, 404, 'not-embeddable'],
    [{ url: '/models/nobody' }, 404, 'not-embeddable'],
    [{ url: '/models/%ff' }, 404, 'not-embeddable'],
    [{ url: '/?objects=99' }, 404, 'not-embeddable'],
    [{ url: '/embed/comparison', format: 'yaml' }, 501, 'unknown-format'],
    [{ url: '/embed/comparison', maxwidth: 'wide' }, 400, 'invalid-request'],
    [{}, 400, 'invalid-request'],
  ])('%j is a %d', async (query, status, kind) => {
    const problem = await readProblem(await ask(query));
    expect(problem).toMatchObject({ status, type: `/problems/${kind}` });
  });
});

describe('pages', () => {
  const tag = (page: string, property: string) =>
    new RegExp(`property="og:${property}" content="([^"]*)"`)
      .exec(page)?.[1]
      ?.replaceAll('&amp;', '&') ?? '';

  const PAGES = [
    '/',
    '/build',
    `/mechanism?models=${FIXTURES.text}`,
    '/in-browser',
    `/models/${FIXTURES.text}`,
    '/reference',
    '/problems',
    '/pretrained',
    '/status',
  ];

  it('have a picture, a title and a canonical address of their own', async () => {
    const [images, titles] = [new Set<string>(), new Set<string>()];
    for (const path of PAGES) {
      const separator = path.includes('?') ? '&' : '?';
      const page = await textOf(`${path}${separator}utm_source=news&fbclid=1`);
      const address = new URL(path, worker.url).href;
      expect(tag(page, 'url')).toBe(address);
      expect(page).toContain(`rel="canonical" href="${address}"`);
      images.add(tag(page, 'image'));
      titles.add(/<title>([^<]+)/.exec(page)?.[1] ?? '');
      // Sites that show links name the site beside the title.
      expect(tag(page, 'title')).not.toMatch(/^$|- bindscope$/);
      const response = await fetch(tag(page, 'image'));
      expect(response.headers.get('content-type')).toBe('image/png');
    }
    expect(images.size).toBe(PAGES.length);
    expect(titles.size).toBe(PAGES.length);
  });

  it('name icons and a manifest that are there', async () => {
    const page = await textOf('/');
    const links = page.matchAll(/rel="(?:icon|apple-touch-icon|manifest)" href="([^"]+)"/g);
    const paths = Array.from(links, ([, path = '']) => path);
    const { icons } = JSON.parse(await textOf('/site.webmanifest')) as { icons: { src: string }[] };
    const types = new Map<string, string | null>();
    for (const path of new Set([...paths, ...icons.map(({ src }) => src)])) {
      const response = await worker.fetch(path);
      expect(response.status, path).toBe(200);
      types.set(path, response.headers.get('content-type'));
      if (!path.endsWith('.png')) continue;
      const { width } = decode(await response.arrayBuffer());
      expect(path).toBe(`/icons/${width}.png`);
    }
    expect(Object.fromEntries(types)).toEqual({
      '/favicon.svg': 'image/svg+xml',
      '/favicon.ico': 'image/x-icon',
      '/site.webmanifest': 'application/manifest+json',
      ...Object.fromEntries([180, 192, 512].map((size) => [`/icons/${size}.png`, 'image/png'])),
    });
    const ico = new Uint8Array(await (await worker.fetch('/favicon.ico')).arrayBuffer());
    expect(decode(ico.slice(22)).width).toBe(32);
  });

  it('are all in the sitemap, which robots.txt names', async () => {
    const rules = await textOf('/robots.txt');
    const map = /^Sitemap: (.+)$/m.exec(rules)?.[1] ?? '';
    const xml = await (await fetch(map)).text();
    const addresses = Array.from(xml.matchAll(/<loc>([^<]+)/g), ([, url = '']) => url);
    expect(addresses).toContain(new URL(`/models/${FIXTURES.seeing}`, worker.url).href);
    for (const address of addresses) expect((await fetch(address)).status, address).toBe(200);
  });

  it('of rounds say what is asked, and who was right', async () => {
    const page = await textOf('/?objects=5&sceneIndex=3');
    const question = /<h2>(Which item .*?)<\/h2>/.exec(page)?.[1]?.replaceAll(/<[^>]+>/g, '');
    expect(tag(page, 'title')).toBe(question);
    expect(tag(page, 'description')).toMatch(/^Correct: \w+\. fixture-text \(reads the text\): /);
    expect(tag(page, 'image')).toContain('/preview/scene.png?objects=5&sceneIndex=3');
  });
});

describe('/preview', () => {
  it.each(EMBED_KINDS)('%s.png is what Open Graph names', async (kind) => {
    const page = await textOf(`/embed/${kind}?models=${FIXTURES.text}`);
    const image = /property="og:image" content="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(image).toContain(`/preview/${kind}.png?models=${FIXTURES.text}`);
    const response = await fetch(image.replaceAll('&amp;', '&'));
    expect(response.headers.get('content-type')).toBe('image/png');
    const { width, height, data } = decode(await response.arrayBuffer());
    expect({ width, height }).toEqual(PREVIEW_SIZE);
    // Not one colour alone: something was drawn.
    expect(new Set(Array.from(data.subarray(0, 4 * 1200 * 150))).size).toBeGreaterThan(20);
  });

  it('of a score shows the score, and follows it', async () => {
    const page = await textOf(`/?score=3-1-of-4&models=${FIXTURES.text}`);
    const image = /property="og:image" content="([^"]+)"/.exec(page)?.[1] ?? '';
    expect(image).toContain(`/preview/score.png?score=3-1-of-4&amp;models=${FIXTURES.text}`);
    const pixels = async (query: string) => {
      const response = await worker.fetch(`/preview/score.png?width=400&${query}`);
      return Buffer.from(decode(await response.arrayBuffer()).data).toString('base64');
    };
    const three = await pixels(`score=3-1-of-4&models=${FIXTURES.text}`);
    expect(await pixels(`score=4-1-of-4&models=${FIXTURES.text}`)).not.toBe(three);
    expect((await fetch(image.replaceAll('&amp;', '&'))).status).toBe(200);
    for (const fault of ['', 'score=5-1-of-4', 'score=3-1-of-4&theme=auto']) {
      expect((await worker.fetch(`/preview/score.png?${fault}`)).status).toBe(400);
    }
  });

  it('is light or dark, and as wide as asked for', async () => {
    const corner = async (query: string) => {
      const response = await worker.fetch(`/preview/comparison.png?width=120${query}`);
      const { width, data } = decode(await response.arrayBuffer());
      expect(width).toBe(120);
      return data[0];
    };
    expect(await corner('')).toBeGreaterThan(200);
    expect(await corner('&theme=dark')).toBeLessThan(50);
  });

  it.each(['comparison.png?width=5000', 'comparison.png?theme=auto', 'comparison.png?models=a b'])(
    '%s is refused',
    async (path) => {
      expect(await readProblem(await worker.fetch(`/preview/${path}`))).toMatchObject({
        status: 400,
      });
    },
  );
});
