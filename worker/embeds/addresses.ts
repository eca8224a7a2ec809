import type { EmbedKind } from '../../contract/embeds.ts';

/** Where embeds are, and where what they show is shown otherwise. */
export const EMBEDS: Readonly<
  Record<EmbedKind, { readonly path: `/embed/${EmbedKind}`; readonly back: string }>
> = {
  comparison: { path: '/embed/comparison', back: '/' },
  scene: { path: '/embed/scene', back: '/' },
  mechanism: { path: '/embed/mechanism', back: '/mechanism' },
};

/** Parameters of embeds that say nothing of what they show. */
const LOOKS = ['theme', 'locale'];

/** @param url of an embed */
export function addressesOf(kind: EmbedKind, url: URL): { image: URL; back: URL } {
  const image = new URL(`/preview/${kind}.png`, url);
  image.search = url.search;
  // A picture is light or dark, not as someone prefers.
  if (image.searchParams.get('theme') === 'auto') image.searchParams.delete('theme');
  const back = new URL(EMBEDS[kind].back, url);
  back.search = url.search;
  for (const name of LOOKS) back.searchParams.delete(name);
  return { image, back };
}
