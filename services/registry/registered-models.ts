import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { sha256Of } from '../../contract/digest.ts';
import { SIGNATURE_FILE } from '../../contract/model-signing.ts';
import {
  parseModelReference,
  PRODUCTION,
  SHIPPED,
  type Selector,
} from '../../contract/model-reference.ts';
import type {
  Alias,
  AliasTarget,
  RegistryDocument,
  StoredVersion,
} from '../../contract/registry.ts';
import { selectsShipped, unknownModel, type Catalogue, type ShippedModels } from '../catalogue.ts';
import { PromiseMemo } from '../promise-memo.ts';
import { ServiceError } from '../service-error.ts';
import type { StoredFile } from '../stored-file.ts';
import { inspectSignature, type SignaturePolicy } from '../signing/policy.ts';
import type { RegistryBucket } from './bucket.ts';
import { aliasOf } from './changes.ts';

/** Each card takes about 100 KB of memory. */
const CACHED_CARDS = 64;

/**
 * The shipped and the published models. A bare id selects the version that its alias `production` points
 * at or, without that alias, the shipped one.
 */
export class RegisteredModels implements Catalogue {
  readonly #cards: PromiseMemo<string, ModelCard>;
  /** The versions of published cards; all other cards are shipped. */
  readonly #versions = new WeakMap<ModelCard, StoredVersion>();
  /** The names of the trusted keys that signed published models. */
  readonly #signers = new WeakMap<ModelCard, string>();

  constructor(
    private readonly shipped: ShippedModels,
    private readonly bucket: RegistryBucket,
    private readonly signatures: () => Promise<SignaturePolicy>,
    waitUntil: (promise: Promise<unknown>) => void,
  ) {
    this.#cards = new PromiseMemo(waitUntil, CACHED_CARDS);
  }

  async list(): Promise<readonly ModelCard[]> {
    const [shipped, documents] = await Promise.all([this.shipped.list(), this.bucket.documents()]);
    const inProduction = new Map<string, ModelCard>();
    for (const document of documents) {
      const version = versionOf(document, { by: 'production' });
      if (version) inProduction.set(document.id, await this.#card(document.id, version));
    }
    const known = new Set(shipped.map(({ id }) => id));
    return [
      ...shipped.map((card) => inProduction.get(card.id) ?? card),
      ...[...inProduction.values()].filter(({ id }) => !known.has(id)),
    ];
  }

  async card(reference: string): Promise<ModelCard> {
    const { id, selector } = parseModelReference(reference);
    const shipped = await this.shipped.find(id);
    // Shipped models stay available when the bucket fails.
    if (shipped && selector.by === 'alias' && selector.alias === SHIPPED) return shipped;
    const document = await this.bucket.document(id);
    const version = document && versionOf(document, selector);
    if (version) return this.#card(id, version);
    if (shipped && (selectsShipped(shipped, selector) || pointsAtShipped(document, selector))) {
      return shipped;
    }
    if (!shipped && !document) throw unknownModel(id, await this.list());
    throw unknownVersion(id, reference, shipped, document);
  }

  async read(card: ModelCard, name: string): Promise<StoredFile | undefined> {
    const version = this.#versions.get(card);
    if (!version) return this.shipped.read(card, name);
    // The card has the digests of the other files.
    if (name !== 'probes.json' || version.probes === null) {
      return this.bucket.readFile(card.id, version, name);
    }
    return new Blob([await this.#verifiedFile(card.id, version, name, version.probes)]);
  }

  signer(card: ModelCard): string | null {
    return this.#signers.get(card) ?? null;
  }

  /** The card of a version never changes, so it is cached. */
  #card(id: string, version: StoredVersion): Promise<ModelCard> {
    return this.#cards.get(`${id}/${version.folder}`, async () => {
      const bytes = await this.#verifiedFile(id, version, 'card.json', version.card);
      const signature =
        version.signature === null
          ? undefined
          : await this.#verifiedFile(id, version, SIGNATURE_FILE, version.signature);
      const { signer, faults } = await inspectSignature(
        await this.signatures(),
        signature,
        digestsOf(version),
      );
      if (faults.length > 0)
        throw unloadable(id, version, `its signature ${faults.join(', and ')}`);
      const card = modelCardSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      this.#versions.set(card, version);
      if (signer !== null) this.#signers.set(card, signer);
      return card;
    });
  }

  /** @throws ServiceError where the file is not the one that was published */
  async #verifiedFile(
    id: string,
    version: StoredVersion,
    name: string,
    sha256: string,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const content = await this.bucket.readFile(id, version, name);
    if (!content) throw unloadable(id, version, `${name} is missing`);
    const bytes = await content.arrayBuffer();
    if ((await sha256Of(bytes)) === sha256) return new Uint8Array(bytes);
    throw unloadable(id, version, `${name} has another sha256 than the registry says`);
  }
}

/** What a signature has to sign. */
function digestsOf({ card, probes, files }: StoredVersion): Map<string, string> {
  const digests = {
    'card.json': card,
    'model.onnx': files['model.onnx'].sha256,
    'encoder.onnx': files['encoder.onnx']?.sha256,
    'probes.json': probes ?? undefined,
  };
  return new Map(
    Object.entries(digests).flatMap(([name, digest]) => (digest ? [[name, digest]] : [])),
  );
}

function unloadable(id: string, { version }: StoredVersion, why: string): ServiceError {
  const detail = `version ${version} of model "${id}" cannot be loaded: ${why}`;
  return new ServiceError('model-unavailable', detail, { retryAfterSeconds: 10 });
}

/** The published version that a selector selects, if any. */
function versionOf(document: RegistryDocument, selector: Selector): StoredVersion | undefined {
  const { versions } = document;
  const numbered = (number: AliasTarget | undefined) =>
    versions.find(({ version }) => version === number);
  switch (selector.by) {
    case 'production':
    case 'alias':
      return numbered(selectedAlias(document, selector)?.version);
    case 'version':
      return numbered(selector.version);
    case 'digest':
      return versions.find(({ files }) => files['model.onnx'].sha256.startsWith(selector.digest));
  }
}

function selectedAlias(document: RegistryDocument, selector: Selector): Alias | undefined {
  if (selector.by === 'production') return aliasOf(document, PRODUCTION);
  return selector.by === 'alias' ? aliasOf(document, selector.alias) : undefined;
}

const pointsAtShipped = (document: RegistryDocument | undefined, selector: Selector): boolean =>
  document !== undefined && selectedAlias(document, selector)?.version === SHIPPED;

function unknownVersion(
  id: string,
  reference: string,
  shipped: ModelCard | undefined,
  document: RegistryDocument | undefined,
): ServiceError {
  const known = [
    ...(shipped ? [SHIPPED] : []),
    ...Object.keys(document?.aliases ?? {}),
    ...(document?.versions ?? []).map(({ version }) => String(version)),
  ];
  const selector = reference.slice(id.length + 1);
  const what =
    selector === ''
      ? `model "${id}" has no version in production`
      : `model "${id}" has no version or alias "${selector}"`;
  return new ServiceError('unknown-version', `${what}; it has: ${known.join(', ') || 'none'}`);
}
