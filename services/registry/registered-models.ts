import { modelCardSchema, type ModelCard } from '../../contract/card.ts';
import { sha256Of } from '../../contract/digest.ts';
import {
  parseModelReference,
  PRODUCTION,
  SHIPPED,
  type Selector,
} from '../../contract/model-reference.ts';
import type { RegistryDocument, StoredVersion } from '../../contract/registry.ts';
import { isShipped, unknownModel, type Catalogue, type ShippedModels } from '../catalogue.ts';
import { PromiseMemo } from '../promise-memo.ts';
import { Problem } from '../problem.ts';
import type { RegistryBucket } from './bucket.ts';
import { aliasOf } from './changes.ts';

/** A card takes some 100 KB of memory. */
const CARDS_REMEMBERED = 64;

/**
 * The models that were shipped and those that are published. A bare id means what its alias
 * `production` points at and, without one, what was shipped.
 */
export class RegisteredModels implements Catalogue {
  readonly #cards: PromiseMemo<string, ModelCard>;
  /** Where the files of published cards stand; those of all others were shipped. */
  readonly #versions = new WeakMap<ModelCard, StoredVersion>();

  constructor(
    private readonly shipped: ShippedModels,
    private readonly bucket: RegistryBucket,
    waitUntil: (promise: Promise<unknown>) => void,
  ) {
    this.#cards = new PromiseMemo(waitUntil, CARDS_REMEMBERED);
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
    // What was shipped is there even where the bucket is not.
    if (shipped && selector.by === 'alias' && selector.alias === SHIPPED) return shipped;
    const document = await this.bucket.document(id);
    const version = document && versionOf(document, selector);
    if (version) return this.#card(id, version);
    if (shipped && isShipped(shipped, selector)) return shipped;
    if (!shipped && !document) throw unknownModel(id, await this.list());
    throw unknownVersion(id, reference, shipped, document);
  }

  async read(card: ModelCard, name: string): Promise<ReadableStream<Uint8Array> | undefined> {
    const version = this.#versions.get(card);
    return version ? this.bucket.readFile(card.id, version, name) : this.shipped.read(card, name);
  }

  /** Cards of versions never change. */
  #card(id: string, version: StoredVersion): Promise<ModelCard> {
    return this.#cards.get(`${id}/${version.folder}`, async () => {
      const content = await this.bucket.readFile(id, version, 'card.json');
      const lost = (why: string) => {
        const detail = `version ${version.version} of model "${id}" cannot be loaded: its card ${why}`;
        return new Problem('model-unavailable', detail, { headers: { 'retry-after': '10' } });
      };
      if (!content) throw lost('is missing');
      const bytes = await new Response(content).arrayBuffer();
      if ((await sha256Of(bytes)) !== version.card) throw lost('is not the one that was published');
      const card = modelCardSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      this.#versions.set(card, version);
      return card;
    });
  }
}

/** The published version that a selector means, if any. */
function versionOf(document: RegistryDocument, selector: Selector): StoredVersion | undefined {
  const { versions } = document;
  const numbered = (number: number | undefined) =>
    versions.find(({ version }) => version === number);
  switch (selector.by) {
    case 'production':
      return numbered(aliasOf(document, PRODUCTION)?.version);
    case 'alias':
      return numbered(aliasOf(document, selector.alias)?.version);
    case 'version':
      return numbered(selector.version);
    case 'digest':
      return versions.find(({ files }) => files['model.onnx'].sha256.startsWith(selector.digest));
  }
}

function unknownVersion(
  id: string,
  reference: string,
  shipped: ModelCard | undefined,
  document: RegistryDocument | undefined,
): Problem {
  const known = [
    ...(shipped ? [SHIPPED] : []),
    ...Object.keys(document?.aliases ?? {}),
    ...(document?.versions ?? []).map(({ version }) => String(version)),
  ];
  const asked = reference.slice(id.length + 1);
  const what =
    asked === ''
      ? `no version of model "${id}" is in production`
      : `model "${id}" has no "${asked}"`;
  return new Problem('unknown-version', `${what}; there are ${known.join(', ') || 'none'}`);
}
