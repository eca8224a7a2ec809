/** What holds memory outside of JavaScript until it is released. */
export interface Releasable {
  release(): Promise<void>;
}

/** Where a session comes from. */
export interface SessionSource<S extends Releasable> {
  readonly key: string;
  /** What the session counts for: the bytes of its files, parameters in float32. */
  readonly bytes: number;
  readonly open: () => Promise<S>;
}

/** A session that is held, or is being opened. */
interface Slot {
  readonly bytes: number;
  readonly opening: Promise<Releasable>;
  /** Runs at work on it, and one more while it opens. */
  users: number;
  /** Makes its shelf forget it. */
  readonly forget: () => void;
  gone: boolean;
}

/**
 * The bound that sessions of all kinds share. Where they are made of more bytes together, those that
 * were not used for longest are released; those at work, or being opened, never are, nor the last one
 * used, so only they can exceed it.
 */
export class SessionCache {
  /** Least recently used first. */
  readonly #slots = new Set<Slot>();
  #bytes = 0;

  /**
   * @param most bytes of files
   * @param waitUntil lets a promise outlive the request that began it
   */
  constructor(
    private readonly most: number,
    readonly waitUntil: (promise: Promise<unknown>) => void,
  ) {}

  /** Bytes of the files that the sessions held are made of. */
  get bytes(): number {
    return this.#bytes;
  }

  add(slot: Slot): void {
    this.#slots.add(slot);
    this.#bytes += slot.bytes;
    this.trim();
  }

  /** Puts it last in the order of those to be released. */
  touch(slot: Slot): void {
    if (this.#slots.delete(slot)) this.#slots.add(slot);
  }

  remove(slot: Slot): void {
    if (!this.#slots.delete(slot)) return;
    this.#bytes -= slot.bytes;
    slot.gone = true;
    slot.forget();
  }

  /** Releases what is too much. */
  trim(): void {
    for (const slot of this.#slots) {
      if (this.#bytes <= this.most || this.#slots.size === 1) return;
      if (slot.users === 0) this.waitUntil(this.#release(slot));
    }
  }

  /** Releases all; none may be run any more. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#slots, (slot) => this.#release(slot)));
  }

  async #release(slot: Slot): Promise<void> {
    this.remove(slot);
    // One that could not be opened holds nothing, and one that cannot be released cannot be helped.
    await slot.opening.then((session) => session.release()).catch(() => undefined);
  }
}

/** Sessions of one kind. Requests that want the same at the same time share it. */
export class SessionStore<S extends Releasable> {
  readonly #slots = new Map<string, Slot & { readonly opening: Promise<S> }>();

  constructor(private readonly pool: SessionCache) {}

  /** Has a session opened, if it is not yet. @throws whatever `open` does; the next call tries again */
  async open(source: SessionSource<S>): Promise<void> {
    await this.use(source, () => Promise.resolve());
  }

  /**
   * Runs work on a session, which is opened anew where it has been released meanwhile.
   *
   * @param work waits for nothing but the session: where workerd drops a request that waits, as its
   *   client has hung up, the session would count as used for ever
   * @throws whatever `open` and `work` do
   */
  async use<T>(source: SessionSource<S>, work: (session: S) => Promise<T>): Promise<T> {
    for (;;) {
      const slot = this.#slots.get(source.key) ?? this.#add(source);
      const session = await slot.opening;
      // Whoever else waited for it may have used it, and others then wanted its room.
      if (slot.gone) continue;
      slot.users += 1;
      this.pool.touch(slot);
      try {
        return await work(session);
      } finally {
        slot.users -= 1;
        this.pool.trim();
      }
    }
  }

  #add({ key, bytes, open }: SessionSource<S>) {
    const opening = open();
    const forget = () => this.#slots.delete(key);
    const slot = { bytes, opening, users: 1, forget, gone: false };
    this.#slots.set(key, slot);
    this.pool.add(slot);
    const opened = () => {
      slot.users -= 1;
    };
    const failed = () => {
      this.pool.remove(slot);
    };
    this.pool.waitUntil(opening.then(opened, failed));
    return slot;
  }
}
