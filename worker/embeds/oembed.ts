import { html } from 'hono/html';
import {
  PREVIEW_SIZE,
  EMBED_KINDS,
  type EmbedKind,
  type OembedRequest,
  type OembedResponse,
} from '../../contract/embeds.ts';
import { mechanismParametersSchema, explorerParametersSchema } from '../../contract/pages.ts';
import { mechanismEmbedAddress, sceneEmbedAddress } from '../../site/lib/embed-addresses.ts';
import { selectModels } from '../../site/explorer/plan.ts';
import { addressesOf, EMBEDS } from './addresses.ts';
import { embedOutline } from './contents.ts';
import { embedHeight } from './document.ts';
import { siteModels } from '../pages/site-page.ts';
import type { Models } from '../../services/models.ts';
import { ServiceError } from '../../services/service-error.ts';
import { parsedQuery } from '../http/request-validation.ts';

/** What a frame has unless the asker has less room, in pixels. */
const USUAL_WIDTH = 720;

/** Seconds: figures change when models are deployed. */
const KEPT = 3600;

/**
 * oEmbed 1.0 (https://oembed.com): a page as a frame that fits the room there is.
 *
 * @param base address of this deployment
 * @throws ServiceError where the address is not of a page that can be embedded
 */
export async function describeEmbed(
  models: Models,
  { url: given, maxwidth, maxheight }: Omit<OembedRequest, 'format'>,
  base: URL,
): Promise<OembedResponse> {
  const { kind, url } = await embedAt(models, given, base).catch(asNotEmbeddable);
  const parameters = Object.fromEntries(url.searchParams);
  const content = await embedOutline(models, kind, parameters).catch(asNotEmbeddable);
  const width = Math.min(USUAL_WIDTH, maxwidth ?? USUAL_WIDTH);
  const height = Math.min(embedHeight(content, width), maxheight ?? Infinity);
  const thumbnail = previewWithin(maxwidth, maxheight);
  const { image } = addressesOf(kind, url);
  image.searchParams.set('width', String(thumbnail.width));
  return {
    type: 'rich',
    version: '1.0',
    title: content.title,
    provider_name: 'bindscope',
    provider_url: base.origin,
    cache_age: KEPT,
    html: await frame(url, content.title, width, height),
    width,
    height,
    thumbnail_url: image.href,
    thumbnail_width: thumbnail.width,
    thumbnail_height: thumbnail.height,
  };
}

/** oEmbed knows one way to say no. */
function asNotEmbeddable(error: unknown): never {
  if (!(error instanceof ServiceError)) throw error;
  throw new ServiceError('not-embeddable', error.detail);
}

/**
 * The embed at an address, or the one that shows what a page does.
 *
 * @throws ServiceError where nothing of this deployment is there that can be embedded
 */
async function embedAt(
  models: Models,
  given: string,
  base: URL,
): Promise<{ kind: EmbedKind; url: URL }> {
  const url = URL.canParse(given, base.href) ? new URL(given, base) : undefined;
  // Behind a proxy the scheme may be another than the visitor's.
  if (url?.host !== base.host) {
    throw new ServiceError('not-embeddable', `"${given}" is not an address of ${base.host}`);
  }
  const ofPage = EMBED_OF_PAGE[url.pathname];
  const path = ofPage
    ? await ofPage(Object.fromEntries(url.searchParams), models)
    : url.pathname + url.search;
  const embed = new URL(path, base);
  const kind = EMBED_KINDS.find((one) => EMBEDS[one].path === embed.pathname);
  if (kind) return { kind, url: embed };
  const paths = [...Object.keys(EMBED_OF_PAGE), ...EMBED_KINDS.map((one) => EMBEDS[one].path)];
  throw new ServiceError(
    'not-embeddable',
    `nothing at ${embed.pathname} can be embedded; what can is at ${paths.join(', ')}`,
  );
}

/** Of pages, the path of the embed that shows the same. */
const EMBED_OF_PAGE: Readonly<Record<string, (given: unknown, models: Models) => Promise<string>>> =
  {
    '/': async (given, models) => {
      const parameters = parsedQuery(explorerParametersSchema, given);
      const { models: named } = parameters;
      return sceneEmbedAddress(parameters, selectModels(await siteModels(models, named), named));
    },
    '/mechanism': async (given, models) => {
      const parameters = parsedQuery(mechanismParametersSchema, given);
      const { models: named } = parameters;
      return mechanismEmbedAddress(
        parameters,
        selectModels(await siteModels(models, named), named),
      );
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

/** The largest picture of a page that is no larger than this. */
function previewWithin(maxwidth = Infinity, maxheight = Infinity) {
  const ratio = PREVIEW_SIZE.height / PREVIEW_SIZE.width;
  const width = Math.max(1, Math.floor(Math.min(PREVIEW_SIZE.width, maxwidth, maxheight / ratio)));
  return { width, height: Math.max(1, Math.round(width * ratio)) };
}

/** The same as XML (oEmbed, section 2.3.4). */
export function oembedXml(response: OembedResponse): string {
  const fields = Object.entries(response).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  );
  const head = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>';
  return `${head}\n<oembed>\n${fields.join('\n')}\n</oembed>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeXml = (text: string) => text.replaceAll(/[&<>]/g, (sign) => ENTITIES[sign]);
