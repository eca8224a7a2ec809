import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** Something asked of the network, as far as it has come. */
export type RequestState<T> =
  | { readonly status: 'waiting' }
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown };

export interface RequestOptions<T> {
  /** What is known without asking, for the first key. */
  readonly initial?: T | undefined;
  /** How long a key must stand before it is asked, in milliseconds: a moving slider asks once. */
  readonly delay?: number;
}

/**
 * Asks anew whenever the key changes, and forgets what was asked for another key.
 *
 * @param key says what is asked; null asks nothing
 */
export function useRequest<T>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<T>,
  { initial, delay = 0 }: RequestOptions<T> = {},
): { state: RequestState<T>; retry: () => void } {
  const known = useRef(new Map<string, T>());
  const first = useRef(true);
  if (first.current) {
    first.current = false;
    if (initial !== undefined && key !== null) known.current.set(key, initial);
  }
  const latest = useRef(ask);
  latest.current = ask;
  const [failed, setFailed] = useState<{ key: string; error: unknown }>();
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (key === null || known.current.has(key)) return undefined;
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      latest
        .current(leaving.signal)
        .then((value) => {
          known.current.set(key, value);
          setFailed(undefined);
          setRound((last) => last + 1);
        })
        .catch((error: unknown) => {
          if (!leaving.signal.aborted) setFailed({ key, error });
        });
    }, delay);
    return () => {
      clearTimeout(timer);
      leaving.abort(new DOMException('something else was asked', 'AbortError'));
    };
  }, [key, round, delay]);

  const again = useCallback(() => {
    setFailed(undefined);
    setRound((last) => last + 1);
  }, []);
  useEffect(() => {
    if (failed === undefined) return undefined;
    addEventListener('online', again);
    return () => {
      removeEventListener('online', again);
    };
  }, [failed, again]);

  const value = key === null ? undefined : known.current.get(key);
  if (value !== undefined) return { state: { status: 'done', value }, retry };
  if (failed !== undefined && failed.key === key) {
    return { state: { status: 'failed', error: failed.error }, retry };
  }
  return { state: { status: 'waiting' }, retry };
}
