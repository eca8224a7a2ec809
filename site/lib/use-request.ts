import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** The state of a request. */
export type RequestState<T> =
  | { readonly status: 'waiting' }
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown };

export interface RequestOptions<T> {
  /** The known value of the first key. */
  readonly initial?: T | undefined;
  /** How long a key must stay the same before its request, in milliseconds: for moving sliders. */
  readonly delay?: number;
  /** Whether a value is kept for when the key comes back; by default all are. */
  readonly isComplete?: (value: T) => boolean;
}

/**
 * Sends a request for each new key, and aborts the request of the previous one. Values are cached by key;
 * a failed request is repeated when the browser is online again. `retry` asks once more, also for a known value.
 *
 * @param key identifies the request; null sends none
 */
export function useRequest<T>(
  key: string | null,
  send: (signal: AbortSignal) => Promise<T>,
  { initial, delay = 0, isComplete = () => true }: RequestOptions<T> = {},
): { state: RequestState<T>; retry: () => void } {
  const values = useRef(new Map<string, T>());
  const first = useRef(true);
  if (first.current) {
    first.current = false;
    if (initial !== undefined && key !== null) values.current.set(key, initial);
  }
  const latest = useRef({ send, isComplete });
  latest.current = { send, isComplete };
  const [failed, setFailed] = useState<{ key: string; error: unknown }>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (key === null || values.current.has(key)) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      latest.current
        .send(controller.signal)
        .then((value) => {
          values.current.set(key, value);
          setFailed(undefined);
          setAttempt((last) => last + 1);
        })
        .catch((error: unknown) => {
          if (!controller.signal.aborted) setFailed({ key, error });
        });
    }, delay);
    return () => {
      clearTimeout(timer);
      controller.abort(new DOMException('the request has changed', 'AbortError'));
    };
  }, [key, attempt, delay]);

  useEffect(() => {
    if (key === null) return undefined;
    return () => {
      const value = values.current.get(key);
      if (value !== undefined && !latest.current.isComplete(value)) values.current.delete(key);
    };
  }, [key]);

  const retry = useCallback(() => {
    if (key !== null) values.current.delete(key);
    setFailed(undefined);
    setAttempt((last) => last + 1);
  }, [key]);
  useEffect(() => {
    if (failed === undefined) return undefined;
    addEventListener('online', retry);
    return () => {
      removeEventListener('online', retry);
    };
  }, [failed, retry]);

  const value = key === null ? undefined : values.current.get(key);
  if (value !== undefined) return { state: { status: 'done', value }, retry };
  if (failed !== undefined && failed.key === key) {
    return { state: { status: 'failed', error: failed.error }, retry };
  }
  return { state: { status: 'waiting' }, retry };
}
