/** The part of Cloudflare's R2Bucket that the registry uses. */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | null>;
  /** @returns null where the condition does not hold */
  put(key: string, value: Uint8Array | string, options?: PutOptions): Promise<unknown>;
  list(options: {
    readonly prefix: string;
    readonly delimiter?: string;
    readonly cursor?: string;
  }): Promise<ObjectPage>;
  delete(keys: string[]): Promise<void>;
}

interface StoredObject {
  readonly etag: string;
  readonly body: ReadableStream<Uint8Array>;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<unknown>;
}

interface PutOptions {
  /** The store refuses bytes with another digest. */
  readonly sha256?: string;
  readonly onlyIf?: { readonly etagMatches?: string; readonly etagDoesNotMatch?: string };
}

type ObjectPage = {
  readonly objects: readonly { readonly key: string }[];
  readonly delimitedPrefixes: readonly string[];
} & ({ readonly truncated: true; readonly cursor: string } | { readonly truncated: false });
