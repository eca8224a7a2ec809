import { useCallback, useEffect, useState } from 'preact/hooks';

/** States before the changes of this visit. */
export interface Undo<T> {
  readonly isPossible: boolean;
  /** Call with the present state before a change. */
  readonly remember: (state: T) => void;
  /** Takes the latest change back. */
  readonly take: () => void;
}

/** Takes changes back, also with Ctrl + Z or Cmd + Z outside of text fields. */
export function useUndo<T>(restore: (state: T) => void): Undo<T> {
  const [states, setStates] = useState<readonly T[]>([]);
  const last = states.at(-1);
  const take = useCallback(() => {
    if (last === undefined) return;
    setStates((all) => all.slice(0, -1));
    restore(last);
  }, [last, restore]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isUndo = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey);
      if (!isUndo || event.shiftKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest('input, textarea')) return;
      event.preventDefault();
      take();
    };
    addEventListener('keydown', press);
    return () => {
      removeEventListener('keydown', press);
    };
  }, [take]);
  return {
    isPossible: last !== undefined,
    remember: (state) => {
      setStates((all) => [...all, state]);
    },
    take,
  };
}
