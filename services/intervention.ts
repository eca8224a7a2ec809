import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import type {
  GeneratedIntervention,
  InlineIntervention,
  Intervention,
  PatchEffect,
} from '../contract/interventions.ts';
import { argMax, softmax } from '../inference/logits.ts';
import { sixDigits, tokenProbability, tokenResource } from '../inference/token-probability.ts';
import { answerLogits, classify, maxLogitDelta } from '../probes/clean-run.ts';
import type { InterchangePair } from '../probes/pairs.ts';
import { elementAt } from '../task/element-at.ts';
import { itemToken } from '../task/tokens.ts';
import type { ResolvedQuery } from './resolve-query.ts';
import { requireAffordable, workOf } from './cost-limit.ts';
import {
  CLEAN_ROWS,
  layoutOf,
  PATCHES_PER_SITE,
  runOriginals,
  runPatches,
  type Site,
} from './intervention-patches.ts';
import { generatedPair, inlinePair, type ResolvedPair } from './intervention-pair.ts';
import type { Models } from './models.ts';
import { invalidPart } from './service-error.ts';
import { queryWords } from './query-resource.ts';
import { requireCompatible, requireHooks, vocabularyOf } from './model-compatibility.ts';
import { zip } from './zip.ts';

type Request = GeneratedIntervention | InlineIntervention;

/**
 * Patches activations from the run of one query into the run of another, one site at a time.
 *
 * @throws ServiceError where the queries make no pair, a site or a position is not in the model, the
 *   model cannot read the queries, or the work is too much
 */
export async function runIntervention(models: Models, request: Request): Promise<Intervention> {
  const card = await models.card(request.model);
  const resolved = 'pair' in request ? generatedPair(card, request.pair) : inlinePair(request);
  const { pair, original, counterfactual } = resolved;
  for (const { query, modality, grid } of [original, counterfactual]) {
    const packed = { scene: query.scene, prompt: query.prompt, modality, grid };
    requireCompatible(card, packed, vocabularyOf(packed));
  }
  requireHooks(card, 'residual');
  const { layers, heads } = sitesOf(card, request);
  const positions = positionsOf(original, request.positions);
  const sites = [...layers, ...heads];
  const layout = layoutOf(card, original, positions, PATCHES_PER_SITE * sites.length);
  requireAffordable(
    (CLEAN_ROWS + layout.rows) * workOf(card, layout.tokens),
    'patch fewer layers or heads, or use fewer objects',
  );

  const subject = await models.subject(card);
  const clean = await runOriginals(subject, layout, [original, counterfactual]);
  const originalLogits = answerLogits(clean, 0);
  const counterfactualLogits = answerLogits(clean, layout.questions);
  const logits = await runPatches(subject, layout, original, clean, sites);
  const answers = logits.map((patched, index) =>
    patchedAnswer(patched, answerLogits(clean, index % layout.questions), pair),
  );
  const effects = zip(
    answers.filter((_, row) => row % 2 === 0),
    answers.filter((_, row) => row % 2 === 1),
  ).map(([patched, control]): PatchEffect => ({ ...patched, control }));

  return {
    kind: 'pair',
    model: request.model,
    digest: card.files.model.sha256,
    original: {
      ...cleanAnswer(original, originalLogits),
      probabilities: candidateProbabilities(originalLogits, pair),
    },
    counterfactual: cleanAnswer(counterfactual, counterfactualLogits),
    solved:
      argMax(originalLogits) === original.query.answer &&
      argMax(counterfactualLogits) === counterfactual.query.answer,
    candidates: candidatesOf(resolved),
    positions,
    layers: zip(layers, effects.slice(0, layers.length)).map(withEffect),
    heads: zip(heads, effects.slice(layers.length)).map(withEffect),
  };
}

const withEffect = <S extends Site>([site, effect]: [S, PatchEffect]) => ({ ...site, ...effect });

/** @throws ServiceError where the model has no such layer or head */
function sitesOf(card: ModelCard, { layers, heads }: Request) {
  const { id } = card;
  const { layers: layerCount, heads: headCount } = modelFacts(card);
  layers?.forEach((layer, index) => {
    if (layer <= layerCount) return;
    const range = `from 0 to ${layerCount}, where ${layerCount} is the stream after the last layer`;
    throw invalidPart(`body.layers.${index}`, `a layer of model "${id}" must be ${range}`);
  });
  heads.forEach(({ layer, head }, index) => {
    if (layer < layerCount && head < headCount) return;
    const range = `heads 0 to ${headCount - 1} in layers 0 to ${layerCount - 1}`;
    throw invalidPart(`body.heads.${index}`, `model "${id}" has ${range}`);
  });
  const every = Array.from({ length: layerCount + 1 }, (_, layer) => layer);
  const chosen = layers ?? (heads.length > 0 ? [] : every);
  return { layers: chosen.map((layer) => ({ layer })), heads };
}

/** @throws ServiceError where the prompt has no such token */
function positionsOf({ query }: ResolvedQuery, positions: Request['positions']): number[] {
  const { tokens, answers } = query.prompt;
  if (positions === 'asked') return [elementAt(answers, 0).tokenIndex];
  const invalid = positions.findIndex((position) => position >= tokens.length);
  if (invalid < 0) return positions;
  const detail = `a position of this prompt must be from 0 to ${tokens.length - 1}`;
  throw invalidPart(`body.positions.${invalid}`, detail);
}

function patchedAnswer(logits: Float32Array, clean: Float32Array, pair: InterchangePair) {
  return {
    answer: tokenProbability(softmax(logits), argMax(logits)),
    outcome: classify(logits, pair),
    probabilities: candidateProbabilities(logits, pair),
    maxLogitDelta: sixDigits(maxLogitDelta(logits, clean)),
  };
}

function candidateProbabilities(logits: Float32Array, pair: InterchangePair) {
  const probabilities = softmax(logits);
  return mapCandidates(pair, (_, item) => sixDigits(probabilities[item] ?? 0));
}

function cleanAnswer({ name, query }: ResolvedQuery, logits: Float32Array) {
  const { answer: expected, ...words } = queryWords(query);
  return { name, ...words, expected, answer: tokenProbability(softmax(logits), argMax(logits)) };
}

const candidatesOf = ({ pair }: ResolvedPair): Intervention['candidates'] =>
  mapCandidates(pair, (object, token) => ({ object, item: tokenResource(token) }));

/** Calls a function with the object, in the original, of each outcome, and with the token of its item. */
function mapCandidates<T>(pair: InterchangePair, map: (object: number, item: number) => T) {
  const { objects } = pair.original;
  const of = (object: number) => map(object, itemToken(elementAt(objects, object).item));
  return {
    unchanged: of(pair.asked),
    positional: of(pair.positional),
    symbolic: of(pair.symbolic),
    reflexive: of(pair.reflexive),
  };
}
