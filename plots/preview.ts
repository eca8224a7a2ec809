import type { Answer } from '../contract/predictions.ts';
import { PREVIEW_SIZE } from '../contract/embeds.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { COLOURS } from '../task/colours.ts';
import { elementAt } from '../task/element-at.ts';
import type { SceneObject } from '../task/scene.ts';
import { SHAPES } from '../task/shapes.ts';
import {
  CURVES_TOP_MARGIN,
  accuracyCurves,
  intervalAndCounts,
  marker,
  type Accuracies,
} from './accuracy.ts';
import { peakShares, mechanismPanel, type ModelMechanism } from './mechanism.ts';
import { seriesClass } from './palette.ts';
import { VERDICT_PATHS } from './markers.ts';
import { outcomeLegend } from './outcome-bars.ts';
import { plainStyle } from './style.ts';
import { element, label, textNode, type Markup } from './svg.ts';
import { FIGURE_LABELS, percentIn } from './labels.ts';
import { wrapText } from './wrap-text.ts';

/** Preview pictures of links: the main result of a figure, legible at thumbnail size. */

export interface Preview {
  readonly title: string;
  /** The host of the deployment, such as `bindscope.example.org`. */
  readonly host: string;
  readonly theme: 'light' | 'dark';
  readonly locale: Locale;
}

const { width: WIDTH, height: HEIGHT } = PREVIEW_SIZE;
const MARGIN = 60;

/** Most models whose values fit. */
const MAX_MODELS = 4;

const scaled = (x: number, y: number, scale: number, ...drawn: Markup[]): Markup =>
  element('g', { transform: `translate(${x} ${y}) scale(${scale})` }, ...drawn);

function previewDocument({ host, theme }: Preview, ...drawn: Markup[]): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
    },
    element('style', {}, textNode(plainStyle(theme))),
    element('rect', { class: 'background', width: WIDTH, height: HEIGHT }),
    ...drawn,
    label(MARGIN, HEIGHT - 28, 'name', 'bindscope'),
    label(WIDTH - MARGIN, HEIGHT - 28, 'note end', host),
  );
}

/** The marker of a model, as large as its name. */
const modelMarker = (displayIndex: number, x: number, y: number): Markup =>
  element('g', { class: seriesClass(displayIndex) }, scaled(x, y, 2, marker(displayIndex, 0, 0)));

const heading = ({ title }: Preview): Markup => label(MARGIN, 92, 'heading', title);

/** A page in words: its title and what it is for. */
export function previewText(preview: Preview, description: string): string {
  const lines = wrapText(description, 48).map((line, index) =>
    label(MARGIN, 320 + 52 * index, 'name', line),
  );
  return previewDocument(preview, label(MARGIN, 230, 'share', preview.title), ...lines);
}

/** The score of a visitor who guessed before the models answered. */
export interface ScorePreview {
  readonly asked: number;
  readonly visitor: number;
  readonly models: readonly {
    readonly name: string;
    /** null for a model that the deployment does not have: it gets no marker. */
    readonly displayIndex: number | null;
    readonly correct: number;
  }[];
  /** What the score shows, in a sentence or two. */
  readonly claim: string;
}

/** A bar for the visitor and for each model, and what they show. */
export function previewScore(preview: Preview, score: ScorePreview): string {
  const { asked, visitor, models, claim } = score;
  const [left, width, step] = [400, WIDTH - MARGIN - 520, 78];
  const row = (index: number, name: string, correct: number, marks: readonly Markup[]) => {
    const y = 184 + step * index;
    return [
      ...marks,
      label(MARGIN + 32, y, 'name', name),
      element('rect', { class: 'out-of-distribution', x: left, y: y - 26, width, height: 34 }),
      element('rect', {
        class: 'bar',
        x: left,
        y: y - 26,
        width: (width * correct) / asked,
        height: 34,
      }),
      label(WIDTH - MARGIN, y, 'name end', `${correct} of ${asked}`),
    ];
  };
  const rows = [
    ...row(0, 'I', visitor, []),
    ...models.flatMap(({ name, displayIndex, correct }, index) =>
      row(
        index + 1,
        shortenedName(name),
        correct,
        displayIndex === null
          ? []
          : [modelMarker(displayIndex, MARGIN + 10, 176 + step * (index + 1))],
      ),
    ),
  ];
  const lines = wrapText(claim, 74).map((line, index) =>
    label(MARGIN, 446 + 42 * index, 'name', line),
  );
  return previewDocument(preview, heading(preview), ...rows, ...lines);
}

const shortenedName = (name: string): string =>
  name.length <= 20 ? name : `${name.slice(0, 19)}…`;

/** Curves, with the accuracies beyond training beside them. */
export function previewAccuracy(preview: Preview, accuracies: Accuracies): string {
  const { locale } = preview;
  const shown = accuracies.models.slice(0, MAX_MODELS);
  const scale = 1.34;
  const curves = accuracyCurves(accuracies, locale, { width: 560 });
  const [left, top] = [MARGIN - 10, 150];
  const column = 830;
  const columnTitle = label(column, 136, 'note', FIGURE_LABELS[locale].outOfDistribution);
  const values = shown.flatMap(({ model, displayIndex, ood }, row) => {
    const y = 178 + row * 104;
    return [
      modelMarker(displayIndex, column + 10, y - 8),
      label(column + 30, y, 'name', model),
      label(column, y + 44, 'share', percentIn(locale, ood.accuracy)),
      label(column, y + 70, 'note', intervalAndCounts(ood, locale)),
    ];
  });
  const chart = scaled(left, top + CURVES_TOP_MARGIN / 2, scale, ...curves);
  return previewDocument(preview, heading(preview), chart, columnTitle, ...values);
}

/** The bars of models side by side, with the larger of the two shares at the peak layer. */
export function previewMechanism(preview: Preview, models: readonly ModelMechanism[]): string {
  const { locale } = preview;
  const { outcomes } = FIGURE_LABELS[locale];
  const shown = models.slice(0, MAX_MODELS);
  const [gap, scale] = [36, 1.22];
  const width = (WIDTH - 2 * MARGIN + gap) / Math.max(2, shown.length) - gap;
  const panels = shown.map((mechanism, index) => {
    const shares = peakShares(mechanism.figures);
    const larger =
      shares && shares.positional.correct > shares.symbolic.correct ? 'positional' : 'symbolic';
    const share = shares?.[larger];
    return element(
      'g',
      { transform: `translate(${MARGIN + index * (width + gap)} 200)` },
      label(0, 0, 'name', mechanism.model),
      ...(share
        ? [
            label(0, 34, 'value', `${outcomes[larger]}: ${percentIn(locale, share.accuracy)}`),
            label(0, 62, 'note', intervalAndCounts(share, locale)),
          ]
        : []),
      scaled(0, 88, scale, ...mechanismPanel(mechanism, locale, width / scale).body),
    );
  });
  const legend = scaled(MARGIN, 122, 1.5, ...outcomeLegend(locale));
  return previewDocument(preview, heading(preview), legend, ...panels);
}

/** A scene, the question about it, and the models' answers. */
export interface ScenePreview {
  readonly objects: readonly SceneObject[];
  readonly grid: number;
  /** The object asked about. */
  readonly asked: number;
  /** The correct answer, in words. */
  readonly correctAnswer: string;
  /** Text for a model that could not answer. */
  readonly unavailable: string;
  readonly answers: readonly {
    readonly model: string;
    readonly displayIndex: number;
    /** Whether it gets the text or the picture, in words. */
    readonly input: string;
    readonly answer: Answer | null;
  }[];
}

/** The picture of a scene, with the question and the answers beside it. */
export function previewScene(preview: Preview, scene: ScenePreview): string {
  const [side, column, step] = [470, 590, 102];
  const { objects, grid, asked, correctAnswer, answers, unavailable } = scene;
  const question = wrap(preview.title, 33);
  const top = 104 + 44 * question.length;
  const rows = answers
    .slice(0, MAX_MODELS)
    .flatMap(({ model, displayIndex, input, answer }, row) => {
      const y = top + 62 + row * (answers.length > 3 ? 84 : step);
      return [
        modelMarker(displayIndex, column + 10, y - 8),
        label(column + 32, y, 'name', model),
        label(WIDTH - MARGIN, y, 'note end', input),
        ...(answer
          ? [
              scaled(column, y + 16, 1.7, verdictMark(answer.correct)),
              label(column + 36, y + 40, 'value', answer.answer.name),
              label(
                WIDTH - MARGIN,
                y + 40,
                'value end',
                percentIn(preview.locale, answer.answer.probability),
              ),
            ]
          : [label(column + 36, y + 40, 'note', unavailable)]),
      ];
    });
  return previewDocument(
    preview,
    scaled(MARGIN, 66, side / (100 * grid), ...drawScene(objects, grid, asked)),
    ...question.map((line, index) => label(column, 100 + 44 * index, 'question', line)),
    label(column, top, 'note', correctAnswer),
    ...rows,
  );
}

/** 100 units to a cell. */
function drawScene(objects: readonly SceneObject[], grid: number, asked: number): Markup[] {
  const side = 100 * grid;
  return [
    element('rect', { class: 'scene', width: side, height: side }),
    ...objects.map(({ colour, shape, row, column }, object) =>
      element(
        'g',
        { transform: `translate(${100 * column} ${100 * row})` },
        element('path', {
          fill: elementAt(COLOURS, colour).hex,
          'fill-rule': 'evenodd',
          d: elementAt(SHAPES, shape).path,
        }),
        ...(object === asked ? [element('rect', { class: 'asked', width: 100, height: 100 })] : []),
      ),
    ),
  ];
}

/** A tick or a cross in a square of 16 units. */
const verdictMark = (correct: boolean): Markup => {
  const verdict = correct ? 'correct' : 'wrong';
  return element('path', { class: `verdict ${verdict}`, d: VERDICT_PATHS[verdict] });
};

/** Wraps a text at spaces; a line is longer than `maxLength` only where a word is. */
function wrap(text: string, maxLength: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim();
    if (lines.length > 0 && longer.length <= maxLength) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
