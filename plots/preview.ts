import type { Answer } from '../contract/predictions.ts';
import { PREVIEW_SIZE } from '../contract/embeds.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { COLOURS } from '../task/colours.ts';
import type { SceneObject } from '../task/scene.ts';
import { SHAPES } from '../task/shapes.ts';
import { aboveCurves, accuracyCurves, bracketed, marker, type Accuracies } from './accuracy.ts';
import { atPeak, mechanismPanel, type ModelMechanism } from './mechanism.ts';
import { seriesClass } from './palette.ts';
import { VERDICTS } from './markers.ts';
import { outcomeLegend } from './stacked-shares.ts';
import { plainStyle } from './style.ts';
import { element, label, words, type Markup } from './svg.ts';
import { FIGURE_WORDS, percentIn, probabilityIn } from './labels.ts';

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

function sheet({ host, theme }: Preview, ...drawn: Markup[]): string {
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
    ...drawn,
    label(MARGIN, HEIGHT - 28, 'name', 'bindscope'),
    label(WIDTH - MARGIN, HEIGHT - 28, 'note end', host),
  );
}

/** The sign of a model, as large as its name. */
const sign = (place: number, x: number, y: number): Markup =>
  element('g', { class: seriesClass(place) }, scaled(x, y, 2, marker(place, 0, 0)));

const heading = ({ title }: Preview): Markup => label(MARGIN, 92, 'heading', title);

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
      sign(place, column + 10, y - 8),
      label(column + 30, y, 'name', model),
      label(column, y + 44, 'share', percentIn(locale, ood.accuracy)),
      label(column, y + 70, 'note', bracketed(ood, locale)),
    ];
  });
  const room = scaled(left, top + aboveCurves / 2, scale, ...curves);
  return sheet(preview, heading(preview), room, said, ...figures);
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
      shares && shares.positional.correct > shares.symbolic.correct ? 'positional' : 'symbolic';
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
  const legend = scaled(MARGIN, 122, 1.5, ...outcomeLegend(locale));
  return sheet(preview, heading(preview), legend, ...panels);
}

/** A scene, the question about it, and who answers what. */
export interface ScenePreview {
  readonly objects: readonly SceneObject[];
  readonly grid: number;
  /** The object asked about. */
  readonly asked: number;
  /** What is right, in words. */
  readonly rightIs: string;
  /** Instead of an answer that could not be had. */
  readonly unavailable: string;
  readonly answers: readonly {
    readonly model: string;
    readonly place: number;
    /** Whether it reads or sees, in words. */
    readonly shown: string;
    readonly answer: Answer | null;
  }[];
}

/** The picture of a scene, and beside it the question and the answers. */
export function previewScene(preview: Preview, scene: ScenePreview): string {
  const [side, column, step] = [470, 590, 102];
  const { objects, grid, asked, rightIs, answers, unavailable } = scene;
  const question = wrapped(preview.title, 33);
  const top = 104 + 44 * question.length;
  const rows = answers.slice(0, MOST).flatMap(({ model, place, shown, answer }, row) => {
    const y = top + 62 + row * (answers.length > 3 ? 84 : step);
    const sure = answer && probabilityIn(preview.locale, answer.answer.probability);
    return [
      sign(place, column + 10, y - 8),
      label(column + 32, y, 'name', model),
      label(WIDTH - MARGIN, y, 'note end', shown),
      ...(answer
        ? [
            scaled(column, y + 16, 1.7, verdictMark(answer.correct)),
            label(column + 36, y + 40, 'sight', answer.answer.name),
            label(WIDTH - MARGIN, y + 40, 'sight end', sure ?? ''),
          ]
        : [label(column + 36, y + 40, 'note', unavailable)]),
    ];
  });
  return sheet(
    preview,
    scaled(MARGIN, 66, side / (100 * grid), ...sceneDrawn(objects, grid, asked)),
    ...question.map((line, place) => label(column, 100 + 44 * place, 'question', line)),
    label(column, top, 'note', rightIs),
    ...rows,
  );
}

/** 100 units to a cell. */
function sceneDrawn(objects: readonly SceneObject[], grid: number, asked: number): Markup[] {
  const side = 100 * grid;
  return [
    element('rect', { class: 'scene', width: side, height: side }),
    ...objects.map(({ colour, shape, row, column }, object) =>
      element(
        'g',
        { transform: `translate(${100 * column} ${100 * row})` },
        element('path', {
          fill: COLOURS[colour].hex,
          'fill-rule': 'evenodd',
          d: SHAPES[shape].path,
        }),
        ...(object === asked ? [element('rect', { class: 'asked', width: 100, height: 100 })] : []),
      ),
    ),
  ];
}

/** A tick or a cross in a square of 16 units. */
const verdictMark = (right: boolean): Markup =>
  element('path', {
    class: right ? 'tick-mark right' : 'tick-mark wrong',
    d: VERDICTS[right ? 'right' : 'wrong'],
  });

/** Lines of so many characters at most, about. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
    if (lines.length > 0 && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
