import {
  registryDocumentSchema,
  type RegistryDocument,
  type StoredVersion,
} from '../../contract/registry.ts';
import { ExpiringMemo } from '../promise-memo.ts';
import { Problem } from '../problem.ts';

/**
 * What the bucket keeps:
 *
 *     models/<id>/model.json               versions and aliases, the one object that is ever changed
 *     models/<id>/<folder>/card.json, …    the files of one version, written before it is in there
 */

const DOCUMENT = 'model.json';
const PREFIX = 'models/';

/** A document, and the tag of the object that it was read from; null where there is none yet. */
interface Kept {
  readonly document: RegistryDocument;
  readonly etag: string | null;
}

/** Milliseconds after which a change made elsewhere is seen. */
const FRESH = 5000;

/** How often a change is made anew because somebody else was faster. */
const ATTEMPTS = 8;

/** The bucket of a registry. All its methods throw a Problem where R2 does not answer. */
export class RegistryBucket {
  readonly #documents: ExpiringMemo<string, RegistryDocument | undefined>;
  readonly #ids: ExpiringMemo<'ids', string[]>;

  constructor(
    private readonly r2: R2Bucket,
    waitUntil: (promise: Promise<unknown>) => void,
  ) {
    this.#documents = new ExpiringMemo(FRESH, waitUntil);
    this.#ids = new ExpiringMemo(FRESH, waitUntil);
  }

  /** The models of which something has been published, by name. */
  async documents(): Promise<RegistryDocument[]> {
    const ids = await this.#ids.get('ids', () => this.#listIds());
    const documents = await Promise.all(ids.map((id) => this.document(id)));
    return documents.filter((document) => document !== undefined);
  }

  /** Up to some seconds old. */
  document(id: string): Promise<RegistryDocument | undefined> {
    return this.#documents.get(id, async () => (await this.#read(id))?.document);
  }

  /**
   * Changes a document as if nobody else did at the same time.
   *
   * @param change makes the new document of the old one, or throws
   * @throws Problem where others keep being faster
   */
  async change(
    id: string,
    change: (document: RegistryDocument) => RegistryDocument,
  ): Promise<RegistryDocument> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const kept = (await this.#read(id)) ?? { document: emptyDocument(id), etag: null };
      const document = change(kept.document);
      if (document === kept.document) return document;
      if (await this.#write(document, kept.etag)) {
        this.#documents.forget(id);
        this.#ids.forget('ids');
        return document;
      }
    }
    throw new Problem('registry-unavailable', 'others are changing this model; try again', RETRY);
  }

  /** @param sha256 refused by R2 where the bytes have another */
  async putFile(
    id: string,
    folder: string,
    name: string,
    bytes: Uint8Array,
    sha256: string,
  ): Promise<void> {
    await answered(this.r2.put(keyOf(id, folder, name), bytes, { sha256 }));
  }

  /** @returns undefined where there is no such file */
  async readFile(
    id: string,
    { folder }: Pick<StoredVersion, 'folder'>,
    name: string,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const object = await answered(this.r2.get(keyOf(id, folder, name)));
    return object?.body;
  }

  /** Removes the files of a version that is in no document, or in none any more. */
  async removeFolder(id: string, folder: string): Promise<void> {
    const { objects } = await answered(this.r2.list({ prefix: keyOf(id, folder, '') }));
    if (objects.length > 0) await answered(this.r2.delete(objects.map(({ key }) => key)));
  }

  async #listIds(): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await answered(
        this.r2.list({ prefix: PREFIX, delimiter: '/', ...(cursor !== undefined && { cursor }) }),
      );
      ids.push(...page.delimitedPrefixes.map((prefix) => prefix.slice(PREFIX.length, -1)));
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return ids.sort();
  }

  async #read(id: string): Promise<Kept | undefined> {
    const object = await answered(this.r2.get(`${PREFIX}${id}/${DOCUMENT}`));
    if (!object) return undefined;
    const document = registryDocumentSchema.safeParse(await answered(object.json()));
    if (document.success) return { document: document.data, etag: object.etag };
    const detail = `what the registry keeps of "${id}" is damaged`;
    throw new Problem('registry-unavailable', detail, { ...RETRY, cause: document.error });
  }

  /** @returns whether the object was still the one that the change was made of */
  async #write(document: RegistryDocument, etag: string | null): Promise<boolean> {
    const onlyIf = etag === null ? new Headers({ 'if-none-match': '*' }) : { etagMatches: etag };
    const key = `${PREFIX}${document.id}/${DOCUMENT}`;
    const written = await answered(
      this.r2.put(key, JSON.stringify(document), {
        onlyIf,
        httpMetadata: { contentType: 'application/json' },
      }),
    );
    return written !== null;
  }
}

const RETRY = { headers: { 'retry-after': '5' } };

const keyOf = (id: string, folder: string, name: string) => `${PREFIX}${id}/${folder}/${name}`;

const emptyDocument = (id: string): RegistryDocument => ({
  schema: 1,
  id,
  next: 1,
  versions: [],
  aliases: {},
});

/** @throws Problem where R2 does not */
async function answered<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const detail = 'the bucket of the registry does not answer';
    throw new Problem('registry-unavailable', detail, { ...RETRY, cause });
  }
}
