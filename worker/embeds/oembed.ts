import { html } from 'hono/html';
import {
  EMBED_KINDS,
  PREVIEW_SIZE,
  type EmbedKind,
  type OembedRequest,
  type OembedResponse,
} from '../../contract/embeds.ts';
import {
  explorerParametersSchema,
  mechanismParametersSchema,
  sceneEditorParametersSchema,
} from '../../contract/page-parameters.ts';
import type { Models } from '../../services/models.ts';
import { invalidPart, ServiceError } from '../../services/service-error.ts';
import { selectModels } from '../../site/explorer/plan.ts';
import {
  comparisonEmbedAddress,
  editedSceneEmbedAddress,
  mechanismEmbedAddress,
  sceneEmbedAddress,
} from '../../site/lib/embed-addresses.ts';
import { HOUR } from '../http/http-cache.ts';
import { parseQuery } from '../http/request-validation.ts';
import { REDIRECTS } from '../pages/redirects.ts';
import { siteModels } from '../pages/site-models.ts';
import { addressesOf, EMBEDS } from './addresses.ts';
import { embedHeight } from './embed-document.ts';
import { embedOutline } from './embed-outline.ts';

/** Width of a frame in pixels, unless the consumer allows less. */
const DEFAULT_WIDTH = 720;

/**
 * oEmbed 1.0 (https://oembed.com): a frame for a page, within the allowed size.
 *
 * @param base address of this deployment
 * @throws ServiceError where the address is not an embeddable page
 */
export async function describeEmbed(
  models: Models,
  { url: given, maxwidth, maxheight }: Omit<OembedRequest, 'format'>,
  base: URL,
): Promise<OembedResponse> {
  const found = await findEmbed(models, given, base).catch(throwNotEmbeddable);
  const { kind } = found;
  const parameters = Object.fromEntries(found.url.searchParams);
  const outline = await embedOutline(models, kind, parameters).catch(throwNotEmbeddable);
  const url = new URL(outline.address, base);
  const width = Math.min(DEFAULT_WIDTH, maxwidth ?? DEFAULT_WIDTH);
  const height = Math.min(embedHeight(outline, width), maxheight ?? Infinity);
  const thumbnail = thumbnailSize(maxwidth, maxheight);
  const { image } = addressesOf(kind, url);
  image.searchParams.set('width', String(thumbnail.width));
  return {
    type: 'rich',
    version: '1.0',
    title: outline.title,
    provider_name: 'bindscope',
    provider_url: base.origin,
    cache_age: HOUR,
    html: await frame(url, outline.title, width, height),
    width,
    height,
    thumbnail_url: image.href,
    thumbnail_width: thumbnail.width,
    thumbnail_height: thumbnail.height,
  };
}

/** oEmbed has one status for all addresses that cannot be embedded: 404. */
function throwNotEmbeddable(error: unknown): never {
  if (!(error instanceof ServiceError)) throw error;
  throw new ServiceError('not-embeddable', error.detail);
}

/**
 * The embed at an address, or the one that shows the same as the page at the address.
 *
 * @throws ServiceError where there is no embed for the address
 */
async function findEmbed(
  models: Models,
  given: string,
  base: URL,
): Promise<{ kind: EmbedKind; url: URL }> {
  const url = URL.canParse(given, base.href) ? new URL(given, base) : undefined;
  // Only the host: behind a proxy, the scheme may differ from the visitor's.
  if (url?.host !== base.host) {
    throw new ServiceError('not-embeddable', `"${given}" is not an address of ${base.host}`);
  }
  const embed = new URL(await embedPathOf(models, url), base);
  const kind = EMBED_KINDS.find((candidate) => EMBEDS[candidate].path === embed.pathname);
  if (kind) return { kind, url: embed };
  const pages = [...Object.keys(EMBED_OF_PAGE), '/models/{id}'];
  const paths = [...pages, ...EMBED_KINDS.map((one) => EMBEDS[one].path)];
  throw new ServiceError(
    'not-embeddable',
    `${embed.pathname} cannot be embedded; these pages can: ${paths.join(', ')}`,
  );
}

/** @returns path and query of the embed for a page; those of the address itself where it is none */
async function embedPathOf(models: Models, url: URL): Promise<string> {
  const trimmed = url.pathname.replace(/(?<=.)\/+$/, '');
  const pathname = REDIRECTS[trimmed] ?? trimmed;
  const [, model] = /^\/models\/([^/%]+)$/.exec(pathname) ?? [];
  if (model !== undefined) return comparisonEmbedAddress(model);
  const embedOfPage = EMBED_OF_PAGE[pathname];
  return embedOfPage
    ? embedOfPage(Object.fromEntries(url.searchParams), models)
    : pathname + url.search;
}

/** By path of a page: makes the path of the embed that shows the same. */
const EMBED_OF_PAGE: Readonly<
  Record<string, (parameters: unknown, models: Models) => Promise<string>>
> = {
  '/': async (given, models) => {
    const parameters = parseQuery(explorerParametersSchema, given);
    const { models: named } = parameters;
    return sceneEmbedAddress(parameters, selectModels(await siteModels(models, named), named));
  },
  '/build': async (given, models) => {
    const parameters = parseQuery(sceneEditorParametersSchema, given);
    const { models: named, scene } = parameters;
    if (scene === '') throw invalidPart('query.scene', 'an empty scene cannot be embedded');
    return editedSceneEmbedAddress(
      parameters,
      selectModels(await siteModels(models, named), named),
    );
  },
  '/mechanism': async (given, models) => {
    const parameters = parseQuery(mechanismParametersSchema, given);
    const { models: named } = parameters;
    return mechanismEmbedAddress(parameters, selectModels(await siteModels(models, named), named));
  },
};

async function frame(url: URL, title: string, width: number, height: number): Promise<string> {
  const element = await html`<iframe
    src="${url.href}"
    title="${title}"
    width="${width}"
    height="${height}"
    frameborder="0"
    loading="lazy"
  ></iframe>`;
  return element.toString().replaceAll(/\s+/g, ' ').replace(' >', '>');
}

/** The largest size of a preview within the given one. */
function thumbnailSize(maxwidth = Infinity, maxheight = Infinity) {
  const ratio = PREVIEW_SIZE.height / PREVIEW_SIZE.width;
  const width = Math.max(1, Math.floor(Math.min(PREVIEW_SIZE.width, maxwidth, maxheight / ratio)));
  return { width, height: Math.max(1, Math.round(width * ratio)) };
}

/** The response as XML (oEmbed, section 2.3.4). */
export function oembedXml(response: OembedResponse): string {
  const fields = Object.entries(response).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  );
  const head = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>';
  return `${head}\n<oembed>\n${fields.join('\n')}\n</oembed>\n`;
}

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
