/**
 * Remembers the promise of a value under its key, so that requests at the same time share one effort,
 * and forgets it where it fails, so that the next request tries again.
 */
export class PromiseMemo<Key, Value> {
  readonly #promises = new Map<Key, Promise<Value>>();

  /**
   * @param keepAlive lets a promise outlive the request that began it: workerd drops the work of a
   *   request whose client has hung up, and whoever shares its promise would wait for ever
   */
  constructor(private readonly keepAlive: (promise: Promise<unknown>) => void) {}

  get(key: Key, make: () => Promise<Value>): Promise<Value> {
    const known = this.#promises.get(key);
    if (known) return known;
    const promise = make();
    this.#promises.set(key, promise);
    this.keepAlive(promise.catch(() => this.#promises.delete(key)));
    return promise;
  }
}
