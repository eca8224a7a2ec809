import type { ModelCard } from '../contract/card.ts';
import type {
  GeneratedIntervention,
  InlineIntervention,
  Intervention,
  PatchEffect,
} from '../contract/interventions.ts';
import { argMax, softmax } from '../inference/logits.ts';
import { answerLogits, classify, maxLogitDelta } from '../probes/clean-run.ts';
import { randomLike } from '../probes/interchange.ts';
import { buildPromptBatch, type ProbeSubject } from '../probes/prompt-batch.ts';
import type { InterchangePair } from '../probes/pairs.ts';
import type { HeadRun, Interventions } from '../probes/runner.ts';
import { itemToken } from '../task/tokens.ts';
import type { ResolvedQuery } from './resolve-query.ts';
import { requireAffordable, rowsPerRun, workOf } from './cost-limit.ts';
import { tokenProbability, sixDigits } from './token-probability.ts';
import { generatedPair, inlinePair, type ResolvedPair } from './intervention-pair.ts';
import type { Models } from './models.ts';
import { invalidPart } from './problem.ts';
import { queryWords, tokenResource } from './query-resource.ts';
import { requireCompatible, vocabularyOf } from './model-compatibility.ts';

type Request = GeneratedIntervention | InlineIntervention;

/** What is patched in one run: the residual stream before a layer, or the output of a head. */
interface Site {
  readonly layer: number;
  readonly head?: number;
}

/**
 * Patches activations of one query's run into another's, one site at a time.
 *
 * @throws Problem where the queries make no pair, a site or position is not in the model, the model
 *   cannot be probed or cannot read them, or all would be too much work
 */
export async function runIntervention(models: Models, request: Request): Promise<Intervention> {
  const card = await models.card(request.model);
  const posed = 'pair' in request ? generatedPair(card, request.pair) : inlinePair(request);
  const { pair, original, counterfactual } = posed;
  for (const { query, modality, grid } of [original, counterfactual]) {
    const packed = { scene: query.scene, prompt: query.prompt, modality, grid };
    requireCompatible(card, packed, vocabularyOf(packed));
  }
  const { layers, heads } = sitesOf(card, request);
  const positions = positionsOf(original, request.positions);
  const sites: readonly Site[] = [...layers, ...heads];
  // Each site is patched twice: with the counterfactual's activation, and with a random one.
  const rows = 2 + 2 * sites.length;
  requireAffordable(
    rows * workOf(card, original.query.prompt.tokens.length),
    'patch fewer layers or heads, or use fewer objects',
  );

  const subject = await models.subject(card);
  const alone = await buildPromptBatch(subject, original, [rowOf(original), rowOf(counterfactual)]);
  const aloneRun = await subject.probe.run(alone.batch);
  const [own, counter] = [answerLogits(aloneRun, 0), answerLogits(aloneRun, 1)];
  const logits = await runPatched(subject, original, patchesOf(aloneRun, sites, positions));
  const effects = sites.map((_, site): PatchEffect => ({
    ...patchedAnswer(logits[2 * site], own, pair),
    control: patchedAnswer(logits[2 * site + 1], own, pair),
  }));

  return {
    kind: 'pair',
    model: request.model,
    digest: card.files.model.sha256,
    original: { ...unpatched(original, own), probabilities: candidateProbabilities(own, pair) },
    counterfactual: unpatched(counterfactual, counter),
    solved:
      argMax(own) === original.query.answer && argMax(counter) === counterfactual.query.answer,
    candidates: candidatesOf(posed),
    positions,
    layers: layers.map((site, place) => ({ ...site, ...effects[place] })),
    heads: heads.map((site, place) => ({ ...site, ...effects[layers.length + place] })),
  };
}

/** @throws Problem where the model has no such layer or head */
function sitesOf({ id, recipe }: ModelCard, { layers, heads }: Request) {
  const { layers: layerCount, heads: headCount } = recipe.model;
  layers?.forEach((layer, place) => {
    if (layer <= layerCount) return;
    const range = `layers from 0 to ${layerCount}, the last being the stream after all of them`;
    throw invalidPart(`body.layers.${place}`, `model "${id}" has ${range}`);
  });
  heads.forEach(({ layer, head }, place) => {
    if (layer < layerCount && head < headCount) return;
    const range = `heads 0 to ${headCount - 1} in layers 0 to ${layerCount - 1}`;
    throw invalidPart(`body.heads.${place}`, `model "${id}" has ${range}`);
  });
  const every = Array.from({ length: layerCount + 1 }, (_, layer) => layer);
  const chosen = layers ?? (heads.length > 0 ? [] : every);
  return { layers: chosen.map((layer) => ({ layer })), heads };
}

/** @throws Problem where the prompt has no such token */
function positionsOf({ query }: ResolvedQuery, positions: Request['positions']): number[] {
  const { tokens, answers } = query.prompt;
  if (positions === 'asked') return [answers[0].tokenIndex];
  const beyond = positions.findIndex((position) => position >= tokens.length);
  if (beyond < 0) return positions;
  const detail = `the prompt has ${tokens.length} tokens: positions go from 0 to ${tokens.length - 1}`;
  throw invalidPart(`body.positions.${beyond}`, detail);
}

const rowOf = ({ query, ask }: ResolvedQuery) => ({ scene: query.scene, questions: [ask] });

/** What to do to the row of a run; two a site, the second with random vectors of the same norms. */
type RowPatch = (row: number) => Interventions;

function patchesOf(run: HeadRun, sites: readonly Site[], positions: readonly number[]): RowPatch[] {
  const counterfactual = 1;
  return sites.flatMap(({ layer, head }) => {
    const vectors = positions.map((token) => {
      const at = { row: counterfactual, token };
      return head === undefined ? run.residual(layer, at) : run.headOutput(layer, head, at);
    });
    const random = vectors.map((vector, place) =>
      randomLike(vector, head ?? 0, positions[place], layer),
    );
    return [vectors, random].map((patched): RowPatch => (row) => {
      const at = positions.map((token, place) => ({ row, token, layer, vector: patched[place] }));
      if (head === undefined) return { residuals: at };
      return { heads: at.map((patch) => ({ ...patch, head })) };
    });
  });
}

/** @returns logits [V] of the original under each patch */
async function runPatched(
  subject: ProbeSubject<HeadRun>,
  original: ResolvedQuery,
  patches: readonly RowPatch[],
): Promise<Float32Array[]> {
  const logits: Float32Array[] = [];
  const most = rowsPerRun(original.query.prompt.tokens.length);
  for (let start = 0; start < patches.length; start += most) {
    const group = patches.slice(start, start + most);
    const laid = await buildPromptBatch(
      subject,
      original,
      group.map(() => rowOf(original)),
    );
    const interference = group.map((patch, row) => patch(row));
    const run = await subject.probe.run(laid.batch, {
      residuals: interference.flatMap(({ residuals }) => residuals ?? []),
      heads: interference.flatMap(({ heads }) => heads ?? []),
    });
    logits.push(...group.map((_, row) => answerLogits(run, row)));
  }
  return logits;
}

function patchedAnswer(logits: Float32Array, own: Float32Array, pair: InterchangePair) {
  return {
    answer: tokenProbability(softmax(logits), argMax(logits)),
    outcome: classify(logits, pair),
    probabilities: candidateProbabilities(logits, pair),
    maxLogitDelta: sixDigits(maxLogitDelta(logits, own)),
  };
}

function candidateProbabilities(logits: Float32Array, pair: InterchangePair) {
  const probabilities = softmax(logits);
  const of = (object: number) =>
    sixDigits(probabilities[itemToken(pair.original.objects[object].item)]);
  return {
    unchanged: of(pair.asked),
    positional: of(pair.positional),
    symbolic: of(pair.symbolic),
    reflexive: of(pair.reflexive),
  };
}

function unpatched({ name, query }: ResolvedQuery, logits: Float32Array) {
  const { answer: expected, ...words } = queryWords(query);
  return { name, ...words, expected, answer: tokenProbability(softmax(logits), argMax(logits)) };
}

function candidatesOf({ pair }: ResolvedPair): Intervention['candidates'] {
  const candidate = (object: number) => ({
    object,
    item: tokenResource(itemToken(pair.original.objects[object].item)),
  });
  return {
    unchanged: candidate(pair.asked),
    positional: candidate(pair.positional),
    symbolic: candidate(pair.symbolic),
    reflexive: candidate(pair.reflexive),
  };
}
