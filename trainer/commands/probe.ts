import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  PROBE_SECTIONS,
  probesSchema,
  type Probes,
  type ProbeSection,
} from '../../contract/probes.ts';
import { writeAtomically } from '../checkpoint.ts';
import { currentCommit } from '../commit.ts';
import { MEASURE, type Measurement } from '../probing/measure.ts';
import { openSubject } from '../probing/subject.ts';
import { withBar } from './progress.ts';

export interface ProbeArguments {
  readonly models: string;
  readonly pairs: number;
  readonly only?: ProbeSection;
  readonly force?: boolean;
}

/** Folders whose code decides what a probe says. */
const PROBING_CODE = ['task', 'inference', 'probes', 'trainer/probing'];

/**
 * Probes a model and writes `models/<id>/probes.json`, section by section, so that a run that was
 * stopped goes on where it was.
 */
export async function runProbe(id: string, options: ProbeArguments): Promise<void> {
  const { models, pairs, only, force = false } = options;
  const { card, digest, subject } = await openSubject(models, id);
  const path = join(models, id, 'probes.json');
  const code = currentCommit(PROBING_CODE);
  let probes = readProbes(path, digest) ?? { schema: 1, model: id, digest, code: {} };

  for (const section of only ? [only] : PROBE_SECTIONS) {
    if (probes[section] && !force) {
      console.log(`${section}: already there (--force measures it again)`);
      continue;
    }
    const measured = await withBar(section, (onProgress) =>
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

/** What is known of this very model; of an older one with its name nothing. */
function readProbes(path: string, digest: string): Probes | undefined {
  if (!existsSync(path)) return undefined;
  const probes = probesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return probes.digest === digest ? probes : undefined;
}

async function measure(section: ProbeSection, measurement: Measurement): Promise<Partial<Probes>> {
  return { [section]: await MEASURE[section](measurement) };
}
