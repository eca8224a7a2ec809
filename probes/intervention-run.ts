import type { Site, Write } from '../contract/intervention-documents.ts';
import { elementAt } from '../task/element-at.ts';
import type { QuerySpec } from '../task/spec.ts';
import { answerLogits } from './clean-run.ts';
import type { PlannedPass, PlannedWrite } from './intervention-plan.ts';
import { buildPromptBatch, type AskedScene, type ProbeSubject } from './prompt-batch.ts';
import type { BatchToken, HeadRun, Interventions } from './runner.ts';

/** The prompts of one pair, and the tokens of the sites in them. */
export interface InterventionRow {
  readonly original: AskedScene;
  readonly counterfactual: AskedScene | undefined;
  tokensOf(site: Site): readonly number[];
}

/** Where an activation is: the residual stream before a layer, or the output of a head, at a token. */
interface Place {
  readonly layer: number;
  readonly head: number | undefined;
  readonly token: number;
}

/** Activations that later passes need, by row and place. */
type Activations = ReadonlyMap<string, Float32Array>;

const keyOf = (row: number, { layer, head, token }: Place): string =>
  `${row}/${layer}/${head ?? 'residual'}/${token}`;

const placesOf = (row: InterventionRow, site: Site): Place[] =>
  row.tokensOf(site).map((token) => ({ layer: site.layer, head: site.head, token }));

/**
 * Runs the passes of a plan over some pairs. Every pass runs the same rows in the same shape, so a write
 * of what is already there gives the same logits bit by bit.
 *
 * @param spec of all prompts, which have the same number of tokens
 * @param set batches of queries, whose activations are averaged
 * @returns the logits [V] of each row, by pass; of a pass over the set none
 */
export async function runInterventionPasses(
  { probe, ...vision }: ProbeSubject<HeadRun>,
  spec: Pick<QuerySpec, 'modality' | 'grid'>,
  passes: readonly PlannedPass[],
  rows: readonly InterventionRow[],
  set: readonly (readonly AskedScene[])[],
): Promise<Float32Array[][]> {
  const batchOf = async (scenes: readonly AskedScene[]) =>
    (await buildPromptBatch(vision, spec, scenes)).batch;
  const original = await batchOf(rows.map((row) => row.original));
  const activations: Activations[] = [];
  const logits: Float32Array[][] = [];
  for (const pass of passes) {
    const places = rows.map((row) => pass.reads.flatMap((site) => placesOf(row, site)));
    if (pass.prompt === 'set') {
      const batches = await Promise.all(set.map(batchOf));
      const runs: HeadRun[] = [];
      const tokens = [...new Set(places.flat().map(({ token }) => token))];
      for (const batch of batches) {
        runs.push(await probe.run(batch, {}, tokensOfRows(batch.rows, tokens)));
      }
      const sizes = batches.map((batch) => batch.rows);
      activations.push(keep(places, (_, place) => meanAt(runs, sizes, place)));
      logits.push([]);
      continue;
    }
    const patches = rows.flatMap((row, index) => patchesOf(pass.writes, index, row, activations));
    const width = probe.shape.width;
    const read = places.flatMap((list, row) =>
      [...new Set(list.map(({ token }) => token))].map((token) => ({ row, token })),
    );
    const batch =
      pass.prompt === 'original'
        ? original
        : await batchOf(rows.flatMap(({ counterfactual }) => counterfactual ?? []));
    const run = await probe.run(batch, toInterventions(patches, width), read);
    activations.push(keep(places, (row, place) => activationAt(run, row, place)));
    logits.push(rows.map((_, row) => answerLogits(run, row).slice()));
  }
  return logits;
}

const tokensOfRows = (rows: number, tokens: readonly number[]): BatchToken[] =>
  Array.from({ length: rows }, (_, row) => tokens.map((token) => ({ row, token }))).flat();

const activationAt = (run: HeadRun, row: number, { layer, head, token }: Place): Float32Array =>
  head === undefined
    ? run.residual(layer, { row, token })
    : run.headOutput(layer, head, { row, token });

function keep(
  places: readonly (readonly Place[])[],
  valueAt: (row: number, place: Place) => Float32Array,
): Activations {
  const kept = new Map<string, Float32Array>();
  places.forEach((list, row) => {
    for (const place of list) {
      const key = keyOf(row, place);
      if (!kept.has(key)) kept.set(key, valueAt(row, place));
    }
  });
  return kept;
}

/** The mean over all rows of some runs. @param sizes rows of each run */
function meanAt(runs: readonly HeadRun[], sizes: readonly number[], place: Place): Float32Array {
  const vectors = runs.flatMap((run, index) =>
    Array.from({ length: elementAt(sizes, index) }, (_, row) => activationAt(run, row, place)),
  );
  return elementAt(vectors, 0).map(
    (_, at) => vectors.reduce((sum, vector) => sum + elementAt(vector, at), 0) / vectors.length,
  );
}

/** The new activation of a place; null means zeros. */
interface PlacedVector {
  readonly row: number;
  readonly place: Place;
  readonly vector: Float32Array | null;
}

/** The activations that a pass writes in one row. */
function patchesOf(
  writes: readonly PlannedWrite[],
  row: number,
  prompts: InterventionRow,
  activations: readonly Activations[],
): PlacedVector[] {
  const readAt = (pass: number | undefined, place: Place): Float32Array => {
    const vector = pass === undefined ? undefined : activations[pass]?.get(keyOf(row, place));
    if (!vector)
      throw new RangeError(`${keyOf(row, place)} was not read in pass ${pass ?? 'none'}`);
    return vector;
  };
  const written = new Map<string, PlacedVector>();
  for (const { write, source, base } of writes) {
    const targets = placesOf(prompts, write.at);
    const sources = placesOf(prompts, ('from' in write && write.read) || write.at);
    targets.forEach((place, index) => {
      const before = written.get(keyOf(row, place));
      const current = before ? before.vector : base === undefined ? null : readAt(base, place);
      const value = source === undefined ? null : readAt(source, elementAt(sources, index));
      written.set(keyOf(row, place), { row, place, vector: apply(write, current, value) });
    });
  }
  return [...written.values()];
}

function apply(write: Write, current: Float32Array | null, value: Float32Array | null) {
  switch (write.op) {
    case 'replace':
      return value;
    case 'zero':
      return null;
    case 'scale':
      return current && current.map((element) => write.factor * element);
    case 'add':
      return (
        value &&
        value.map((element, at) => (current ? elementAt(current, at) : 0) + write.factor * element)
      );
  }
}

/** @param width D, of the residual stream */
function toInterventions(patches: readonly PlacedVector[], width: number): Interventions {
  return {
    residuals: patches.flatMap(({ row, place: { layer, head, token }, vector }) =>
      head === undefined ? [{ row, layer, token, vector: vector ?? new Float32Array(width) }] : [],
    ),
    heads: patches.flatMap(({ row, place: { layer, head, token }, vector }) =>
      head === undefined ? [] : [{ row, layer, head, token, ...(vector && { vector }) }],
    ),
  };
}
