import type { EmbedKind } from '../../contract/embeds.ts';

/** For each kind of embed: its path, and the page that shows the same in full. */
export const EMBEDS: Readonly<
  Record<EmbedKind, { readonly path: `/embed/${EmbedKind}`; readonly page: string }>
> = {
  comparison: { path: '/embed/comparison', page: '/' },
  scene: { path: '/embed/scene', page: '/' },
  mechanism: { path: '/embed/mechanism', page: '/mechanism' },
};

/** Parameters that change only the appearance of an embed. */
const APPEARANCE = ['theme', 'locale'];

/** @param url of an embed @returns the addresses of its picture, and of the page that shows the same */
export function addressesOf(kind: EmbedKind, url: URL): { image: URL; page: URL } {
  const image = new URL(`/preview/${kind}.png`, url);
  image.search = url.search;
  // A picture cannot follow the preference of its reader.
  if (image.searchParams.get('theme') === 'auto') image.searchParams.delete('theme');
  const isBuilt = kind === 'scene' && url.searchParams.has('scene');
  const page = new URL(isBuilt ? '/build' : EMBEDS[kind].page, url);
  page.search = url.search;
  for (const name of APPEARANCE) page.searchParams.delete(name);
  return { image, page };
}
