import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { z } from 'zod';
import { addressOf } from './address.ts';

/** Changes some parameters; `push` leaves a step to go back to. */
export type Change<T> = (change: Partial<T>, how?: 'push' | 'replace') => void;

/** How long the address bar lags behind: browsers refuse to be written to as fast as a slider moves. */
const LAG = 200;

/** A page's parameters, kept in its address, so that each state can be linked to and gone back to. */
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
    (some, how = 'push') => {
      latest.current = { ...latest.current, ...some };
      setParameters(latest.current);
      clearTimeout(timer.current);
      const address = () => addressOf(location.pathname, schema, latest.current);
      if (how === 'push') history.pushState(null, '', address());
      else
        timer.current = setTimeout(() => {
          history.replaceState(null, '', address());
        }, LAG);
    },
    [schema],
  );
  return [parameters, change];
}
