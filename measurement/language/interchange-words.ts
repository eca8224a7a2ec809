import type { CodeVersion } from '../../contract/baseline.ts';
import type {
  LanguageInterchange,
  LanguageModelFacts,
  LanguageModelResult,
} from '../../contract/language-interchange.ts';
import { SCHEMA_ADDRESSES } from '../../contract/schema-addresses.ts';
import { breakDown } from '../../probes/breakdown.ts';
import { summarise } from '../../probes/interchange-summary.ts';
import type { PairOutcome } from '../../probes/interchange.ts';
import { summariseMixture } from '../../probes/mixture.ts';
import { interchangePair } from '../../probes/pairs.ts';
import { accuracyOf } from '../../statistics/intervals.ts';
import { pairOutcomes } from '../../statistics/paired-comparison.ts';
import { countRatio } from '../../statistics/ratios.ts';
import { elementAt } from '../../task/element-at.ts';
import type { Wording } from '../../task/language/word-prompt.ts';
import { wordsForTokenizer, type DroppedWord } from '../../task/language/word-lists.ts';
import { parseWordSpec } from '../../task/language/word-query.ts';
import type { QuerySpec } from '../../task/spec.ts';
import type { InterchangeProgress, PairEntry } from './interchange-progress.ts';
import type { LanguageModel } from './language-model.ts';
import { answerWordQuery, sweepWordPair, type WordAnswer } from './word-pairs.ts';

/** How language models bind: their accuracy by number of objects, then interchange on the pairs that they solve. */

export interface InterchangePlan {
  /** Whether questions are put by the models' chat templates. */
  readonly chat: boolean;
  readonly order: 'context' | 'shuffled';
  readonly seed: number;
  /** Of a pair of prompts. */
  readonly objects: number;
  readonly pairs: number;
  /** Numbers of objects for the accuracy. */
  readonly lengths: readonly number[];
  /** For each number of objects. */
  readonly queries: number;
}

/**
 * A wording without items that begin with the same token as another one in any of the models, so that the first token
 * of an answer says which item it is.
 *
 * @returns the wording, and the items that are left out
 */
export function wordingFor(
  models: readonly Pick<LanguageModel, 'firstToken'>[],
  wording: Wording,
): { readonly wording: Wording; readonly dropped: readonly DroppedWord[] } {
  const { template } = wording;
  let { words } = wording;
  const dropped: DroppedWord[] = [];
  for (const model of models) {
    const kept = wordsForTokenizer(words, (word) => model.firstToken(template.answerLead, word));
    dropped.push(...kept.dropped);
    ({ words } = kept);
  }
  return { wording: { template, words }, dropped };
}

/**
 * Measures one model, or two on the same prompts.
 *
 * @param progress what has been measured before is not measured again
 * @throws SpecError where the words do not suffice for the plan
 */
export async function interchangeWords(
  models: readonly LanguageModel[],
  asked: Wording,
  plan: InterchangePlan,
  progress: InterchangeProgress,
  code: CodeVersion,
  onProgress: (done: number) => void,
): Promise<LanguageInterchange> {
  const { wording, dropped } = wordingFor(models, asked);
  const specOf = (objects: number) => parseWordSpec({ objects, order: plan.order }, wording);
  const spec = specOf(plan.objects);
  const lengths = plan.lengths.map(specOf);
  const total = models.length * (plan.lengths.length * plan.queries + plan.pairs);

  let done = 0;
  const step = () => {
    done += 1;
    onProgress(done / total);
  };
  const measured: Measured[] = [];
  for (const [number, model] of models.entries()) {
    const run = { model, number, wording, seed: plan.seed, progress, step };
    const answers: WordAnswer[][] = [];
    for (const length of lengths) answers.push(await measureAnswers(run, length, plan.queries));
    measured.push({ answers, outcomes: await measurePairs(run, spec, plan.pairs) });
  }
  const results = measured.map(({ answers, outcomes }, number) =>
    resultOf(
      { ...elementAt(models, number).facts, droppedItems: dropped.length },
      plan,
      answers,
      outcomes,
    ),
  );
  const [a, b] = measured;
  return {
    $schema: SCHEMA_ADDRESSES.languageInterchange,
    schema: 1,
    code,
    prompts: {
      template: wording.template.id,
      chat: plan.chat,
      words: wording.words.id,
      split: spec.split,
      order: spec.order,
      seed: plan.seed,
      objects: plan.objects,
      pairs: plan.pairs,
      queries: plan.queries,
    },
    models: results,
    paired: a && b ? pairModels(plan, a, b) : null,
  };
}

/** What the measurements of one model have in common. */
interface ModelRun {
  readonly model: LanguageModel;
  /** Its index in the plan. */
  readonly number: number;
  readonly wording: Wording;
  readonly seed: number;
  readonly progress: InterchangeProgress;
  /** Reports that one more answer or pair is there. */
  readonly step: () => void;
}

async function measureAnswers(
  { model, number, wording, seed, progress, step }: ModelRun,
  spec: QuerySpec,
  queries: number,
): Promise<WordAnswer[]> {
  const { objects } = spec;
  const answers: WordAnswer[] = [];
  for (let index = 0; index < queries; index++) {
    const known = progress.answerOf(number, objects, index);
    const { correct, free } = known ?? (await answerWordQuery(model, spec, seed, index, wording));
    if (!known) progress.add({ kind: 'answer', model: number, objects, index, correct, free });
    answers.push({ correct, free });
    step();
  }
  return answers;
}

async function measurePairs(
  { model, number, wording, seed, progress, step }: ModelRun,
  spec: QuerySpec,
  pairs: number,
): Promise<PairOutcome[]> {
  const outcomes: PairOutcome[] = [];
  for (let index = 0; index < pairs; index++) {
    const known = progress.pairOf(number, index);
    const outcome = known
      ? { pair: interchangePair(spec, seed, index), ...fromEntry(known) }
      : await sweepWordPair(model, spec, seed, index, wording);
    if (!known) progress.add(toEntry(number, index, outcome));
    outcomes.push(outcome);
    step();
  }
  return outcomes;
}

const toEntry = (model: number, index: number, { solved, layers }: PairOutcome): PairEntry => ({
  kind: 'pair',
  model,
  index,
  solved,
  layers: layers.map(({ probabilities, ...layer }) => {
    return { ...layer, probabilities: Array.from(probabilities) };
  }),
});

const fromEntry = ({ solved, layers }: PairEntry): Omit<PairOutcome, 'pair'> => ({
  solved,
  layers: layers.map(({ probabilities, ...layer }) => {
    return { ...layer, probabilities: Float64Array.from(probabilities) };
  }),
});

function resultOf(
  facts: LanguageModelFacts,
  { lengths }: InterchangePlan,
  answers: readonly (readonly WordAnswer[])[],
  outcomes: readonly PairOutcome[],
): LanguageModelResult {
  const solved = outcomes.filter((outcome) => outcome.solved);
  const summary = solved.length > 0 ? summarise(outcomes) : undefined;
  return {
    ...facts,
    accuracy: lengths.map((objects, at) => ({
      objects,
      ...accuracyOf(elementAt(answers, at).map(({ correct }) => correct)),
      free: accuracyOf(elementAt(answers, at).map(({ free }) => free)),
    })),
    interchange: summary
      ? { ...summary, layers: [...summary.layers], ...breakDown(solved, summary.peakLayer) }
      : null,
    mixture: summariseMixture(outcomes).layers,
  };
}

interface Measured {
  readonly answers: readonly (readonly WordAnswer[])[];
  readonly outcomes: readonly PairOutcome[];
}

/** Both models on the same prompts; each at its own peak layer. */
function pairModels(
  { lengths }: InterchangePlan,
  a: Measured,
  b: Measured,
): LanguageInterchange['paired'] {
  const both = a.outcomes.map((outcome, index) => outcome.solved && b.outcomes[index]?.solved);
  const solvedByBoth = ({ outcomes }: Measured) => outcomes.filter((_, index) => both[index]);
  const atPeak = (measured: Measured) => {
    const solved = solvedByBoth(measured);
    const peak = solved.length > 0 ? summarise(measured.outcomes).peakLayer : 0;
    return solved.map(({ layers }) => elementAt(layers, peak).outcome);
  };
  const [peakA, peakB] = [atPeak(a), atPeak(b)];
  const ratioOf = (outcomes: readonly string[]) => {
    const count = (kind: string) => outcomes.filter((outcome) => outcome === kind).length;
    return countRatio(count('symbolic'), count('positional'));
  };
  const isSymbolic = (outcome: string) => outcome === 'symbolic';
  return {
    accuracy: lengths.map((objects, at) => ({
      objects,
      ...pairOutcomes(
        elementAt(a.answers, at).map(({ correct }) => correct),
        elementAt(b.answers, at).map(({ correct }) => correct),
      ),
    })),
    solvedByBoth: peakA.length,
    ratios: [ratioOf(peakA), ratioOf(peakB)],
    symbolic: peakA.length > 0 ? pairOutcomes(peakA.map(isSymbolic), peakB.map(isSymbolic)) : null,
  };
}
