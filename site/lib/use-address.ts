import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { z } from 'zod';
import { addressOf } from './address.ts';

/** Changes some parameters; `push` adds an entry to the browser's history. */
export type Change<T> = (change: Partial<T>, how?: 'push' | 'replace') => void;

/** Delay of the address bar, in milliseconds: browsers limit how often it can change. */
const DELAY = 200;

/** A page's parameters, stored in its address, so that each state has a link and a history entry. */
export function useAddress<S extends z.ZodObject>(
  initial: z.output<S>,
  schema: S,
): [z.output<S>, Change<z.output<S>>] {
  const [parameters, setParameters] = useState(initial);
  const latest = useRef(parameters);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    const goBack = () => {
      const parsed = schema.safeParse(Object.fromEntries(new URLSearchParams(location.search)));
      if (!parsed.success) return;
      latest.current = parsed.data;
      setParameters(parsed.data);
    };
    addEventListener('popstate', goBack);
    return () => {
      removeEventListener('popstate', goBack);
    };
  }, [schema]);

  const change = useCallback<Change<z.output<S>>>(
    (changed, how = 'push') => {
      latest.current = { ...latest.current, ...changed };
      setParameters(latest.current);
      clearTimeout(timer.current);
      const address = () => addressOf(location.pathname, schema, latest.current);
      if (how === 'push') history.pushState(null, '', address());
      else
        timer.current = setTimeout(() => {
          history.replaceState(null, '', address());
        }, DELAY);
    },
    [schema],
  );
  return [parameters, change];
}
