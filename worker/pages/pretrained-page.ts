import { raw } from 'hono/html';
import { pretrainedSummarySchema } from '../../contract/pretrained-summary.ts';
import summary from '../../site/pretrained/summary.json';
import { renderPretrained } from '../../site/server.js';
import { html as htmlResponse } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { DOCUMENT } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { document } from './document.ts';
import { PAGE_TEXTS } from './page-texts.ts';
import { shareHead } from './share-head.ts';
import { filesOfPage } from './site-manifest.ts';

const STYLES = [...filesOfPage('style').styles, ...filesOfPage('models').styles];

/** What `npm run results` found in `results/pretrained/`. */
const SUMMARY = pretrainedSummarySchema.parse(summary);

export const pretrainedPage = defineRoute({
  contract: {
    method: 'get',
    path: '/pretrained',
    operationId: 'pretrainedPage',
    tags: ['Pages'],
    summary: 'The page of language models from elsewhere',
    description: 'Interchange in language models, beside the figures of the paper.',
    responses: { 200: htmlResponse },
  },
  policy: { ...DOCUMENT, cache: 'hour' },
  handler: () => (c) => {
    const url = new URL('/pretrained', publicUrl(c.req));
    const text = PAGE_TEXTS.pretrained;
    const image = new URL('/preview/page.png?page=pretrained', url);
    return c.html(
      document({
        ...text,
        styles: STYLES,
        head: shareHead({ ...text, url, image, embeddable: false }),
        body: raw(renderPretrained(SUMMARY)),
      }),
      200,
    );
  },
});
