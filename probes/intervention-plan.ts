import type { InterventionDocument, Site, Write } from '../contract/intervention-documents.ts';

/**
 * A document of interventions as forward passes: what each pass writes, and what later passes read from it.
 * The runs read earlier ones, so several sites and sources together are path patching (Wang et al., arXiv
 * 2211.00593, section 3.1).
 */

export type PassPrompt = 'original' | 'counterfactual' | 'set';

/** A write, and the passes (by index) that its value comes from. */
export interface PlannedWrite {
  /** In the document, such as `runs.0.writes.1`. */
  readonly path: string;
  readonly write: Write;
  /** The pass that is read; undefined where nothing is. */
  readonly source: number | undefined;
  /** The pass with the value that is added to or scaled; undefined for other writes. */
  readonly base: number | undefined;
}

export interface PlannedPass {
  readonly run: string;
  readonly prompt: PassPrompt;
  /** In the order of the model's computation; those at the same place in the order of the document. */
  readonly writes: readonly PlannedWrite[];
  /** What later passes take from this one. */
  readonly reads: readonly Site[];
}

export interface InterventionPlan {
  readonly passes: readonly PlannedPass[];
  /** For each run of the document, the pass that gives its answer. */
  readonly results: readonly number[];
}

/** What a write reads: by default what it writes. */
const readSite = (write: Write): Site => ('from' in write && write.read) || write.at;

/** Places of equal depth do not depend on one another: a stream, then the heads that read it. */
const depthOf = ({ at: { layer, head } }: Write): number =>
  2 * layer + (head === undefined ? 0 : 1);

const isRelative = ({ op }: Write): boolean => op === 'add' || op === 'scale';

/**
 * Plans the forward passes of a document: the clean prompts first, then its runs.
 *
 * @param document a valid one, whose runs read only runs before them
 */
export function planInterventions(
  document: Pick<InterventionDocument, 'counterfactual' | 'sweep' | 'set' | 'runs'>,
): InterventionPlan {
  const passes: (PlannedPass & { reads: Site[] })[] = [];
  const byName = new Map<string, number>();
  const addPass = (run: string, prompt: PassPrompt, writes: readonly PlannedWrite[]): number => {
    const index = passes.push({ run, prompt, writes, reads: [] }) - 1;
    byName.set(run, index);
    return index;
  };
  const original = addPass('original', 'original', []);
  if (document.counterfactual !== undefined || document.sweep) {
    addPass('counterfactual', 'counterfactual', []);
  }
  if (document.set) addPass('set', 'set', []);

  const results = document.runs.map(({ name, writes }, index) => {
    const ordered = writes
      .map((write, number) => ({ write, path: `runs.${index}.writes.${number}` }))
      .sort((a, b) => depthOf(a.write) - depthOf(b.write));
    const planned: PlannedWrite[] = [];
    for (const depth of new Set(ordered.map(({ write }) => depthOf(write)))) {
      const group = ordered.filter(({ write }) => depthOf(write) === depth);
      const needsPass = planned.length > 0 && group.some(({ write }) => isRelative(write));
      const base = needsPass ? addPass(name, 'original', [...planned]) : original;
      for (const { write, path } of group) {
        const source = 'from' in write ? byName.get(write.from) : undefined;
        if (source !== undefined) passes[source]?.reads.push(readSite(write));
        if (isRelative(write)) passes[base]?.reads.push(write.at);
        planned.push({ path, write, source, base: isRelative(write) ? base : undefined });
      }
    }
    return addPass(name, 'original', planned);
  });
  return { passes, results };
}
