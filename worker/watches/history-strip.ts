import type { WatchRun, WatchState } from '../../contract/watches.ts';
import type { ColourName } from '../../plots/palette.ts';
import { element, textNode } from '../../plots/svg.ts';
import { STATUS_WORDS, type StatusWords } from './status-words.ts';

/** Height and colour of a bar: states differ by both, so that nobody needs to see colours. */
const BARS: Readonly<Record<WatchState, { readonly height: number; readonly fill: ColourName }>> = {
  passing: { height: 8, fill: 'correct' },
  insufficient: { height: 13, fill: 'positional' },
  unreachable: { height: 18, fill: 'muted' },
  regressed: { height: 24, fill: 'wrong' },
};

const HEIGHT = 24;
/** 48 bars fit on a phone. */
const STEP = 6;
const WIDTH = 4;

/** The runs of a watch as bars from left to right, as SVG. @param slots bars that fit */
export function historyStrip(
  runs: readonly WatchRun[],
  slots: number,
  words: StatusWords = STATUS_WORDS.en,
): string {
  const bars = runs.map(({ outcome, started, reason }, index) => {
    const { height, fill } = BARS[outcome];
    const x = (slots - runs.length + index) * STEP;
    const time = started.slice(0, 16).replace('T', ' ');
    const title = `${time} UTC: ${words.states[outcome]}${reason === null ? '' : `. ${reason}`}`;
    return element(
      'rect',
      { x, y: HEIGHT - height, width: WIDTH, height, fill: `var(--${fill})` },
      element('title', {}, textNode(title)),
    );
  });
  return element(
    'svg',
    {
      class: 'chart',
      viewBox: `0 0 ${slots * STEP} ${HEIGHT + 1}`,
      width: slots * STEP,
      height: HEIGHT + 1,
      role: 'img',
      'aria-label': describeRuns(runs, words),
    },
    element('rect', {
      ...{ x: 0, y: HEIGHT, width: slots * STEP, height: 1, fill: 'var(--border)' },
    }),
    ...bars,
  );
}

/** `The last 48 runs: 46 passing, 2 unreachable` */
export function describeRuns(
  runs: readonly WatchRun[],
  words: StatusWords = STATUS_WORDS.en,
): string {
  const outcomes = runs.map(({ outcome }) => outcome);
  const [first, ...more] = outcomes;
  if (first === undefined) return words.noRuns;
  if (more.length === 0) return `${words.lastRuns(1)}: ${words.states[first]}`;
  const counts = [...new Set(outcomes)].map(
    (outcome) => `${outcomes.filter((one) => one === outcome).length} ${words.states[outcome]}`,
  );
  return `${words.lastRuns(runs.length)}: ${counts.join(', ')}`;
}
