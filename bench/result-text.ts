import type { ComparedFigure } from './against.ts';
import type { Row } from './report.ts';
import type { BenchResult, Curve, Figure, Part } from './result.ts';

/** Results as lines and tables. */

export function amount(value: number, unit: Figure['unit']): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}

const spread = ({ quartiles, unit, rounds }: Figure): string =>
  rounds === 1
    ? 'once'
    : `${quartiles.map((one) => amount(one, unit)).join(' to ')}, ${rounds} turns`;

const intervalOf = ({ interval, unit }: Figure): string | undefined =>
  interval?.map((one) => amount(one, unit)).join(' to ');

const targetOf = ({ target, unit, better }: Figure): string | undefined =>
  target === undefined ? undefined : `${better === 'lower' ? '<=' : '>='} ${amount(target, unit)}`;

export function figureRows({ figures, curves = [] }: Part): Row[] {
  return [
    ...figures.map((figure) => {
      const target = targetOf(figure);
      const interval = intervalOf(figure);
      const certainty = interval === undefined ? '' : `95 % interval ${interval}; `;
      return {
        what: figure.what,
        value: `${amount(figure.value, figure.unit)} (${certainty}${spread(figure)})`,
        ...(target !== undefined && { target }),
      };
    }),
    ...curves.map((curve) => ({ what: curve.what, value: curveText(curve) })),
  ];
}

/** Each point, with what the isolate holds afterwards and how much all of workerd has grown. */
const curveText = (curve: Curve): string => {
  const points = curve.points.map(({ x, value, memory, grown }) => {
    const held = memory === undefined ? '' : ` (${memory.toFixed(0)} MB`;
    const all = grown === undefined ? '' : `, workerd +${grown.toFixed(0)} MB`;
    return `${x}: ${amount(value, curve.unit)}${held}${held && `${all})`}`;
  });
  return [points.join(', '), ...(isOver(curve) ? [NO_ROOM] : [])].join('; ');
};

/** Megabytes of an isolate on Cloudflare. */
const ISOLATE = 128;
const NO_ROOM = `the isolate holds more than the ${ISOLATE} MB of a deployment`;
const isOver = ({ points }: Curve): boolean => points.some(({ memory = 0 }) => memory > ISOLATE);

export const comparisonRows = (compared: readonly ComparedFigure[]): Row[] =>
  compared.map(({ part, what, before, now, ratio, verdict }) => ({
    what: `${part}: ${what}`,
    value:
      `${amount(before.value, before.unit)} -> ${amount(now.value, now.unit)}, ` +
      `${ratio.toFixed(2)} of before: ${verdict}`,
  }));

export function machineLine({
  machine,
  versions,
}: Pick<BenchResult, 'machine' | 'versions'>): string {
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${machine.cores} x ${machine.processor}, ${machine.memoryGB} GB, load ${machine.load.join(' to ')}; ` +
    software.join(', ')
  );
}

/** A section of a document for each part. */
export function resultMarkdown(result: BenchResult): string {
  const sections = Object.entries(result.parts).map(([title, part]) =>
    [`## ${title}`, part.runs, figureTable(part), ...(part.curves ?? []).map(curveMarkdown)]
      .filter((text) => text !== '')
      .join('\n\n'),
  );
  return sections.join('\n\n');
}

function figureTable({ figures }: Part): string {
  if (figures.length === 0) return '';
  const rows = figures.map((figure) => [
    figure.what,
    amount(figure.value, figure.unit),
    intervalOf(figure) ?? '',
    spread(figure),
    targetOf(figure) ?? '',
  ]);
  return table(['what', 'median', '95 % interval', 'quartiles', 'target'], rows);
}

function curveMarkdown(curve: Curve): string {
  const { what, x, unit, points, limit } = curve;
  const first = points[0];
  const rows = points.map((point) => [
    String(point.x),
    amount(point.value, unit),
    first ? `${(point.value / first.value).toFixed(1)} x` : '',
    first ? `${(point.x / first.x).toFixed(1)} x` : '',
    point.memory === undefined ? '' : amount(point.memory, 'MB'),
    point.grown === undefined ? '' : amount(point.grown, 'MB'),
  ]);
  const heads = [
    x,
    'value',
    'of the first value',
    `of the first ${x}`,
    'isolate holds',
    'workerd grew by',
  ];
  const allowed =
    limit === undefined
      ? 'What the isolate holds has no limit here.'
      : `The isolate may hold ${limit} MB.`;
  const over = isOver(curve) ? [`Here ${NO_ROOM}.`] : [];
  return [`### ${what}`, [allowed, ...over].join(' '), table(heads, rows)].join('\n\n');
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
