import { area, line } from 'd3-shape';
import type { MechanismPoint, TrainedCard } from '../contract/card.ts';
import type { Theme } from '../contract/theme-locale.ts';
import { proportion, type Proportion } from '../statistics/intervals.ts';
import { LIMITS, type Modality } from '../task/spec.ts';
import { describeProportion } from './accuracy.ts';
import { axisTitle, shareAxis, SHARES } from './axes.ts';
import { plotDocument, type Panel } from './document.ts';
import { stageNames, stagesOf, stepAxis, type StageSpan } from './stages.ts';
import { element, label, textNode, type Markup } from './svg.ts';

type TrainedModel = Pick<TrainedCard, 'id' | 'curve' | 'validation' | 'modalities'>;

const CONTEXTS: Readonly<Record<Modality, string>> = { text: 'text', image: 'pictures' };
const RANGES = ['id', 'ood'] as const;
type Range = (typeof RANGES)[number];

/** Shares of correct answers by training step. */
interface Line {
  readonly modality: Modality;
  readonly range: Range;
  readonly points: readonly { readonly step: number; readonly share: Proportion }[];
}

/** The training of a model as SVG: accuracy and mechanism by step, with the stages. */
export function plotTraining(model: TrainedModel, theme: Theme = 'auto'): string {
  const { id, curve, validation, modalities } = model;
  const stages = stagesOf(curve);
  const lines = linesOf(model);
  const probed = modalities.filter((modality) =>
    curve.some((point) => point.mechanism?.[modality]),
  );
  const mechanisms = probed.map((modality) =>
    mechanismPanel(modality, curve, validation.pairs, stages),
  );
  const description =
    lines.flatMap(describeLine).join(' ') + (probed.length > 0 ? '' : ` ${NOT_PROBED}`);
  const panels = [accuracyPanel(lines, stages), ...mechanisms];
  return plotDocument(
    { title: `${id}: training`, description },
    probed.length > 0 ? panels : [...panels, { title: NOT_PROBED, height: 0, body: [] }],
    [],
    theme,
  );
}

const NOT_PROBED = 'The mechanism was not probed during training (--probe-every).';

/** Every number of objects has the same number of queries, so the pooled share is their mean. */
function linesOf({ curve, validation, modalities }: TrainedModel): Line[] {
  const isIn = (range: Range, objects: number) =>
    objects <= LIMITS.inDistribution === (range === 'id');
  return modalities
    .flatMap((modality) =>
      RANGES.map((range): Line => {
        const points = curve.flatMap(({ step, validation: measured = {} }) => {
          const shares = Object.entries(measured).flatMap(([key, share]) => {
            const [measuredOn, objects] = key.split('.');
            return measuredOn === modality && isIn(range, Number(objects)) ? [share] : [];
          });
          if (shares.length === 0) return [];
          const correct = shares.reduce(
            (sum, share) => sum + share * validation.queriesPerCount,
            0,
          );
          const count = shares.length * validation.queriesPerCount;
          return [{ step, share: proportion(Math.round(correct), count) }];
        });
        return { modality, range, points };
      }),
    )
    .filter(({ points }) => points.length > 0);
}

const lineName = ({ modality, range }: Line) => `${CONTEXTS[modality]}, ${range.toUpperCase()}`;

function describeLine(line: Line): string[] {
  const last = line.points.at(-1);
  if (!last) return [];
  return [`${lineName(line)}: ${describeProportion(last.share, 'en')} after ${last.step} steps.`];
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
  const drawn = lines.flatMap((line) => {
    const { modality, range, points } = line;
    return [
      element('path', { class: `band ${modality}`, d: band([...points]) ?? '' }),
      element('path', { class: `line ${modality} ${range}`, d: stroke([...points]) ?? '' }),
      ...points.map(({ step, share }) => {
        const tooltip = `${lineName(line)}, step ${step}: ${describeProportion(share, 'en')}`;
        return element(
          'circle',
          { class: `dot ${modality}`, cx: x(step), cy: y(share.accuracy), r: 2.5 },
          element('title', {}, textNode(tooltip)),
        );
      }),
    ];
  });
  const names = stageNames(stages, x);
  const keys = legend(
    lines.map((line) => ({
      name: lineName(line),
      mark: (left) =>
        element('line', {
          class: `line ${line.modality} ${line.range}`,
          x1: left,
          x2: left + 22,
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

/** Each bar covers the steps around its point; pairs that are not solved stay blank. */
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
  const bars = points.flatMap(({ step, point }, index) => {
    const previous = points[index - 1]?.step;
    const next = points[index + 1]?.step;
    const start =
      previous === undefined
        ? Math.max(0, 1.5 * step - 0.5 * (next ?? 3 * step))
        : (previous + step) / 2;
    const end = next === undefined ? step : (step + next) / 2;
    const [left, right] = [steps.x(start), steps.x(end)];
    const counts = outcomeCounts(point);
    let below = 0;
    return MECHANISM_KEYS.map(({ kind, name }): Markup => {
      const count = counts[kind];
      const [bottom, top] = [y(below / pairs), y((below += count) / pairs)];
      return element(
        'rect',
        { class: kind, x: left, width: right - left, y: top, height: bottom - top },
        element(
          'title',
          {},
          textNode(`step ${step}: ${name}, ${count} of ${point.solved} solved pairs`),
        ),
      );
    });
  });
  const keys = legend(
    MECHANISM_KEYS.map(({ kind, name }) => ({
      name,
      mark: (x) => element('rect', { class: kind, x, y: 2, width: 12, height: 12, rx: 2 }),
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
  { kind: 'symbolic', name: 'by shape (symbolic)' },
  { kind: 'positional', name: 'by place (positional)' },
  { kind: 'other', name: 'other, or no causal layer' },
] as const;

function outcomeCounts({ positional, symbolic, solved }: MechanismPoint) {
  const counts = {
    symbolic: Math.round(symbolic * solved),
    positional: Math.round(positional * solved),
  };
  return { ...counts, other: solved - counts.symbolic - counts.positional };
}

const LEGEND = 30;
const KEY_WIDTH = 175;

function legend(keys: readonly { name: string; mark: (x: number) => Markup }[]): Markup[] {
  return keys.flatMap(({ name, mark }, index) => {
    const x = SHARES.left + index * KEY_WIDTH;
    return [mark(x), label(x + 28, 8, 'key', name)];
  });
}
