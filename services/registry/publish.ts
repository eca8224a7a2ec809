import type { RegistryDocument } from '../../contract/registry.ts';
import type { Runtime } from '../../inference/session.ts';
import type { ShippedModels } from '../catalogue.ts';
import { Models } from '../models.ts';
import { ServiceError } from '../service-error.ts';
import { requireReady } from '../readiness.ts';
import type { RegistryBucket } from './bucket.ts';
import { withAlias, withVersion, type NewVersion } from './changes.ts';
import { catalogueOf, invalidModel, type Submission } from './submission.ts';

/** What publishing works with. */
export interface PublishContext {
  readonly bucket: RegistryBucket;
  readonly shipped: ShippedModels;
  readonly runtime: () => Promise<Runtime>;
}

export interface PublishOptions {
  /** Alias to point at the version. */
  readonly alias?: string | undefined;
  readonly note?: string | undefined;
}

export interface PublishedModel {
  readonly document: RegistryDocument;
  /** The number of the version. */
  readonly number: number;
  /** False where the same files had been published before. */
  readonly created: boolean;
}

/**
 * Publishes a submission: runs the model once, writes its files, and adds the version to the document
 * last, so that a failure leaves no version behind.
 *
 * @throws ServiceError where the model cannot be served, or conflicts with a published or shipped one
 */
export async function publish(
  { bucket, runtime, shipped }: PublishContext,
  submission: Submission,
  { alias, note }: PublishOptions,
): Promise<PublishedModel> {
  const { card, digests } = submission;
  await requireNoShippedConflict(shipped, submission);
  const published = new Date().toISOString();
  const version: NewVersion = {
    published,
    note: note ?? null,
    folder: crypto.randomUUID(),
    files: {
      'model.onnx': { bytes: card.files.model.bytes, sha256: card.files.model.sha256 },
      'encoder.onnx': card.files.encoder && {
        bytes: card.files.encoder.bytes,
        sha256: card.files.encoder.sha256,
      },
    },
    card: digests.get('card.json') ?? '',
    probes: digests.get('probes.json') ?? null,
  };
  let added = { number: 0, created: false };
  const addVersion = (document: RegistryDocument): RegistryDocument => {
    const { number, document: changed } = withVersion(document, version);
    added = { number, created: changed !== document };
    return alias === undefined ? changed : withAlias(changed, alias, number, published);
  };
  const removeFiles = () => bucket.removeFolder(card.id, version.folder).catch(() => undefined);

  await tryModel(submission, runtime);
  try {
    for (const [name, bytes] of submission.files) {
      await bucket.putFile(card.id, version.folder, name, bytes, digests.get(name) ?? '');
    }
    const document = await bucket.change(card.id, addVersion);
    if (!added.created) await removeFiles();
    return { document, ...added };
  } catch (error) {
    await removeFiles();
    throw error;
  }
}

/** Answers a query with the model and opens its probe graph, as the deployment would. */
async function tryModel(submission: Submission, runtime: () => Promise<Runtime>): Promise<void> {
  const catalogue = catalogueOf(submission);
  const models = new Models({ catalogue, runtime, waitUntil: () => undefined });
  try {
    await requireReady(models, submission.card);
    await models.subject(submission.card);
  } catch (error) {
    const detail = error instanceof ServiceError ? error.detail : 'fails to answer a query';
    const reason = runtimeReason(error);
    throw invalidModel(
      [{ at: 'model.onnx', detail: reason ? `${detail}: ${reason}` : detail }],
      error,
    );
  } finally {
    await models.close();
  }
}

/** Most characters of a reason that ONNX Runtime gives. */
const MAX_REASON = 300;

/** The first line of what ONNX Runtime says about the model: the innermost cause. */
function runtimeReason(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.cause !== undefined) return runtimeReason(error.cause);
  if (error instanceof ServiceError) return undefined;
  return error.message.split('\n', 1)[0]?.slice(0, MAX_REASON);
}

/** A digest identifies one model, so a shipped model file cannot be published with another encoder. */
async function requireNoShippedConflict(
  shipped: ShippedModels,
  { card }: Submission,
): Promise<void> {
  const known = await shipped.find(card.id);
  if (known?.files.model.sha256 !== card.files.model.sha256) return;
  if (known.files.encoder?.sha256 === card.files.encoder?.sha256) return;
  const detail = `"${card.id}" was shipped with the same model file and another encoder`;
  throw new ServiceError('registry-conflict', detail);
}
