import type { RegistryDocument } from '../../contract/registry.ts';
import { Models } from '../models.ts';
import { Problem } from '../problem.ts';
import { requireReady } from '../readiness.ts';
import { withAlias, withVersion, type NewVersion } from './changes.ts';
import type { RegistryOptions } from './registry.ts';
import { catalogueOf, invalidModel, type Submission } from './submission.ts';

export interface PublishOptions {
  /** To be pointed at the version. */
  readonly alias?: string | undefined;
  readonly note?: string | undefined;
}

/**
 * Makes a version of a submission: tries it, writes its files, and enters it into the document last, so
 * that whatever fails leaves no version behind.
 *
 * @returns the document, the number of the version, and whether it is new
 * @throws Problem where it cannot be served, or differs from what has been published as the same
 */
export async function publish(
  { bucket, runtime, shipped }: RegistryOptions,
  submission: Submission,
  { alias, note }: PublishOptions,
): Promise<{ document: RegistryDocument; number: number; created: boolean }> {
  const { card, digests } = submission;
  await requireSameAsShipped(shipped, submission);
  const published = new Date().toISOString();
  const version: NewVersion = {
    published,
    note: note ?? null,
    folder: crypto.randomUUID(),
    files: {
      'model.onnx': { bytes: card.files.model.bytes, sha256: card.files.model.sha256 },
      'probe.onnx': { bytes: card.files.probe.bytes, sha256: card.files.probe.sha256 },
      'encoder.onnx': card.files.encoder && {
        bytes: card.files.encoder.bytes,
        sha256: card.files.encoder.sha256,
      },
    },
    card: digests.get('card.json') ?? '',
    probes: digests.get('probes.json') ?? null,
  };
  const entered = { number: 0, created: false };
  const enter = (document: RegistryDocument): RegistryDocument => {
    const { number, document: changed } = withVersion(document, version);
    Object.assign(entered, { number, created: changed !== document });
    return alias === undefined ? changed : withAlias(changed, alias, number, published);
  };

  await tryOut(submission, runtime);
  try {
    for (const [name, bytes] of submission.files) {
      await bucket.putFile(card.id, version.folder, name, bytes, digests.get(name) ?? '');
    }
    const document = await bucket.change(card.id, enter);
    if (!entered.created) await forgetFiles();
    return { document, ...entered };
  } catch (error) {
    await forgetFiles();
    throw error;
  }

  async function forgetFiles() {
    await bucket.removeFolder(card.id, version.folder).catch(() => undefined);
  }
}

/** Runs the model as it would be served, under the probe too. */
async function tryOut(submission: Submission, runtime: RegistryOptions['runtime']): Promise<void> {
  const catalogue = catalogueOf(submission);
  const models = new Models({ catalogue, runtime, waitUntil: () => undefined });
  try {
    await requireReady(models, submission.card);
    await models.subject(submission.card);
  } catch (error) {
    const why = error instanceof Problem ? error.detail : 'it fails when it is asked a query';
    throw invalidModel([{ at: 'model.onnx', detail: why }], error);
  } finally {
    await models.close();
  }
}

/** A digest means one model: where its file was shipped, the files beside it must be the same. */
async function requireSameAsShipped(
  shipped: RegistryOptions['shipped'],
  { card }: Submission,
): Promise<void> {
  const known = await shipped.find(card.id);
  if (known?.files.model.sha256 !== card.files.model.sha256) return;
  if (known.files.encoder?.sha256 === card.files.encoder?.sha256) return;
  const detail = `this model file was shipped as "${card.id}" with another encoder`;
  throw new Problem('registry-conflict', detail);
}
