import { PREVIEW_SIZE } from '../contract/embeds.ts';
import type { Locale } from '../contract/looks.ts';
import { aboveCurves, accuracyCurves, bracketed, marker, type Accuracies } from './accuracy.ts';
import { atPeak, mechanismPanel, type ModelMechanism } from './mechanism.ts';
import { seriesClass } from './palette.ts';
import { outcomeLegend } from './stacked-shares.ts';
import { plainStyle } from './style.ts';
import { element, label, words, type Markup } from './svg.ts';
import { FIGURE_WORDS, percentIn } from './words.ts';

/** Pictures of links: what a figure comes to, legible when it is as small as a stamp. */

/** Plain SVG, without custom properties, as few renderers know those. */
export interface Preview {
  readonly title: string;
  /** Where the page is, such as `bindscope.example.org`. */
  readonly host: string;
  readonly theme: 'light' | 'dark';
  readonly locale: Locale;
}

const { width: WIDTH, height: HEIGHT } = PREVIEW_SIZE;
const MARGIN = 60;

/** Models of which there is room to tell the figures. */
const MOST = 4;

const scaled = (x: number, y: number, scale: number, ...drawn: Markup[]): Markup =>
  element('g', { transform: `translate(${x} ${y}) scale(${scale})` }, ...drawn);

function sheet({ title, host, theme }: Preview, ...drawn: Markup[]): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
    },
    element('style', {}, words(plainStyle(theme))),
    element('rect', { class: 'ground', width: WIDTH, height: HEIGHT }),
    label(MARGIN, 92, 'heading', title),
    ...drawn,
    label(MARGIN, HEIGHT - 28, 'name', 'bindscope'),
    label(WIDTH - MARGIN, HEIGHT - 28, 'note end', host),
  );
}

/** Curves, and beside them what they come to beyond training. */
export function previewAccuracy(preview: Preview, accuracies: Accuracies): string {
  const { locale } = preview;
  const shown = accuracies.models.slice(0, MOST);
  const scale = 1.34;
  const curves = accuracyCurves(accuracies, locale, { width: 560 });
  const [left, top] = [MARGIN - 10, 150];
  const column = 830;
  const said = label(column, 136, 'note', FIGURE_WORDS[locale].beyond);
  const figures = shown.flatMap(({ model, place, ood }, row) => {
    const y = 178 + row * 104;
    return [
      element(
        'g',
        { class: seriesClass(place) },
        scaled(column + 10, y - 8, 2, marker(place, 0, 0)),
      ),
      label(column + 30, y, 'name', model),
      label(column, y + 44, 'share', percentIn(locale, ood.accuracy)),
      label(column, y + 70, 'note', bracketed(ood, locale)),
    ];
  });
  const room = scaled(left, top + aboveCurves / 2, scale, ...curves);
  return sheet(preview, room, said, ...figures);
}

/** The bars of models side by side, over what the larger share of the layer of most effect is. */
export function previewMechanism(preview: Preview, models: readonly ModelMechanism[]): string {
  const { locale } = preview;
  const { outcomes } = FIGURE_WORDS[locale];
  const shown = models.slice(0, MOST);
  const [gap, scale] = [36, 1.22];
  const width = (WIDTH - 2 * MARGIN + gap) / Math.max(2, shown.length) - gap;
  const panels = shown.map((of, place) => {
    const shares = atPeak(of.figures);
    const larger =
      shares && shares.positional.right > shares.symbolic.right ? 'positional' : 'symbolic';
    const share = shares?.[larger];
    return element(
      'g',
      { transform: `translate(${MARGIN + place * (width + gap)} 200)` },
      label(0, 0, 'name', of.model),
      ...(share
        ? [
            label(0, 34, 'sight', `${outcomes[larger]}: ${percentIn(locale, share.accuracy)}`),
            label(0, 62, 'note', bracketed(share, locale)),
          ]
        : []),
      scaled(0, 88, scale, ...mechanismPanel(of, locale, width / scale).body),
    );
  });
  return sheet(preview, scaled(MARGIN, 122, 1.5, ...outcomeLegend(locale)), ...panels);
}
