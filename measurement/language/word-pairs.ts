import { argMax, softmax } from '../../inference/logits.ts';
import type { Prompt } from '../../inference/prompt.ts';
import type { LastTokenPatch } from '../../inference/prompt-runner.ts';
import { classifyObject, maxLogitDelta } from '../../probes/clean-run.ts';
import {
  randomLike,
  scaleToNorm,
  unrelatedScene,
  type LayerOutcome,
  type PairOutcome,
} from '../../probes/interchange.ts';
import { interchangePair } from '../../probes/pairs.ts';
import { elementAt } from '../../task/element-at.ts';
import { drawWords } from '../../task/language/word-picture.ts';
import { writeWordPrompt, type Wording } from '../../task/language/word-prompt.ts';
import { generateScene, type Scene } from '../../task/scene.ts';
import type { QuerySpec } from '../../task/spec.ts';
import type { LanguageModel } from './language-model.ts';

/** Asks a language model queries in words, and patches it. Each answer is read from the next token alone. */

/** Whether one query was answered. */
export interface WordAnswer {
  /** The correct item is the most probable of those in the prompt. */
  readonly correct: boolean;
  /** Its first token is the most probable of the whole vocabulary. */
  readonly free: boolean;
}

/** Answers the query with an index. */
export async function answerWordQuery(
  model: LanguageModel,
  spec: QuerySpec,
  seed: number,
  index: number,
  wording: Wording,
): Promise<WordAnswer> {
  const scene = generateScene(spec, seed, index);
  const object = elementAt(scene.asked, 0);
  const { prompt, candidates } = await promptOf(model, spec, scene, object, wording);
  const [answer] = await model.runner.run(prompt, [undefined], ({ logits }) => ({
    correct: answeredObject(logits, candidates) === object,
    free: argMax(logits) === candidates[object],
  }));
  return answer ?? { correct: false, free: false };
}

/**
 * Interchange at the last token, at every layer, with both controls: `sweepLayers` for language models. Layers of a pair
 * that the model does not solve are left out, since nothing is measured in them.
 *
 * @throws SpecError for fewer than four objects
 */
export async function sweepWordPair(
  model: LanguageModel,
  spec: QuerySpec,
  seed: number,
  index: number,
  wording: Wording,
): Promise<PairOutcome> {
  const pair = interchangePair(spec, seed, index);
  const { runner } = model;
  const layers = Array.from({ length: runner.layers + 1 }, (_, layer) => layer);
  const original = await promptOf(model, spec, pair.original, pair.asked, wording);
  const answersOriginal = await readClean(model, original, []);
  if (answersOriginal.answered !== pair.asked) return { pair, solved: false, layers: [] };

  // In the counterfactual, the object at P has the asked colour. Its own answer is the item of R in the original.
  const counterfactual = await promptOf(model, spec, pair.counterfactual, pair.positional, wording);
  const source = await readClean(model, counterfactual, layers);
  if (source.answered !== pair.positional) return { pair, solved: false, layers: [] };
  const scene = unrelatedScene(spec, seed, index);
  const unrelated = await promptOf(model, spec, scene, elementAt(scene.asked, 0), wording);
  const { residuals: others } = await readClean(model, unrelated, layers);

  const patches = layers.flatMap((layer): LastTokenPatch[] => {
    const vector = elementAt(source.residuals, layer);
    return [
      { layer, vector },
      { layer, vector: randomLike(vector, seed, index, layer) },
      { layer, vector: scaleToNorm(vector, elementAt(others, layer)) },
    ];
  });
  let clean = new Float32Array();
  const runs = await runner.run(original.prompt, [undefined, ...patches], ({ logits }, variant) => {
    if (variant === 0) clean = logits.slice();
    return {
      answered: answeredObject(logits, original.candidates),
      probabilities: softmax(candidateLogits(logits, original.candidates)),
      change: maxLogitDelta(logits, clean),
    };
  });
  return {
    pair,
    solved: true,
    layers: layers.map((layer): LayerOutcome => {
      const run = (kind: number) => elementAt(runs, 1 + 3 * layer + kind);
      return {
        layer,
        outcome: classifyObject(run(0).answered, pair),
        controls: {
          random: classifyObject(run(1).answered, pair),
          unrelated: classifyObject(run(2).answered, pair),
        },
        maxLogitDelta: run(0).change,
        probabilities: run(0).probabilities,
      };
    }),
  };
}

interface TokenPrompt {
  readonly prompt: Prompt;
  /** The first token of each object's item, in context order. */
  readonly candidates: readonly number[];
}

async function promptOf(
  model: LanguageModel,
  { grid }: QuerySpec,
  scene: Scene,
  object: number,
  wording: Wording,
): Promise<TokenPrompt> {
  const { text, candidates } = writeWordPrompt(scene, { question: 'indirect', object }, wording);
  const { answerLead, modality } = wording.template;
  const picture = modality === 'image' ? drawWords(scene.objects, grid, wording.words) : undefined;
  return {
    prompt: await model.encode(text, answerLead, picture),
    candidates: candidates.map((word) => model.firstToken(answerLead, word)),
  };
}

/** @param layers whose residual streams [D] at the last token are returned */
async function readClean(
  { runner }: LanguageModel,
  { prompt, candidates }: TokenPrompt,
  layers: readonly number[],
): Promise<{ readonly answered: number; readonly residuals: readonly Float32Array[] }> {
  const [run] = await runner.run(prompt, [undefined], (answer) => ({
    answered: answeredObject(answer.logits, candidates),
    residuals: layers.map((layer) => answer.residual(layer)),
  }));
  return run ?? { answered: -1, residuals: [] };
}

const candidateLogits = (logits: Float32Array, candidates: readonly number[]): Float32Array =>
  Float32Array.from(candidates, (token) => elementAt(logits, token));

const answeredObject = (logits: Float32Array, candidates: readonly number[]): number =>
  argMax(candidateLogits(logits, candidates));
