import {
  registryDocumentSchema,
  type RegistryDocument,
  type StoredVersion,
} from '../../contract/registry.ts';
import { ExpiringMemo } from '../promise-memo.ts';
import { ServiceError } from '../service-error.ts';
import type { StoredFile } from '../stored-file.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * Keys in the bucket:
 *
 *     models/<id>/model.json               versions and aliases: the only object that changes
 *     models/<id>/<folder>/card.json, …    files of one version, written before model.json lists it
 */

const DOCUMENT = 'model.json';
const PREFIX = 'models/';

/** A document, and the etag of the object that holds it; null where there is none yet. */
interface DocumentState {
  readonly document: RegistryDocument;
  readonly etag: string | null;
}

/** Milliseconds for which reads are cached, so also until a change made elsewhere is seen. */
const CACHE_LIFETIME = 5000;

/** Attempts at a change before giving up against concurrent ones. */
const ATTEMPTS = 8;

const RETRY = { retryAfterSeconds: 5 };

/** The bucket of a registry. Every method throws a ServiceError where R2 fails. */
export class RegistryBucket {
  readonly #documents: ExpiringMemo<string, RegistryDocument | undefined>;
  readonly #ids: ExpiringMemo<'ids', string[]>;

  constructor(
    private readonly store: ObjectStore,
    waitUntil: (promise: Promise<unknown>) => void,
  ) {
    this.#documents = new ExpiringMemo(CACHE_LIFETIME, waitUntil);
    this.#ids = new ExpiringMemo(CACHE_LIFETIME, waitUntil);
  }

  /** The documents of all published models, ordered by id. */
  async documents(): Promise<RegistryDocument[]> {
    const ids = await this.#ids.get('ids', () => this.#listIds());
    const documents = await Promise.all(ids.map((id) => this.document(id)));
    return documents.filter((document) => document !== undefined);
  }

  /** May be some seconds old. */
  document(id: string): Promise<RegistryDocument | undefined> {
    return this.#documents.get(id, async () => (await this.#read(id))?.document);
  }

  /**
   * Changes a document atomically (optimistic concurrency on the object's etag).
   *
   * @param change makes the new document from the current one, or throws
   * @throws ServiceError where concurrent changes win every attempt
   */
  async change(
    id: string,
    change: (document: RegistryDocument) => RegistryDocument,
  ): Promise<RegistryDocument> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const current = (await this.#read(id)) ?? { document: emptyDocument(id), etag: null };
      const document = change(current.document);
      if (document === current.document) return document;
      if (await this.#write(document, current.etag)) {
        this.#documents.forget(id);
        this.#ids.forget('ids');
        return document;
      }
    }
    const detail = `model "${id}" is being changed by others`;
    throw new ServiceError('registry-unavailable', detail, RETRY);
  }

  /** @param sha256 R2 refuses bytes with another digest */
  async putFile(
    id: string,
    folder: string,
    name: string,
    bytes: Uint8Array,
    sha256: string,
  ): Promise<void> {
    await answered(this.store.put(keyOf(id, folder, name), bytes, { sha256 }));
  }

  /** @returns undefined where there is no such file */
  async readFile(
    id: string,
    { folder }: Pick<StoredVersion, 'folder'>,
    name: string,
  ): Promise<StoredFile | undefined> {
    const object = await answered(this.store.get(keyOf(id, folder, name)));
    if (!object) return undefined;
    return { stream: () => object.body, arrayBuffer: () => object.arrayBuffer() };
  }

  /** Removes the files of a version that its document does not list. */
  async removeFolder(id: string, folder: string): Promise<void> {
    const { objects } = await answered(this.store.list({ prefix: keyOf(id, folder, '') }));
    if (objects.length > 0) await answered(this.store.delete(objects.map(({ key }) => key)));
  }

  async #listIds(): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await answered(
        this.store.list({
          prefix: PREFIX,
          delimiter: '/',
          ...(cursor !== undefined && { cursor }),
        }),
      );
      ids.push(...page.delimitedPrefixes.map((prefix) => prefix.slice(PREFIX.length, -1)));
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return ids.sort();
  }

  async #read(id: string): Promise<DocumentState | undefined> {
    const object = await answered(this.store.get(`${PREFIX}${id}/${DOCUMENT}`));
    if (!object) return undefined;
    const document = registryDocumentSchema.safeParse(await answered(object.json()));
    if (document.success) return { document: document.data, etag: object.etag };
    const detail = `the registry's document of model "${id}" is damaged`;
    throw new ServiceError('registry-unavailable', detail, { ...RETRY, cause: document.error });
  }

  /** @returns false where the object has changed since it was read with this etag */
  async #write(document: RegistryDocument, etag: string | null): Promise<boolean> {
    const onlyIf = etag === null ? { etagDoesNotMatch: '*' } : { etagMatches: etag };
    const key = `${PREFIX}${document.id}/${DOCUMENT}`;
    const written = await answered(this.store.put(key, JSON.stringify(document), { onlyIf }));
    return written !== null;
  }
}

const keyOf = (id: string, folder: string, name: string) => `${PREFIX}${id}/${folder}/${name}`;

/** The document of a model with nothing published. */
export const emptyDocument = (id: string): RegistryDocument => ({
  schema: 1,
  id,
  next: 1,
  versions: [],
  aliases: {},
  changes: [],
});

/** @throws ServiceError where R2 fails */
async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    const detail = 'the registry bucket does not answer';
    throw new ServiceError('registry-unavailable', detail, { ...RETRY, cause });
  }
}
