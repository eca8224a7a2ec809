import { totalBudget } from '../contract/card.ts';
import {
  CONTROLS,
  OUTCOMES,
  type Heads,
  type Interchange,
  type Knockout,
  type Linear,
  type OutcomeShares,
  type Probes,
  type ProbeSection,
  type TokenInterchange,
} from '../contract/probes.ts';
import { oodOf, resultOf, type ModelResults } from './runs.ts';
import { loss, percent, table, withCounts, withRange } from './markdown.ts';

/** Accuracy from which a model is said to have learnt the task. */
const SATURATED = 0.99;

/** The table that it all comes down to: what binds, and how far it carries. */
export function overview(models: readonly ModelResults[]): string {
  const rows = models.flatMap(({ card, probes }) =>
    card.evaluation.results.map(({ modality, order, id, ood }) => {
      const found = probes?.interchange?.find(
        (entry) => entry.modality === modality && entry.order === order,
      );
      return [
        card.id,
        `${modality}, ${order}`,
        ...(found ? mechanism(found) : ['-', '-', '-', '-']),
        withCounts(id),
        withCounts(ood),
      ];
    }),
  );
  return table(
    ['model', 'task', 'symbolic', 'positional', 'ratio', 'first causal layer', 'ID', 'OOD'],
    rows,
  );
}

/** Whether the models can do in distribution what they are compared on out of it. */
export function readOverview(models: readonly ModelResults[]): string {
  const low = models.flatMap((model) => {
    const id = resultOf(model, 'text', 'context')?.id;
    return id && id.accuracy < SATURATED ? [`${model.card.id} (${percent(id.accuracy)} %)`] : [];
  });
  const bar = `${percent(SATURATED)} % in distribution on text`;
  return low.length === 0
    ? `Every model here answers at least ${bar}: what parts them is what they make of more objects.`
    : `Below ${bar}: ${low.join(', ')}; what they do with more objects says less.`;
}

/** Whether the most training makes the best model. */
export function readBudgets(models: readonly ModelResults[]): string {
  const trained = models.flatMap((model) => {
    const ood = oodOf(model);
    const { steps } = totalBudget(model.card.training);
    return ood ? [{ id: model.card.id, steps, ood: ood.accuracy }] : [];
  });
  const by = (key: 'steps' | 'ood') =>
    trained
      .toSorted((a, b) => b[key] - a[key])
      .map(({ id }) => id)
      .join(', ');
  return `From most steps to least: ${by('steps')}. From best OOD accuracy to worst: ${by('ood')}.`;
}

function mechanism({ solved, layers, peakLayer, firstCausalLayer, ratioAtPeak }: Interchange) {
  // Of no solved pairs there is nothing to tell.
  if (solved === 0) return ['-', '-', '-', '-'];
  const { symbolic, positional } = layers[peakLayer].shares;
  const ratio = `${withRange(ratioAtPeak)} (layer ${peakLayer})`;
  return [withCounts(symbolic), withCounts(positional), ratio, String(firstCausalLayer ?? 'none')];
}

/** What each model was trained with by itself, the runs it starts from, and what all that sums to. */
export function budgets(models: readonly ModelResults[]): string {
  const number = (value: number) => value.toLocaleString('en');
  return table(
    [
      ...['model', 'steps', 'answers', 'seconds', 'starts from'],
      ...['steps in all', 'answers in all', 'minutes in all'],
    ],
    models.map(({ card: { id, training } }) => {
      const { steps, answers, seconds, lineage } = training;
      const all = totalBudget(training);
      const before =
        lineage
          .map(({ regime, contributed }) => (contributed ? `its ${contributed}` : regime))
          .join(' → ') || '-';
      const own = [steps, answers, seconds].map(number);
      const minutes = number(Math.round(all.seconds / 60));
      return [id, ...own, before, number(all.steps), number(all.answers), minutes];
    }),
  );
}

/** The tables of each section, one an entry. */
export const SECTION_TABLES: {
  readonly [S in ProbeSection]: (probes: Probes) => { title: string; body: string }[];
} = {
  interchange: ({ interchange = [] }) => titled(interchange, interchangeTable),
  tokens: ({ tokens = [] }) => titled(tokens, tokensTable),
  knockout: ({ knockout = [] }) => titled(knockout, knockoutTable),
  linear: ({ linear = [] }) => titled(linear, linearTable),
  heads: ({ heads = [] }) => titled(heads, headsTable),
};

function titled<T extends Pick<Interchange, 'modality' | 'order'>>(
  entries: readonly T[],
  body: (entry: T) => string,
) {
  return entries.map((entry) => ({
    title: `${entry.modality}, associations ${entry.order === 'context' ? 'in order' : 'shuffled'}`,
    body: body(entry),
  }));
}

function interchangeTable({ layers, pairs, solved }: Interchange): string {
  const directed = ({ positional, symbolic, unchanged }: OutcomeShares) =>
    [positional, symbolic, unchanged].map(({ accuracy }) => percent(accuracy)).join(' / ');
  const rows = layers.map(({ layer, shares, controls }) => [
    String(layer),
    ...OUTCOMES.map((kind) => percent(shares[kind].accuracy)),
    ...CONTROLS.map((control) => directed(controls[control])),
  ]);
  const shares = table(['layer', ...OUTCOMES, ...CONTROLS], rows);
  return (
    `Percent of the ${solved} pairs of ${pairs} that the model solves. Controls of equal norm, a random ` +
    `direction and the same token of an unrelated scene: positional / symbolic / none.\n\n${shares}`
  );
}

function tokensTable({ groups, solved, pairs }: TokenInterchange): string {
  const rows = groups.map(({ token, object, layers }) => {
    const strongest = layers.reduce((best, layer) =>
      layer.shares.unchanged.accuracy < best.shares.unchanged.accuracy ? layer : best,
    );
    const shares = OUTCOMES.map((kind) => percent(strongest.shares[kind].accuracy));
    return [token, object ?? '-', String(strongest.layer), ...shares];
  });
  const strongest = table(['token', 'of object', 'layer', ...OUTCOMES], rows);
  return `Percent of ${solved} solved pairs of ${pairs}, at the layer where fewest answers stay.\n\n${strongest}`;
}

function knockoutTable({ distributions, window }: Knockout): string {
  const [first] = distributions;
  const last = Math.max(...first.edges.map(({ layers }) => layers[1]));
  const isWhole = ({ layers }: { layers: readonly number[] }) =>
    layers[0] === 0 && layers[1] === last;
  const rows = first.edges.filter(isWhole).map(({ from, to }) => [
    `${from} -> ${to}`,
    ...distributions.flatMap(({ edges }) => {
      const cuts = edges.filter((edge) => edge.from === from && edge.to === to);
      const windows = cuts.filter((cut) => !isWhole(cut));
      const worst = windows.reduce(
        (most, cut) => (cut.accuracyDrop > most.accuracyDrop ? cut : most),
        windows[0],
      );
      const everywhere = cuts.filter(isWhole).map((cut) => loss(cut, edges.length));
      return [
        ...everywhere,
        worst ? `${loss(worst, edges.length)} (${worst.layers.join('-')})` : '-',
      ];
    }),
  ]);
  const head = distributions.flatMap(({ distribution }) => [
    `${distribution.toUpperCase()}: all layers`,
    `worst ${window}`,
  ]);
  return `${wholeAccuracies(distributions)}\n\n${table(['edge', ...head], rows)}`;
}

function wholeAccuracies(
  distributions: readonly Pick<
    Knockout['distributions'][number],
    'distribution' | 'objects' | 'baseline'
  >[],
): string {
  const whole = distributions.map(
    ({ distribution, objects, baseline: accuracy }) =>
      `${distribution.toUpperCase()} (${objects} objects) ${withCounts(accuracy)}`,
  );
  return (
    `Accuracy of the whole model: ${whole.join('; ')}. Lost percentage points; bold where the ` +
    'loss holds after Bonferroni correction (McNemar, p < 0.05).'
  );
}

function linearTable({ probes, trainSamples, testSamples }: Linear): string {
  const layers = probes[0]?.layers.map(({ layer }) => `layer ${layer}`) ?? [];
  const rows = probes.map(({ token, feature, chance, layers: scores }) => [
    token,
    feature,
    ...scores.map(({ accuracy }) => percent(accuracy.accuracy)),
    percent(Math.max(...scores.map(({ control }) => control.accuracy))),
    percent(chance),
  ]);
  const body = table(['token', 'feature', ...layers, 'shuffled labels, at most', 'chance'], rows);
  return `Percent right of ${testSamples} held-out tokens, after fitting to ${trainSamples}.\n\n${body}`;
}

function headsTable({ interchange, ablation }: Heads): string {
  const rows = interchange.heads.map(({ layer, head, shares }, place) => [
    `${layer}.${head}`,
    ...OUTCOMES.map((kind) => percent(shares[kind].accuracy)),
    ...ablation.map(({ heads }) => loss(heads[place], heads.length)),
  ]);
  const lost = ablation.map(
    ({ kind, distribution }) => `${distribution.toUpperCase()} lost, ${kind} ablation`,
  );
  return (
    `Outcomes in percent of ${interchange.solved} solved pairs of ${interchange.pairs}. ` +
    `${wholeAccuracies(ablation.filter(({ kind }) => kind === 'zero'))}\n\n${table(['head', ...OUTCOMES, ...lost], rows)}`
  );
}
