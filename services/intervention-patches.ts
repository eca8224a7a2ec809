import type { ModelCard } from '../contract/card.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { answerLogits } from '../probes/clean-run.ts';
import { randomLike } from '../probes/interchange.ts';
import { buildPromptBatch, type ProbeSubject } from '../probes/prompt-batch.ts';
import { COPIES_PER_ROW } from '../probes/question-copies.ts';
import type { HeadRun, Interventions } from '../probes/runner.ts';
import { elementAt } from '../task/element-at.ts';
import { rowsPerRun } from './cost-limit.ts';
import type { ResolvedQuery } from './resolve-query.ts';

/** What one run patches: the residual stream before a layer, or the output of a head. */
export interface Site {
  readonly layer: number;
  readonly head?: number;
}

/** The row of the counterfactual in the clean run; the original has row 0. */
const COUNTERFACTUAL_ROW = 1;

/** A patch of each site and its control: random vectors of the same norms. */
export const PATCHES_PER_SITE = 2;

/** Those of the original and of the counterfactual. */
export const CLEAN_ROWS = 2;

/**
 * How patches share rows. A patch at the last token changes nothing before it, so a row can hold the question several
 * times, each with a patch of its own. Rows have the same shape with and without patches, so that a patch with what is
 * already there gives the same logits bit by bit.
 */
export interface PatchLayout {
  /** Copies of the question in each row. */
  readonly questions: number;
  /** Rows with patches. */
  readonly rows: number;
  /** In each row. */
  readonly tokens: number;
  /** The patched tokens of a copy of the question: where they are in the row, and in the prompt on its own. */
  tokensOf(question: number): readonly { readonly token: number; readonly position: number }[];
}

export function layoutOf(
  card: ModelCard,
  { query: { prompt } }: ResolvedQuery,
  positions: readonly number[],
  patches: number,
): PatchLayout {
  const { tokens } = prompt;
  const last = tokens.length - 1;
  const isShared = modelFacts(card).packsQuestions && positions.every((at) => at === last);
  if (!isShared) {
    const places = positions.map((position) => ({ token: position, position }));
    return { questions: 1, rows: patches, tokens: tokens.length, tokensOf: () => places };
  }
  const questions = Math.max(1, Math.min(COPIES_PER_ROW, patches));
  return {
    questions,
    rows: Math.ceil(patches / questions),
    tokens: last + questions,
    tokensOf: (question) => [{ token: last + question, position: last }],
  };
}

/** A batch with a row for each prompt. */
async function batchOf(
  subject: ProbeSubject<HeadRun>,
  { questions }: PatchLayout,
  prompts: readonly ResolvedQuery[],
) {
  const rows = prompts.map(({ query, ask }) => ({
    scene: query.scene,
    questions: Array.from({ length: questions }, () => ask),
  }));
  const spec = elementAt(prompts, 0);
  return (await buildPromptBatch(subject, spec, rows, { sharedMarker: true })).batch;
}

/** @returns a run that has read the tokens to be patched in the counterfactual */
export async function runOriginals(
  subject: ProbeSubject<HeadRun>,
  layout: PatchLayout,
  prompts: readonly [original: ResolvedQuery, counterfactual: ResolvedQuery],
): Promise<HeadRun> {
  const read = Array.from({ length: layout.questions }, (_, question) =>
    layout.tokensOf(question).map(({ token }) => ({ row: COUNTERFACTUAL_ROW, token })),
  );
  return subject.probe.run(await batchOf(subject, layout, prompts), {}, read.flat());
}

/** The interventions of a patch at a copy of the question. @param isControl with random vectors of the same norms */
function patchAt(
  clean: HeadRun,
  { layer, head }: Site,
  isControl: boolean,
  row: number,
  places: ReturnType<PatchLayout['tokensOf']>,
): Interventions {
  const patch = places.map(({ token, position }) => {
    const at = { row: COUNTERFACTUAL_ROW, token };
    const found =
      head === undefined ? clean.residual(layer, at) : clean.headOutput(layer, head, at);
    const vector = isControl ? randomLike(found, head ?? 0, position, layer) : found;
    return { layer, row, token, vector };
  });
  if (head === undefined) return { residuals: patch };
  return { heads: patch.map((one) => ({ ...one, head })) };
}

/** @returns logits [V] of the original under the patch of each site, and under its control */
export async function runPatches(
  subject: ProbeSubject<HeadRun>,
  layout: PatchLayout,
  original: ResolvedQuery,
  clean: HeadRun,
  sites: readonly Site[],
): Promise<Float32Array[]> {
  const patches = sites.flatMap((site) => [false, true].map((isControl) => ({ site, isControl })));
  const logits: Float32Array[] = [];
  const patchesPerRun = layout.questions * rowsPerRun(layout.tokens);
  for (let start = 0; start < patches.length; start += patchesPerRun) {
    const group = patches.slice(start, start + patchesPerRun);
    const rows = Math.ceil(group.length / layout.questions);
    const prompts = Array.from({ length: rows }, () => original);
    const interventions = group.map(({ site, isControl }, index) => {
      const places = layout.tokensOf(index % layout.questions);
      return patchAt(clean, site, isControl, Math.floor(index / layout.questions), places);
    });
    const run = await subject.probe.run(
      await batchOf(subject, layout, prompts),
      {
        residuals: interventions.flatMap(({ residuals }) => residuals ?? []),
        heads: interventions.flatMap(({ heads }) => heads ?? []),
      },
      [],
    );
    logits.push(...group.map((_, index) => answerLogits(run, index)));
  }
  return logits;
}
