/**
 * Remembers the promise of a value under its key, so that requests at the same time share one effort,
 * and forgets it where it fails, so that the next request tries again. Beyond so many, it forgets the one
 * that was not asked for the longest.
 */
export class PromiseMemo<Key, Value> {
  readonly #promises = new Map<Key, Promise<Value>>();

  /**
   * @param waitUntil lets a promise outlive the request that began it: workerd drops the work of a
   *   request whose client has hung up, and whoever shares its promise would wait for ever
   * @param most values remembered
   */
  constructor(
    private readonly waitUntil: (promise: Promise<unknown>) => void,
    private readonly most = Infinity,
  ) {}

  get(key: Key, make: () => Promise<Value>): Promise<Value> {
    const known = this.#promises.get(key);
    const promise = known ?? make();
    // A map has its entries in the order in which they came.
    this.#promises.delete(key);
    this.#promises.set(key, promise);
    if (known) return known;
    const [oldest] = this.#promises.keys();
    if (this.#promises.size > this.most) this.#promises.delete(oldest);
    const forget = () => {
      if (this.#promises.get(key) === promise) this.#promises.delete(key);
    };
    this.waitUntil(promise.catch(forget));
    return promise;
  }
}

/**
 * Remembers a value for a while. The request that finds it out of date makes it anew; where that fails,
 * the old one goes on to be told for as long again.
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

  /** What is being made is not remembered either: it may have begun before the change. */
  forget(key: Key): void {
    this.#entries.delete(key);
  }
}
