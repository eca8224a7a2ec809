import { SIGNATURE_FILE } from '../../contract/model-signing.ts';
import type { RegistryDocument } from '../../contract/registry.ts';
import type { Runtime } from '../../inference/runtime.ts';
import type { ShippedModels } from '../catalogue.ts';
import { Models } from '../models.ts';
import { ServiceError } from '../service-error.ts';
import { requireReady } from '../readiness.ts';
import { inspectSignature, type SignaturePolicy } from '../signing/policy.ts';
import type { RegistryBucket } from './bucket.ts';
import { withAlias, withVersion, type ChangeContext, type NewVersion } from './changes.ts';
import { catalogueOf, invalidModel, type Submission } from './submission.ts';

/** What publishing works with. */
export interface PublishContext {
  readonly bucket: RegistryBucket;
  readonly shipped: ShippedModels;
  readonly runtime: () => Promise<Runtime>;
  readonly signatures: () => Promise<SignaturePolicy>;
}

export interface PublishOptions {
  /** The name of the token that publishes. */
  readonly who: string;
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
 * last, so that a failure leaves no version without files.
 *
 * @throws ServiceError where the model cannot be served, or conflicts with a published or shipped one
 */
export async function publish(
  { bucket, runtime, shipped, signatures }: PublishContext,
  submission: Submission,
  { who, alias, note }: PublishOptions,
): Promise<PublishedModel> {
  const { card, digests } = submission;
  await requireTrustedSignature(await signatures(), submission);
  await requireNoShippedConflict(shipped, submission);
  const context = await changeContext(shipped, card.id, who);
  const version: NewVersion = {
    published: context.when,
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
    signature: digests.get(SIGNATURE_FILE) ?? null,
  };
  let number = 0;
  const addVersion = (document: RegistryDocument): RegistryDocument => {
    const added = withVersion(document, version, context);
    const { document: changed } = added;
    number = added.number;
    return alias === undefined ? changed : withAlias(changed, alias, number, context);
  };
  const removeFiles = () => bucket.removeFolder(card.id, version.folder).catch(() => undefined);

  await tryModel(submission, runtime);
  try {
    for (const [name, bytes] of submission.files) {
      await bucket.putFile(card.id, version.folder, name, bytes, digests.get(name) ?? '');
    }
  } catch (error) {
    await removeFiles();
    throw error;
  }
  const document = await bucket.change(card.id, addVersion).catch(async (error: unknown) => {
    // After another error, the bucket may have stored the document although its answer was lost.
    if (error instanceof ServiceError && error.kind === 'registry-conflict') await removeFiles();
    throw error;
  });
  const created = document.versions.some(({ folder }) => folder === version.folder);
  if (!created) await removeFiles();
  return { document, number, created };
}

/** A change of a model by the holder of a token, now. */
export async function changeContext(
  shipped: ShippedModels,
  id: string,
  who: string,
): Promise<ChangeContext> {
  const card = await shipped.find(id);
  return { who, when: new Date().toISOString(), shipped: card?.files.model.sha256 ?? null };
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

/** @throws ServiceError where the signature is not that of the files, or of a key that is not trusted */
async function requireTrustedSignature(
  policy: SignaturePolicy,
  { files, digests }: Submission,
): Promise<void> {
  if (policy.fault !== null) {
    const detail =
      'this deployment publishes nothing: its SIGNING_KEYS or REQUIRE_SIGNATURE is invalid';
    throw new ServiceError('writes-disabled', detail);
  }
  const content = files.get(SIGNATURE_FILE);
  const others = new Map([...digests].filter(([name]) => name !== SIGNATURE_FILE));
  // A deployment with keys takes no signature that it cannot verify.
  const strict = { ...policy, required: policy.required || (!!content && policy.keys.size > 0) };
  const { faults } = await inspectSignature(strict, content, others);
  if (faults.length > 0)
    throw invalidModel(faults.map((detail) => ({ at: SIGNATURE_FILE, detail })));
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
