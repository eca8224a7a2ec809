import { mechanismParametersSchema } from '../../contract/page-parameters.ts';
import { validDocumentTextSchema } from '../../contract/parse-document.ts';
import { selectModels } from '../../site/explorer/plan.ts';
import { mechanismEmbedAddress } from '../../site/lib/embed-addresses.ts';
import { addressesOf } from '../embeds/addresses.ts';
import { addressOf } from '../../site/lib/address.ts';
import { html } from '../http/openapi-responses.ts';
import { publicUrl } from '../http/public-url.ts';
import { PAGE } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';
import { siteModels } from './site-models.ts';
import { showSitePage } from './site-page.ts';

const { document } = mechanismParametersSchema.shape;
/** The parameters of the page, with the content of the document checked, too. */
const requestSchema = mechanismParametersSchema.extend({
  document: validDocumentTextSchema.optional().meta(document.meta() ?? {}),
});

export const mechanismPage = defineRoute({
  contract: {
    method: 'get',
    path: '/mechanism',
    operationId: 'mechanismPage',
    tags: ['Pages'],
    summary: 'The page about the mechanism of models',
    request: { query: requestSchema },
    responses: { 200: html },
  },
  policy: PAGE,
  handler:
    ({ models }) =>
    async (c) => {
      const parameters = c.req.valid('query');
      const all = await siteModels(models, parameters.models);
      const embed = mechanismEmbedAddress(parameters, selectModels(all, parameters.models));
      return showSitePage(c, {
        address: addressOf('/mechanism', mechanismParametersSchema, parameters),
        title: 'By place or by shape: the mechanism of the models',
        description:
          'Patch the activations of a model, and see whether it binds by place or by shape.',
        shared: {
          image: addressesOf('mechanism', new URL(embed, publicUrl(c.req))).image,
          embeddable: true,
        },
        state: { page: 'mechanism', models: all, parameters },
      });
    },
});
