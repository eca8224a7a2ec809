import type { MechanismParameters, ExplorerParameters, SiteModel } from '../../contract/pages.ts';
import { queryName } from '../../task/query.ts';
import { mechanismEmbedAddress, sceneEmbedAddress, type EmbedStyle } from '../lib/embed-addresses.ts';
import { sceneQueryId } from '../explorer/plan.ts';

/** Something to paste into another page. */
export interface Snippet {
  readonly name: string;
  /** What it does, or where it goes. */
  readonly note: string;
  readonly code: string;
}

/** What a page has to be embedded: snippets for the state that it shows. */
export type Snippets = (origin: string, looks: EmbedStyle) => readonly Snippet[];

type Asked = readonly Pick<SiteModel, 'id' | 'vocabulary'>[];

/** Heights that hold what is usual; the script sets the true ones. */
const HEIGHTS = { scene: 820, mechanism: 960 } as const;

export const sceneSnippets =
  (parameters: ExplorerParameters, asked: Asked, address: string): Snippets =>
  (origin, looks) => {
    const models = namesOf(asked);
    const attributes = lookPairs(looks).map(([name, value]) => ` ${name}="${value}"`);
    const picture = `${origin}/v1/queries/${queryName(sceneQueryId(asked, parameters))}.svg`;
    const figure = figureAt(origin, '/v1/accuracy.svg', { models }, looks);
    return [
      frame(origin, sceneEmbedAddress(parameters, asked, looks), 'What models answer', HEIGHTS.scene),
      {
        name: 'The curve, as an element',
        note: 'Drawn within the page, without a frame.',
        code:
          script(origin) +
          `\n<bindscope-comparison models="${models}"${attributes.join('')}></bindscope-comparison>`,
      },
      {
        name: 'The picture of the scene',
        note: 'Markdown, for a README; the address alone is an SVG for anything else.',
        code: image('A scene of coloured shapes', picture),
      },
      {
        name: 'The curve, as a figure',
        note: 'Markdown; SVG that is light or dark as its reader prefers, unless told otherwise.',
        code: image('Accuracy by number of objects', figure),
      },
      ...asked.map(({ id }) => ({
        name: `A badge for ${id}`,
        note: 'Markdown: its accuracy beyond training, with the interval.',
        code: image(`${id}: accuracy beyond training`, `${origin}/badge/${id.split('@')[0]}.svg`),
      })),
      link(origin, address),
    ];
  };

export const mechanismSnippets =
  (parameters: MechanismParameters, asked: Asked, address: string): Snippets =>
  (origin, looks) => {
    const { modality, order } = parameters;
    const asks = { models: namesOf(asked), modality, order };
    return [
      frame(
        origin,
        mechanismEmbedAddress(parameters, asked, looks),
        'Where the answer goes when a layer is patched',
        HEIGHTS.mechanism,
      ),
      {
        name: 'The bars, as a figure',
        note: 'Markdown; SVG that is light or dark as its reader prefers, unless told otherwise.',
        code: image(
          'Where the answer goes when a layer is patched',
          figureAt(origin, '/v1/probes/compare.svg', asks, looks),
        ),
      },
      link(origin, address),
    ];
  };

const namesOf = (asked: Asked): string => asked.map(({ id }) => id).join(',');

const script = (origin: string): string =>
  `<script src="${origin}/site/bindscope.js" async></script>`;

const image = (text: string, address: string): string => `![${text}](${address})`;

const inAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

function frame(origin: string, path: string, title: string, height: number): Snippet {
  return {
    name: 'Exactly this, in a frame',
    note: 'The script gives the frame the height that it needs.',
    code:
      `<iframe src="${inAttribute(origin + path)}" title="${title}" width="100%" ` +
      `height="${height}" loading="lazy"></iframe>\n${script(origin)}`,
  };
}

const link = (origin: string, address: string): Snippet => ({
  name: 'A link',
  note: 'Shows a picture where links have previews, and becomes a frame where oEmbed is known.',
  code: origin + address,
});

/** Those that are not as usual. */
const lookPairs = ({ theme, locale }: EmbedStyle): [string, string][] => [
  ...(theme === 'auto' ? [] : [['theme', theme] satisfies [string, string]]),
  ...(locale === 'en' ? [] : [['locale', locale] satisfies [string, string]]),
];

function figureAt(
  origin: string,
  path: string,
  asks: Readonly<Record<string, string>>,
  looks: EmbedStyle,
): string {
  const search = new URLSearchParams([...Object.entries(asks), ...lookPairs(looks)]);
  return `${origin}${path}?${search.toString().replaceAll('%2C', ',')}`;
}
