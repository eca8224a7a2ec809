import { area, line } from 'd3-shape';
import type { MechanismPoint, TrainedCard } from '../contract/card.ts';
import type { Theme } from '../contract/theme-locale.ts';
import { proportion, type Proportion } from '../statistics/intervals.ts';
import { LIMITS, type Modality } from '../task/spec.ts';
import { axisTitle, shareAxis, SHARES } from './axes.ts';
import { plotDocument, type Panel } from './document.ts';
import { stageNames, stagesOf, stepAxis, type StageSpan } from './stages.ts';
import { element, label, words, type Markup } from './svg.ts';

/** What the figure is drawn from. */
type TrainedModel = Pick<TrainedCard, 'id' | 'curve' | 'validation' | 'modalities'>;

const CONTEXTS: Readonly<Record<Modality, string>> = { text: 'text', image: 'pictures' };
const RANGES = ['id', 'ood'] as const;
type Range = (typeof RANGES)[number];

/** Shares of right answers against steps. */
interface Line {
  readonly modality: Modality;
  readonly range: Range;
  readonly points: readonly { readonly step: number; readonly share: Proportion }[];
}

/** How a model came to be: accuracy and mechanism against steps, with the stages marked, as SVG. */
export function plotTraining(model: TrainedModel, theme: Theme = 'auto'): string {
  const { id, curve, validation, modalities } = model;
  const stages = stagesOf(curve);
  const lines = linesOf(model);
  const read = modalities.filter((modality) => curve.some((at) => at.mechanism?.[modality]));
  const mechanisms = read.map((modality) =>
    mechanismPanel(modality, curve, validation.pairs, stages),
  );
  const description = lines.map(readLine).join(' ') + (read.length > 0 ? '' : ` ${NOT_READ}`);
  const panels = [accuracyPanel(lines, stages), ...mechanisms];
  return plotDocument(
    { title: `${id}: how it was trained`, description },
    read.length > 0 ? panels : [...panels, { title: NOT_READ, height: 0, body: [] }],
    [],
    theme,
  );
}

const NOT_READ = 'No mechanism was read while this model was trained (--probe-every).';

/** Every number of objects has as many queries, so the pooled share is the mean over them. */
function linesOf({ curve, validation, modalities }: TrainedModel): Line[] {
  const isIn = (range: Range, objects: number) =>
    objects <= LIMITS.inDistribution === (range === 'id');
  return modalities
    .flatMap((modality) =>
      RANGES.map((range): Line => {
        const points = curve.flatMap(({ step, validation: measured = {} }) => {
          const shares = Object.entries(measured).flatMap(([key, share]) => {
            const [of, objects] = key.split('.');
            return of === modality && isIn(range, Number(objects)) ? [share] : [];
          });
          if (shares.length === 0) return [];
          const right = shares.reduce((sum, share) => sum + share * validation.queriesPerCount, 0);
          const count = shares.length * validation.queriesPerCount;
          return [{ step, share: proportion(Math.round(right), count) }];
        });
        return { modality, range, points };
      }),
    )
    .filter(({ points }) => points.length > 0);
}

const nameOf = ({ modality, range }: Line) => `${CONTEXTS[modality]}, ${range.toUpperCase()}`;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const inWords = ({ correct, count, accuracy, interval: [low, high] }: Proportion) =>
  `${percent(accuracy)} [${percent(low)}, ${percent(high)}] (${correct} of ${count})`;

function readLine(of: Line): string {
  const { step, share } = of.points[of.points.length - 1];
  return `${nameOf(of)}: ${inWords(share)} after ${step} steps.`;
}

function accuracyPanel(lines: readonly Line[], stages: readonly StageSpan[]): Panel {
  const { y, marks } = shareAxis();
  const steps = stepAxis(stages);
  const { x } = steps;
  type Point = Line['points'][number];
  const band = area<Point>()
    .x(({ step }) => x(step))
    .y0(({ share }) => y(share.interval[0]))
    .y1(({ share }) => y(share.interval[1]))
    .digits(1);
  const stroke = line<Point>()
    .x(({ step }) => x(step))
    .y(({ share }) => y(share.accuracy))
    .digits(1);
  const drawn = lines.flatMap((of) => [
    element('path', { class: `band ${of.modality}`, d: band([...of.points]) ?? '' }),
    element('path', { class: `line ${of.modality} ${of.range}`, d: stroke([...of.points]) ?? '' }),
    ...of.points.map(({ step, share }) =>
      element(
        'circle',
        { class: `dot ${of.modality}`, cx: x(step), cy: y(share.accuracy), r: 2.5 },
        element('title', {}, words(`${nameOf(of)}, step ${step}: ${inWords(share)}`)),
      ),
    ),
  ]);
  const names = stageNames(stages, x);
  const keys = legend(
    lines.map((of) => ({
      name: nameOf(of),
      mark: (at) =>
        element('line', {
          class: `line ${of.modality} ${of.range}`,
          x1: at,
          x2: at + 22,
          y1: 8,
          y2: 8,
        }),
    })),
  );
  const chart = [...marks, ...steps.marks, ...drawn, axisTitle('steps')];
  const top = LEGEND + names.height;
  return {
    title: 'Accuracy on validation scenes, with 95 % intervals',
    height: top + SHARES.height + 40,
    body: [
      ...keys,
      element('g', { transform: `translate(0 ${LEGEND})` }, ...names.drawn),
      element('g', { transform: `translate(0 ${top})` }, ...chart),
    ],
  };
}

/** Each point is as wide as it stands for steps; what is not solved stays blank. */
function mechanismPanel(
  modality: Modality,
  curve: TrainedModel['curve'],
  pairs: number,
  stages: readonly StageSpan[],
): Panel {
  const { y, marks } = shareAxis();
  const steps = stepAxis(stages);
  const points = curve.flatMap(({ step, mechanism }) => {
    const point = mechanism?.[modality];
    return point ? [{ step, point }] : [];
  });
  const edge = (place: number) => {
    if (place === 0) return Math.max(0, 1.5 * points[0].step - 0.5 * (points.at(1)?.step ?? 0));
    const [before, after] = [points[place - 1], points.at(place) ?? points[place - 1]];
    return (before.step + after.step) / 2;
  };
  const bars = points.flatMap(({ step, point }, place) => {
    const [left, right] = [steps.x(edge(place)), steps.x(edge(place + 1))];
    let below = 0;
    return MECHANISM_KEYS.map(({ kind, name }): Markup => {
      const count = countsOf(point)[kind];
      const [bottom, top] = [y(below / pairs), y((below += count) / pairs)];
      return element(
        'rect',
        { class: kind, x: left, width: right - left, y: top, height: bottom - top },
        element(
          'title',
          {},
          words(`step ${step}: ${name}, ${count} of ${point.solved} solved pairs`),
        ),
      );
    });
  });
  const keys = legend(
    MECHANISM_KEYS.map(({ kind, name }) => ({
      name,
      mark: (at) => element('rect', { class: kind, x: at, y: 2, width: 12, height: 12, rx: 2 }),
    })),
  );
  const chart = [...marks, ...bars, ...steps.marks, axisTitle('steps')];
  return {
    title: `Mechanism on ${CONTEXTS[modality]} at the first causal layer, % of ${pairs} pairs; blank: not solved`,
    height: LEGEND + SHARES.height + 40,
    body: [...keys, element('g', { transform: `translate(0 ${LEGEND})` }, ...chart)],
  };
}

const MECHANISM_KEYS = [
  { kind: 'symbolic', name: 'symbolic' },
  { kind: 'positional', name: 'positional' },
  { kind: 'other', name: 'other, or no layer moves most answers' },
] as const;

function countsOf({ positional, symbolic, solved }: MechanismPoint) {
  const counts = {
    symbolic: Math.round(symbolic * solved),
    positional: Math.round(positional * solved),
  };
  return { ...counts, other: solved - counts.symbolic - counts.positional };
}

const LEGEND = 30;
const KEY = 150;

function legend(keys: readonly { name: string; mark: (x: number) => Markup }[]): Markup[] {
  return keys.flatMap(({ name, mark }, place) => {
    const x = SHARES.left + place * KEY;
    return [mark(x), label(x + 28, 8, 'key', name)];
  });
}
