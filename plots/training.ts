import { area, line } from 'd3-shape';
import type { MechanismPoint, TrainedCard } from '../contract/card.ts';
import type { Locale } from '../contract/theme-locale.ts';
import { proportion, type Proportion } from '../statistics/intervals.ts';
import { LIMITS, type Modality } from '../task/spec.ts';
import { describeProportion } from './accuracy.ts';
import { axisTitle, shareAxis, SHARES, sharesFrame } from './axes.ts';
import { DEFAULT_STYLE, plotDocument, widthOf, type FigureStyle, type Panel } from './document.ts';
import { outcomeWithTerm } from './labels.ts';
import { MEASUREMENT_LABELS } from './measurement-labels.ts';
import { stageNames, stagesOf, stepAxis, type StageSpan } from './stages.ts';
import { element, label, textNode, type Markup } from './svg.ts';

type TrainedModel = Pick<TrainedCard, 'id' | 'curve' | 'validation' | 'modalities'>;

const RANGES = ['id', 'ood'] as const;
type Range = (typeof RANGES)[number];

/** Shares of correct answers by training step. */
interface Line {
  readonly modality: Modality;
  readonly range: Range;
  readonly points: readonly { readonly step: number; readonly share: Proportion }[];
}

/** The training of a model as SVG: accuracy and mechanism by step, with the stages. */
export function plotTraining(model: TrainedModel, style: FigureStyle = DEFAULT_STYLE): string {
  const labels = MEASUREMENT_LABELS[style.locale];
  const { id, curve, validation, modalities } = model;
  const stages = stagesOf(curve);
  const lines = linesOf(model);
  const probed = modalities.filter((modality) =>
    curve.some((point) => point.mechanism?.[modality]),
  );
  const mechanisms = probed.map((modality) =>
    mechanismPanel(modality, curve, validation.pairs, stages, style),
  );
  const description =
    lines.flatMap((one) => describeLine(one, style.locale)).join(' ') +
    (probed.length > 0 ? '' : ` ${labels.notProbed}`);
  const panels = [accuracyPanel(lines, stages, style), ...mechanisms];
  return plotDocument(
    { title: labels.training(id), description },
    probed.length > 0 ? panels : [...panels, { title: labels.notProbed, height: 0, body: [] }],
    undefined,
    style,
  );
}

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

function lineName({ modality, range }: Line, locale: Locale): string {
  const { contexts, ranges } = MEASUREMENT_LABELS[locale];
  return `${contexts[modality]}, ${ranges[range]}`;
}

function describeLine(line: Line, locale: Locale): string[] {
  const last = line.points.at(-1);
  if (!last) return [];
  const share = describeProportion(last.share, locale);
  return [
    `${lineName(line, locale)}: ${share} ${MEASUREMENT_LABELS[locale].afterSteps(last.step)}.`,
  ];
}

function accuracyPanel(
  lines: readonly Line[],
  stages: readonly StageSpan[],
  style: FigureStyle,
): Panel {
  const { locale } = style;
  const labels = MEASUREMENT_LABELS[locale];
  const frame = sharesFrame(style);
  const { y, marks } = shareAxis(frame);
  const steps = stepAxis(stages, frame, locale);
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
        const position = `${lineName(line, locale)}, ${labels.step(step)}`;
        const tooltip = `${position}: ${describeProportion(share, locale)}`;
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
    style,
    lines.map((line) => ({
      name: lineName(line, locale),
      mark: (left, top) =>
        element('line', {
          class: `line ${line.modality} ${line.range}`,
          x1: left,
          x2: left + 22,
          y1: top + 8,
          y2: top + 8,
        }),
    })),
  );
  const chart = [...marks, ...steps.marks, ...drawn, axisTitle(labels.steps, frame)];
  const top = keys.height + names.height;
  return {
    title: labels.accuracyPanel,
    height: top + SHARES.height + 40,
    body: [
      ...keys.body,
      element('g', { transform: `translate(0 ${keys.height})` }, ...names.drawn),
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
  style: FigureStyle,
): Panel {
  const { locale } = style;
  const labels = MEASUREMENT_LABELS[locale];
  const names = mechanismKeys(locale);
  const frame = sharesFrame(style);
  const { y, marks } = shareAxis(frame);
  const steps = stepAxis(stages, frame, locale);
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
    return names.map(({ kind, name }): Markup => {
      const count = counts[kind];
      const [bottom, top] = [y(below / pairs), y((below += count) / pairs)];
      return element(
        'rect',
        { class: kind, x: left, width: right - left, y: top, height: bottom - top },
        element(
          'title',
          {},
          textNode(`${labels.step(step)}: ${name}, ${labels.solvedPairs(count, point.solved)}`),
        ),
      );
    });
  });
  const keys = legend(
    style,
    names.map(({ kind, name }) => ({
      name,
      mark: (x, y) => element('rect', { class: kind, x, y: y + 2, width: 12, height: 12, rx: 2 }),
    })),
  );
  const chart = [...marks, ...bars, ...steps.marks, axisTitle(labels.steps, frame)];
  return {
    title: labels.mechanismPanel(labels.contexts[modality], pairs),
    height: keys.height + SHARES.height + 40,
    body: [...keys.body, element('g', { transform: `translate(0 ${keys.height})` }, ...chart)],
  };
}

const mechanismKeys = (locale: Locale) =>
  [
    { kind: 'symbolic', name: outcomeWithTerm('symbolic', locale) },
    { kind: 'positional', name: outcomeWithTerm('positional', locale) },
    { kind: 'other', name: MEASUREMENT_LABELS[locale].noCausalLayer },
  ] as const;

function outcomeCounts({ positional, symbolic, solved }: MechanismPoint) {
  const counts = {
    symbolic: Math.round(symbolic * solved),
    positional: Math.round(positional * solved),
  };
  return { ...counts, other: solved - counts.symbolic - counts.positional };
}

const LEGEND = 30;
const KEY_ROW = 20;
/** The room of a mark and of each character of its name. */
const KEY = { mark: 40, character: 7 } as const;

interface Key {
  readonly name: string;
  readonly mark: (x: number, y: number) => Markup;
}

/** The keys of a panel, in as many rows as they need. */
function legend(style: FigureStyle, keys: readonly Key[]) {
  const keyWidth = KEY.mark + KEY.character * Math.max(...keys.map(({ name }) => name.length));
  const perRow = Math.max(1, Math.floor((widthOf(style) - SHARES.left) / keyWidth));
  const rows = Math.ceil(keys.length / perRow);
  const body = keys.flatMap(({ name, mark }, index) => {
    const x = SHARES.left + (index % perRow) * keyWidth;
    const y = KEY_ROW * Math.floor(index / perRow);
    return [mark(x, y), label(x + 28, y + 8, 'key', name)];
  });
  return { height: LEGEND + KEY_ROW * Math.max(0, rows - 1), body };
}
