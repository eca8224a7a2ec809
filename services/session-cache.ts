/** Holds memory outside of the JavaScript heap until it is released. */
export interface Releasable {
  release(): Promise<void>;
}

/** How to open a session. */
export interface SessionSource<S extends Releasable> {
  readonly key: string;
  /** The session's share of the limit: bytes of its files, with parameters as float32. */
  readonly bytes: number;
  readonly open: () => Promise<S>;
}

/** An open session, or one that is being opened. */
interface Slot {
  readonly bytes: number;
  readonly opening: Promise<Releasable>;
  /** Runs in progress, plus one while the session opens. */
  users: number;
  /** Removes the slot from its store. */
  readonly forget: () => void;
  released: boolean;
}

/**
 * The memory limit of sessions of all kinds together. Above it, the least recently used idle sessions are
 * released. A session that runs or opens is never released, nor is the most recently used one, so only
 * these can exceed the limit.
 */
export class SessionCache {
  /** Least recently used first. */
  readonly #slots = new Set<Slot>();
  #bytes = 0;

  /**
   * @param limit bytes of all sessions together
   * @param waitUntil keeps the worker alive until a promise settles, also after the request has ended
   */
  constructor(
    private readonly limit: number,
    readonly waitUntil: (promise: Promise<unknown>) => void,
  ) {}

  /** Bytes of all sessions. */
  get bytes(): number {
    return this.#bytes;
  }

  add(slot: Slot): void {
    this.#slots.add(slot);
    this.#bytes += slot.bytes;
    this.trim();
  }

  /** Marks a session as the most recently used one. */
  touch(slot: Slot): void {
    if (this.#slots.delete(slot)) this.#slots.add(slot);
  }

  remove(slot: Slot): void {
    if (!this.#slots.delete(slot)) return;
    this.#bytes -= slot.bytes;
    slot.released = true;
    slot.forget();
  }

  /** Releases idle sessions until the rest fit the limit. */
  trim(): void {
    for (const slot of this.#slots) {
      if (this.#bytes <= this.limit || this.#slots.size === 1) return;
      if (slot.users === 0) this.waitUntil(this.#release(slot));
    }
  }

  /** Releases every session. Nothing may run afterwards. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#slots, (slot) => this.#release(slot)));
  }

  async #release(slot: Slot): Promise<void> {
    this.remove(slot);
    // A session that failed to open holds no memory, and a failed release cannot be repaired.
    await slot.opening.then((session) => session.release()).catch(() => undefined);
  }
}

/** Sessions of one kind, by key. Concurrent requests share a session. */
export class SessionStore<S extends Releasable> {
  readonly #slots = new Map<string, Slot & { readonly opening: Promise<S> }>();

  constructor(private readonly cache: SessionCache) {}

  /** Opens a session unless it is open. @throws whatever `open` throws; the next call tries again */
  async open(source: SessionSource<S>): Promise<void> {
    await this.use(source, () => Promise.resolve());
  }

  /**
   * Runs work on a session, which is opened again if it was released.
   *
   * @param work may only wait for the session: workerd cancels a waiting request whose client disconnects,
   *   and the session would then count as in use forever
   * @throws whatever `open` and `work` throw
   */
  async use<T>(source: SessionSource<S>, work: (session: S) => Promise<T>): Promise<T> {
    for (;;) {
      const slot = this.#slots.get(source.key) ?? this.#add(source);
      const session = await slot.opening;
      // Another request may have used the session in the meantime, and a third one evicted it.
      if (slot.released) continue;
      slot.users += 1;
      this.cache.touch(slot);
      try {
        return await work(session);
      } finally {
        slot.users -= 1;
        this.cache.trim();
      }
    }
  }

  #add({ key, bytes, open }: SessionSource<S>) {
    const opening = open();
    const forget = () => this.#slots.delete(key);
    const slot = { bytes, opening, users: 1, forget, released: false };
    this.#slots.set(key, slot);
    this.cache.add(slot);
    const opened = () => {
      slot.users -= 1;
    };
    const failed = () => {
      this.cache.remove(slot);
    };
    this.cache.waitUntil(opening.then(opened, failed));
    return slot;
  }
}
