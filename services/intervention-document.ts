import type { ModelCard } from '../contract/card.ts';
import type { InterventionDocument, Metric } from '../contract/intervention-documents.ts';
import type {
  DocumentPlan,
  DocumentResponse,
  DocumentResult,
  DocumentSweep,
} from '../contract/intervention-results.ts';
import { argMax, softmax } from '../inference/logits.ts';
import { sixDigits, tokenProbability } from '../inference/token-probability.ts';
import { answeredItem, classify, maxLogitDelta } from '../probes/clean-run.ts';
import { planInterventions, type InterventionPlan } from '../probes/intervention-plan.ts';
import { runInterventionPasses } from '../probes/intervention-run.ts';
import { mapBatches } from '../probes/map-batches.ts';
import { sharesOf } from '../probes/outcomes.ts';
import { siteTokens } from '../probes/site-tokens.ts';
import { meanOf } from '../statistics/intervals.ts';
import { elementAt } from '../task/element-at.ts';
import { requireAffordable, rowsPerRun, WORK_LIMIT, workOf } from './cost-limit.ts';
import { requireValidDocument } from './intervention-checks.ts';
import {
  candidateToken,
  documentRows,
  documentSet,
  interventionRow,
  promptOf,
  rowOf,
  type DocumentRow,
} from './intervention-rows.ts';
import { requireCompatible, requireHooks, vocabularyOf } from './model-compatibility.ts';
import type { Models } from './models.ts';
import { queryWords } from './query-resource.ts';
import type { ResolvedQuery } from './resolve-query.ts';

/** Most vectors that the passes of a batch of rows keep for later ones: some MB. */
const KEPT_VECTORS = 16_384;

/** A document whose queries, model and sites fit together. */
interface ResolvedDocument {
  readonly document: InterventionDocument;
  readonly card: ModelCard;
  readonly rows: readonly DocumentRow[];
  readonly set: readonly ResolvedQuery[];
  readonly plan: InterventionPlan;
  readonly rowsPerBatch: number;
  readonly multiplyAdds: number;
}

/**
 * Runs an intervention document, or explains it.
 *
 * @throws ServiceError that names each invalid part of the document, where the model cannot read the
 *   queries or its activations cannot be reached, or where the work is too much
 */
export async function runDocument(
  models: Models,
  document: InterventionDocument,
): Promise<DocumentResponse> {
  const resolved = resolveDocument(await models.card(document.model), document);
  if (document.explain) return explain(resolved);
  const { card, rows, set, plan, rowsPerBatch, multiplyAdds } = resolved;
  requireAffordable(multiplyAdds, 'use fewer runs, pairs, queries of the set, or objects');
  const subject = await models.subject(card);
  const spec = elementAt(rows, 0).original;
  const setBatch = rowsPerRun(spec.query.prompt.tokens.length);
  const setBatches = Array.from({ length: Math.ceil(set.length / setBatch) }, (_, index) =>
    set.slice(index * setBatch, (index + 1) * setBatch).map(rowOf),
  );
  const answers = await mapBatches(rows.length, rowsPerBatch, async (indices) => {
    const prompts = indices.map((index) => interventionRow(elementAt(rows, index)));
    const passes = await runInterventionPasses(subject, spec, plan.passes, prompts, setBatches);
    return indices.map((index, row) => answersOf(elementAt(rows, index), plan, passes, row));
  });
  return document.sweep
    ? sweepResult(resolved, answers)
    : pairResult(resolved, elementAt(answers, 0));
}

function resolveDocument(card: ModelCard, document: InterventionDocument): ResolvedDocument {
  const rows = documentRows(card, document);
  const first = elementAt(rows, 0);
  const set = documentSet(card, document, first.original);
  const queries = rows.flatMap(({ original, counterfactual }) => [original, counterfactual ?? []]);
  for (const { query, modality, grid } of [...queries.flat(), ...set]) {
    const packed = { scene: query.scene, prompt: query.prompt, modality, grid };
    requireCompatible(card, packed, vocabularyOf(packed));
  }
  requireHooks(card, 'residual');
  const hasHeads = document.runs.some(({ writes }) =>
    writes.some(({ at: { head } }) => head !== undefined),
  );
  if (hasHeads) requireHooks(card, 'attention');
  requireValidDocument(card, document, first);

  const plan = planInterventions(document);
  const tokens = first.original.query.prompt.tokens.length;
  const kept = plan.passes
    .flatMap(({ reads }) => reads)
    .reduce((sum, site) => sum + siteTokens(site.tokens, promptOf(first)).length, 0);
  const rowsPerBatch = Math.max(
    1,
    Math.min(rowsPerRun(tokens), Math.floor(KEPT_VECTORS / Math.max(1, kept))),
  );
  const resolved = { document, card, rows, set, plan, rowsPerBatch };
  const prompts = plan.passes.reduce((sum, pass) => sum + promptsOf(resolved, pass), 0);
  return { ...resolved, multiplyAdds: prompts * workOf(card, tokens) };
}

/** Rows that a pass runs; the set runs again for each batch of pairs. */
const promptsOf = (
  { rows, set, rowsPerBatch }: Pick<ResolvedDocument, 'rows' | 'set' | 'rowsPerBatch'>,
  { prompt }: InterventionPlan['passes'][number],
): number => (prompt === 'set' ? set.length * Math.ceil(rows.length / rowsPerBatch) : rows.length);

function explain(resolved: ResolvedDocument): DocumentPlan {
  const { document, card, rows, plan, multiplyAdds } = resolved;
  const prompt = promptOf(elementAt(rows, 0));
  return {
    kind: 'plan',
    model: document.model,
    digest: card.files.model.sha256,
    passes: plan.passes.map((pass) => ({
      run: pass.run,
      prompts: promptsOf(resolved, pass),
      writes: pass.writes.map(({ path, write }) => ({
        path,
        tokens: [...siteTokens(write.at.tokens, prompt)],
      })),
      reads: [...pass.reads],
    })),
    multiplyAdds,
    limit: WORK_LIMIT,
    withinLimit: multiplyAdds <= WORK_LIMIT,
  };
}

/** The logits [V] of one pair. */
interface RowAnswers {
  readonly row: DocumentRow;
  readonly original: Float32Array;
  readonly counterfactual: Float32Array | undefined;
  /** By run of the document. */
  readonly runs: readonly Float32Array[];
}

/** @param logits of each row, by pass */
function answersOf(
  row: DocumentRow,
  { passes, results }: InterventionPlan,
  logits: readonly (readonly Float32Array[])[],
  index: number,
): RowAnswers {
  const ofPass = (pass: number) => elementAt(elementAt(logits, pass), index);
  const counterfactual = passes.findIndex(({ prompt }) => prompt === 'counterfactual');
  return {
    row,
    original: ofPass(0),
    counterfactual: counterfactual < 0 ? undefined : ofPass(counterfactual),
    runs: results.map(ofPass),
  };
}

function metricValue(metric: Metric, logits: Float32Array, row: DocumentRow): number {
  if ('probability' in metric) {
    return softmax(logits)[candidateToken(metric.probability, row)] ?? 0;
  }
  const [a, b] = metric.logitDifference.map((candidate) =>
    elementAt(logits, candidateToken(candidate, row)),
  );
  return (a ?? 0) - (b ?? 0);
}

function pairResult(
  { document, card, multiplyAdds }: ResolvedDocument,
  { row, original, counterfactual, runs }: RowAnswers,
): DocumentResult {
  const metricsOf = (logits: Float32Array) =>
    document.metrics.map((metric) => ({
      metric,
      value: sixDigits(metricValue(metric, logits, row)),
    }));
  const cleanAnswer = ({ name, query }: ResolvedQuery, logits: Float32Array) => {
    const { answer: expected, ...words } = queryWords(query);
    const answer = tokenProbability(softmax(logits), argMax(logits));
    return { name, ...words, expected, answer, metrics: metricsOf(logits) };
  };
  return {
    kind: 'document',
    model: document.model,
    digest: card.files.model.sha256,
    original: cleanAnswer(row.original, original),
    counterfactual:
      row.counterfactual && counterfactual ? cleanAnswer(row.counterfactual, counterfactual) : null,
    runs: document.runs.map(({ name }, index) => {
      const logits = elementAt(runs, index);
      return {
        name,
        answer: tokenProbability(softmax(logits), argMax(logits)),
        maxLogitDelta: sixDigits(maxLogitDelta(logits, original)),
        metrics: metricsOf(logits),
      };
    }),
    multiplyAdds,
  };
}

function sweepResult(
  { document, card, rows, multiplyAdds }: ResolvedDocument,
  answers: readonly RowAnswers[],
): DocumentSweep {
  const solved = answers.filter(isSolved);
  const metricsOf = (logitsOf: (answer: RowAnswers) => Float32Array) =>
    document.metrics.map((metric) => {
      const values = solved.map((answer) => metricValue(metric, logitsOf(answer), answer.row));
      if (values.length === 0) return { metric, mean: null, interval: null };
      const { mean, interval } = meanOf(values);
      // The normal interval of a share can leave 0 to 1.
      const within = (value: number) =>
        'probability' in metric ? Math.min(1, Math.max(0, value)) : value;
      const rounded: [number, number] = [
        sixDigits(within(interval[0])),
        sixDigits(within(interval[1])),
      ];
      return { metric, mean: sixDigits(mean), interval: rounded };
    });
  return {
    kind: 'document-sweep',
    model: document.model,
    digest: card.files.model.sha256,
    pairs: rows.length,
    solved: solved.length,
    original: { metrics: metricsOf(({ original }) => original) },
    runs: document.runs.map(({ name }, index) => {
      const logitsOf = ({ runs }: RowAnswers) => elementAt(runs, index);
      const deltas = answers.map((answer) => maxLogitDelta(logitsOf(answer), answer.original));
      return {
        name,
        outcomes: sharesOf(solved.map((answer) => classify(logitsOf(answer), pairOf(answer)))),
        maxLogitDelta: sixDigits(Math.max(...deltas)),
        metrics: metricsOf(logitsOf),
      };
    }),
    multiplyAdds,
  };
}

/** The pair of a sweep's row, which has an object for each mechanism. */
function pairOf({ row: { original, counterfactual, objects } }: RowAnswers) {
  const { asked, positional = -1, symbolic = -1, reflexive = -1 } = objects;
  const scenes = {
    original: original.query.scene,
    counterfactual: (counterfactual ?? original).query.scene,
  };
  return { ...scenes, asked, positional, symbolic, reflexive };
}

/** Whether the most probable items of both prompts are the correct ones. */
const isSolved = ({ row, original, counterfactual }: RowAnswers): boolean => {
  const { query } = row.original;
  const item = (object: number | undefined) => query.scene.objects[object ?? -1]?.item;
  return (
    answeredItem(original, query.scene) === item(row.objects.asked) &&
    counterfactual !== undefined &&
    answeredItem(counterfactual, query.scene) === item(row.objects.reflexive)
  );
};
