import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  PROBE_SECTIONS,
  probesSchema,
  type Probes,
  type ProbeSection,
} from '../../contract/probes.ts';
import { PROBING_CODE, type Measurement } from '../../measurement/probe-plan.ts';
import { MEASURE } from '../../measurement/probe-sections.ts';
import { openSubject, type ProbedModel } from '../../measurement/probe-subject.ts';
import { readJson, writeAtomically } from '../../node/files.ts';
import { currentCommit } from '../../node/git-commit.ts';
import { withProgressBar } from '../../node/progress.ts';
import { openCheckpointSubject } from '../checkpoint-subject.ts';

export interface ProbeOptions {
  /** Folder of exported models. */
  readonly models: string;
  /** Folder of a run to probe instead of an exported model. */
  readonly run?: string;
  /** Probe the end of this stage of the run; default: its latest checkpoint. */
  readonly checkpoint?: string;
  /** See `encoderOfCard`. */
  readonly encoder?: string;
  /** Pairs of prompts per interchange. */
  readonly pairs: number;
  readonly section?: ProbeSection;
  /** Measures sections again that are already in the file. */
  readonly force?: boolean;
}

/**
 * Probes an exported model and writes `models/<id>/probes.json`, or a run's checkpoint and writes
 * `<checkpoint>.probes.json` in the run's folder. The file is written after every section, so that a
 * call that was stopped can continue.
 *
 * @throws Error unless either a model or a run is given
 */
export async function runProbe(id: string | undefined, options: ProbeOptions): Promise<void> {
  const { pairs, section: only, force = false } = options;
  const { path, open } = targetOf(id, options);
  const { card, digest, subject } = await open();
  const code = currentCommit(PROBING_CODE);
  let probes = readProbes(path, digest) ?? { schema: 1, model: card.id, digest, code: {} };

  for (const section of only ? [only] : PROBE_SECTIONS) {
    if (probes[section] && !force) {
      console.log(`${section}: already measured (--force measures it again)`);
      continue;
    }
    const measured = await withProgressBar(section, (onProgress) =>
      measure(section, { subject, card, pairs, onProgress }),
    );
    probes = probesSchema.parse({
      ...probes,
      ...measured,
      code: { ...probes.code, [section]: code },
    });
    writeAtomically(path, `${JSON.stringify(probes)}\n`);
  }
  console.log(`wrote ${path}`);
}

interface Target {
  /** The file to write. */
  readonly path: string;
  readonly open: () => Promise<ProbedModel>;
}

function targetOf(id: string | undefined, options: ProbeOptions): Target {
  const { models, run, checkpoint, encoder } = options;
  if (id !== undefined && run === undefined && checkpoint === undefined) {
    return {
      path: join(models, id, 'probes.json'),
      open: () => openSubject(models, id, encoder),
    };
  }
  if (id === undefined && run !== undefined) {
    return {
      path: join(run, `${checkpoint ?? 'checkpoint'}.probes.json`),
      open: () => openCheckpointSubject(run, { stage: checkpoint, encoder }),
    };
  }
  throw new Error(
    'give either the id of an exported model, or --run <folder> with an optional --checkpoint <stage>',
  );
}

/** @returns undefined where there are none, or they are of an older model with the same id */
function readProbes(path: string, digest: string): Probes | undefined {
  if (!existsSync(path)) return undefined;
  const probes = readJson(path, probesSchema);
  return probes.digest === digest ? probes : undefined;
}

async function measure(section: ProbeSection, measurement: Measurement): Promise<Partial<Probes>> {
  return { [section]: await MEASURE[section](measurement) };
}
