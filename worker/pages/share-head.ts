import { html } from 'hono/html';
import { PREVIEW_SIZE } from '../../contract/embeds.ts';

/** What other sites show for a link to a page. */
export interface Shared {
  /** The full address of this state of the page. */
  readonly url: URL;
  readonly title: string;
  readonly description: string;
  /** The full address of the picture. */
  readonly image: URL;
  /** Whether an embed shows the same, so that `/oembed` accepts the address. */
  readonly embeddable: boolean;
}

/** The elements of the head for Open Graph and for oEmbed discovery. */
export function shareHead({ url, title, description, image, embeddable }: Shared) {
  return html`${embeddable && discovery(url, title)}
    <link rel="canonical" href="${url.href}" />
    <meta property="og:site_name" content="bindscope" />
    <meta property="og:type" content="website" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${description}" />
    <meta property="og:url" content="${url.href}" />
    <meta property="og:image" content="${image.href}" />
    <meta property="og:image:width" content="${PREVIEW_SIZE.width}" />
    <meta property="og:image:height" content="${PREVIEW_SIZE.height}" />
    <meta property="og:image:alt" content="${description}" />
    <meta name="twitter:card" content="summary_large_image" />`;
}

function discovery(url: URL, title: string) {
  const oembed = (format: string) => {
    const address = new URL('/oembed', url);
    address.search = new URLSearchParams({ url: url.href, format }).toString();
    return address.href;
  };
  return html`<link
      rel="alternate"
      type="application/json+oembed"
      href="${oembed('json')}"
      title="${title}"
    />
    <link rel="alternate" type="text/xml+oembed" href="${oembed('xml')}" title="${title}" />`;
}
