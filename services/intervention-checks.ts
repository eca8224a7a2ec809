import type { ModelCard } from '../contract/card.ts';
import type {
  InterventionDocument,
  Metric,
  Site,
  Write,
} from '../contract/intervention-documents.ts';
import { API_LIMITS } from '../contract/limits.ts';
import { modelFacts } from '../contract/model-facts.ts';
import { siteTokens, type PromptWithRoles } from '../probes/site-tokens.ts';
import { SpecError } from '../task/spec.ts';
import { candidateToken, promptOf, type DocumentRow } from './intervention-rows.ts';
import { ServiceError, type InvalidPart } from './service-error.ts';

/**
 * Checks a document against its model and its queries.
 *
 * @param row its pair, or the first one of its sweep
 * @throws ServiceError that lists every fault with its path in the document
 */
export function requireValidDocument(
  card: ModelCard,
  { runs, metrics }: InterventionDocument,
  row: DocumentRow,
): void {
  const faults: InvalidPart[] = [];
  const prompt = promptOf(row);
  let written = 0;
  runs.forEach(({ writes }, run) => {
    const places = new Set<string>();
    writes.forEach((write, number) => {
      const at = `body.runs.${run}.writes.${number}`;
      const targets = checkSite(card, write.at, prompt, `${at}.at`, faults);
      checkRead(card, write, prompt, targets.length, `${at}.read`, faults);
      const replaces = write.op === 'replace' || write.op === 'zero';
      const keys = targets.map((token) => `${write.at.layer}/${write.at.head ?? ''}/${token}`);
      const repeated = keys.findIndex((key) => places.has(key));
      if (replaces && repeated >= 0) {
        const detail = `token ${targets[repeated] ?? 0} of this site has an earlier write, which ${write.op} would undo`;
        faults.push({ at: `${at}.at`, detail });
      }
      keys.forEach((key) => places.add(key));
      written += targets.length;
    });
  });
  if (written > API_LIMITS.writtenTokens) {
    const most = `at most ${API_LIMITS.writtenTokens}`;
    faults.push({ at: 'body.runs', detail: `all writes have ${written} tokens together; ${most}` });
  }
  metrics.forEach((metric, index) => {
    for (const [name, candidate] of candidatesOf(metric)) {
      collect(faults, `body.metrics.${index}.${name}`, () => candidateToken(candidate, row));
    }
  });
  if (faults.length === 0) return;
  const detail = faults.map((fault) => `${fault.at}: ${fault.detail}`).join('; ');
  throw new ServiceError('invalid-request', detail, { errors: faults });
}

/** @returns the tokens of the site; none where they are at fault */
function checkSite(
  card: ModelCard,
  { layer, head, tokens }: Site,
  prompt: PromptWithRoles,
  at: string,
  faults: InvalidPart[],
): readonly number[] {
  const { layers, heads } = modelFacts(card);
  const model = `model "${card.id}"`;
  if (head === undefined && layer > layers) {
    const detail = `a layer of ${model} must be from 0 to ${layers}, where ${layers} is the stream after the last layer`;
    faults.push({ at: `${at}.layer`, detail });
  }
  if (head !== undefined && (layer >= layers || head >= heads)) {
    const detail = `${model} has heads 0 to ${heads - 1} in layers 0 to ${layers - 1}`;
    faults.push({ at: `${at}.head`, detail });
  }
  return collect(faults, `${at}.tokens`, () => siteTokens(tokens, prompt)) ?? [];
}

function checkRead(
  card: ModelCard,
  write: Write,
  prompt: PromptWithRoles,
  count: number,
  at: string,
  faults: InvalidPart[],
): void {
  if (!('read' in write) || !write.read) return;
  const read = checkSite(card, write.read, prompt, at, faults);
  if (count === 0 || read.length === 0 || read.length === count) return;
  const detail = `read has ${read.length} tokens, but at has ${count}`;
  faults.push({ at: `${at}.tokens`, detail });
}

/** The candidates of a metric, by their path in it. */
const candidatesOf = (metric: Metric): (readonly [path: string, candidate: string])[] =>
  'probability' in metric
    ? [['probability', metric.probability]]
    : metric.logitDifference.map((candidate, index) => [`logitDifference.${index}`, candidate]);

function collect<T>(faults: InvalidPart[], at: string, resolve: () => T): T | undefined {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    faults.push({ at, detail: error.message });
    return undefined;
  }
}
