/**
 * Caches the promise of a value by key, so that concurrent requests share one computation. A failed
 * promise is removed, so that the next request tries again. Above the limit, the least recently used value
 * is removed.
 */
export class PromiseMemo<Key, Value> {
  readonly #promises = new Map<Key, Promise<Value>>();

  /**
   * @param waitUntil keeps the worker alive until a promise settles: workerd cancels the work of a request
   *   whose client disconnects, and other requests that share the promise would wait forever
   * @param limit most values kept
   */
  constructor(
    private readonly waitUntil: (promise: Promise<unknown>) => void,
    private readonly limit = Infinity,
  ) {}

  get(key: Key, make: () => Promise<Value>): Promise<Value> {
    const known = this.#promises.get(key);
    const promise = known ?? make();
    // A map iterates in insertion order, so the first entry is the least recently used one.
    this.#promises.delete(key);
    this.#promises.set(key, promise);
    if (known) return known;
    for (const oldest of this.#promises.keys()) {
      if (this.#promises.size <= this.limit) break;
      this.#promises.delete(oldest);
    }
    const forget = () => {
      if (this.#promises.get(key) === promise) this.#promises.delete(key);
    };
    this.waitUntil(promise.catch(forget));
    return promise;
  }
}

/**
 * Caches values for a limited time. The first request after that computes the value again; if that fails,
 * the old value stays for the same time again.
 */
export class ExpiringMemo<Key, Value> {
  readonly #entries = new Map<Key, { readonly since: number; readonly promise: Promise<Value> }>();

  /** @param lifetime in milliseconds */
  constructor(
    private readonly lifetime: number,
    private readonly waitUntil: (promise: Promise<unknown>) => void,
  ) {}

  get(key: Key, make: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key);
    if (known && Date.now() - known.since < this.lifetime) return known.promise;
    const promise = make().catch((error: unknown) => {
      if (known) return known.promise;
      throw error;
    });
    const entry = { since: Date.now(), promise };
    this.#entries.set(key, entry);
    const forget = () => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    this.waitUntil(promise.catch(forget));
    return promise;
  }

  /** Also drops a value that is being computed: its computation may have started before the change. */
  forget(key: Key): void {
    this.#entries.delete(key);
  }
}
