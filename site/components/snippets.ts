import type {
  ExplorerParameters,
  MechanismParameters,
  SceneEditorParameters,
} from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { FIGURE_LABELS } from '../../plots/labels.ts';
import { queryName } from '../../task/query.ts';
import {
  editedSceneEmbedAddress,
  mechanismEmbedAddress,
  sceneEmbedAddress,
  type EmbedStyle,
} from '../lib/embed-addresses.ts';
import { modelPageAddress } from '../models/words.ts';
import { sceneQueryId } from '../explorer/plan.ts';

/** Code to paste into another page. */
export interface Snippet {
  readonly name: string;
  /** Its effect or its language. */
  readonly note: string;
  readonly code: string;
}

/** The snippets for the current view of a page. */
export type Snippets = (origin: string, style: EmbedStyle) => readonly Snippet[];

type Models = readonly Pick<SiteModel, 'id' | 'vocabulary'>[];

/** Initial heights in pixels; the script sets the exact ones. */
const HEIGHTS = { comparison: 620, scene: 820, mechanism: 960 } as const;

export const sceneSnippets =
  (parameters: ExplorerParameters, models: Models, address: string): Snippets =>
  (origin, style) => {
    const ids = listIds(models);
    const attributes = styleParameters(style).map(([name, value]) => ` ${name}="${value}"`);
    const picture = `${origin}/v1/queries/${queryName(sceneQueryId(models, parameters))}.svg`;
    const figure = figureAddress(origin, '/v1/accuracy.svg', { models: ids }, style);
    return [
      frame(
        origin,
        sceneEmbedAddress(parameters, models, style),
        'A scene, and what models answer',
        HEIGHTS.scene,
      ),
      {
        name: 'The curve, as a custom element',
        note: 'Drawn in the page, without a frame.',
        code:
          script(origin) +
          `\n<bindscope-comparison models="${ids}"${attributes.join('')}></bindscope-comparison>`,
      },
      {
        name: 'The picture of the scene',
        note: 'Markdown for a README; the address is an SVG file.',
        code: image('A scene of coloured shapes', picture),
      },
      {
        name: 'The curve, as a figure',
        note: 'Markdown; an SVG file, light or dark as the reader prefers unless a theme is set.',
        code: image('Accuracy by number of objects', figure),
      },
      ...models.map(({ id }) => badge(origin, id)),
      link(origin, address),
    ];
  };

/** @param isProbed whether there is a figure of its mechanism */
export const modelSnippets =
  (reference: string, isProbed: boolean): Snippets =>
  (origin, style) => {
    const query = { models: reference };
    const accuracy = `Accuracy of ${reference} by number of objects`;
    const parameters = new URLSearchParams([...Object.entries(query), ...styleParameters(style)]);
    return [
      badge(origin, reference),
      {
        name: 'Its accuracy, as a figure',
        note: 'Markdown; an SVG file, light or dark as the reader prefers unless a theme is set.',
        code: image(accuracy, figureAddress(origin, '/v1/accuracy.svg', query, style)),
      },
      frame(
        origin,
        `/embed/comparison?${parameters.toString()}`,
        accuracy,
        HEIGHTS.comparison,
        'Its accuracy, in a frame',
      ),
      ...(isProbed
        ? [
            frame(
              origin,
              `/embed/mechanism?${parameters.toString()}`,
              `Mechanism of ${reference}`,
              HEIGHTS.mechanism,
              'Its mechanism, in a frame',
            ),
          ]
        : []),
      link(origin, modelPageAddress(reference)),
    ];
  };

const badge = (origin: string, reference: string): Snippet => ({
  name: `A badge for ${reference}`,
  note: 'Markdown; its accuracy beyond training, with the interval.',
  code: image(`${reference}: accuracy beyond training`, `${origin}/badge/${reference}.svg`),
});

export const editedSceneSnippets =
  (parameters: SceneEditorParameters, models: readonly SiteModel[], address: string): Snippets =>
  (origin, style) => {
    const embed = editedSceneEmbedAddress(parameters, models, style);
    const picture = embed.replace('/embed/scene', '/preview/scene.png');
    return [
      frame(origin, embed, 'A scene, and what models answer', HEIGHTS.scene),
      {
        name: 'A picture of the scene and the answers',
        note: 'Markdown; a PNG file of 1200 by 630 pixels.',
        code: image('A scene of coloured shapes, and what models answer', origin + picture),
      },
      link(origin, address),
    ];
  };

export const mechanismSnippets =
  (parameters: MechanismParameters, models: Models, address: string): Snippets =>
  (origin, style) => {
    const { modality, order } = parameters;
    const query = { models: listIds(models), modality, order };
    const title = FIGURE_LABELS.en.mechanismTitle;
    return [
      frame(origin, mechanismEmbedAddress(parameters, models, style), title, HEIGHTS.mechanism),
      {
        name: 'The bars, as a figure',
        note: 'Markdown; an SVG file, light or dark as the reader prefers unless a theme is set.',
        code: image(title, figureAddress(origin, '/v1/probes/compare.svg', query, style)),
      },
      link(origin, address),
    ];
  };

const listIds = (models: Models): string => models.map(({ id }) => id).join(',');

const script = (origin: string): string =>
  `<script src="${origin}/site/bindscope.js" async></script>`;

const image = (text: string, address: string): string => `![${text}](${address})`;

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

function frame(
  origin: string,
  path: string,
  title: string,
  height: number,
  name = 'This view, in a frame',
): Snippet {
  return {
    name,
    note: 'The script sets the height of the frame.',
    code:
      `<iframe src="${escapeAttribute(origin + path)}" title="${title}" width="100%" ` +
      `height="${height}" loading="lazy"></iframe>\n${script(origin)}`,
  };
}

const link = (origin: string, address: string): Snippet => ({
  name: 'A link',
  note: 'It has a preview picture, and becomes a frame on sites that support oEmbed.',
  code: origin + address,
});

/** The parameters that differ from their default. */
const styleParameters = ({ theme, locale }: EmbedStyle): [string, string][] => [
  ...(theme === 'auto' ? [] : [['theme', theme] satisfies [string, string]]),
  ...(locale === 'en' ? [] : [['locale', locale] satisfies [string, string]]),
];

function figureAddress(
  origin: string,
  path: string,
  query: Readonly<Record<string, string>>,
  style: EmbedStyle,
): string {
  const search = new URLSearchParams([...Object.entries(query), ...styleParameters(style)]);
  return `${origin}${path}?${search.toString().replaceAll('%2C', ',')}`;
}
