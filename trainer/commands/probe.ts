import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  PROBE_SECTIONS,
  probesSchema,
  type Probes,
  type ProbeSection,
} from '../../contract/probes.ts';
import { writeAtomically } from '../../node/files.ts';
import { currentCommit } from '../../node/git-commit.ts';
import { MEASURE } from '../../measurement/probe-sections.ts';
import type { Measurement } from '../../measurement/probe-plan.ts';
import { openCheckpoint, openSubject } from '../probe-subject.ts';
import { withProgressBar } from '../../node/progress.ts';

export interface ProbeArguments {
  readonly models: string;
  /** Folder of a run that is probed in place of an exported model. */
  readonly run?: string;
  /** The stage of the run at whose end it is probed. */
  readonly checkpoint?: string;
  /** See `encoderOfCard`. */
  readonly encoder?: string;
  readonly pairs: number;
  readonly section?: ProbeSection;
  readonly force?: boolean;
}

/** Folders whose code decides what a probe says. */
const PROBING_CODE = ['task', 'inference', 'probes', 'trainer/probing'];

/**
 * Probes a model and writes `models/<id>/probes.json`, or a run's checkpoint and writes
 * `<checkpoint>.probes.json` beside it; section by section, so that a call that was stopped goes on
 * where it was.
 *
 * @throws Error unless it is told the one or the other
 */
export async function runProbe(id: string | undefined, options: ProbeArguments): Promise<void> {
  const { pairs, force = false } = options;
  const { path, opened } = whatToProbe(id, options);
  const { card, digest, subject } = await opened;
  const code = currentCommit(PROBING_CODE);
  let probes = readProbes(path, digest) ?? { schema: 1, model: card.id, digest, code: {} };

  for (const section of options.section ? [options.section] : PROBE_SECTIONS) {
    if (probes[section] && !force) {
      console.log(`${section}: already there (--force measures it again)`);
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
  console.log(`${path} is written`);
}

function whatToProbe(id: string | undefined, options: ProbeArguments) {
  const { models, run, checkpoint, encoder } = options;
  if (id !== undefined && run === undefined && checkpoint === undefined) {
    return { path: join(models, id, 'probes.json'), opened: openSubject(models, id, encoder) };
  }
  if (id === undefined && run !== undefined) {
    const path = join(run, `${checkpoint ?? 'checkpoint'}.probes.json`);
    return { path, opened: openCheckpoint(run, { stage: checkpoint, given: encoder }) };
  }
  throw new Error('name a model, or a run with --run and, if you like, its --checkpoint');
}

/** What is known of this very model; of an older one with its name nothing. */
function readProbes(path: string, digest: string): Probes | undefined {
  if (!existsSync(path)) return undefined;
  const probes = probesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return probes.digest === digest ? probes : undefined;
}

async function measure(section: ProbeSection, measurement: Measurement): Promise<Partial<Probes>> {
  return { [section]: await MEASURE[section](measurement) };
}
