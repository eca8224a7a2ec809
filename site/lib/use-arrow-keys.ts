import { useEffect } from 'preact/hooks';
import { LIMITS } from '../../task/spec.ts';

/**
 * Left and right: fewer and more objects; with Shift the scene before and the next one. Whatever has
 * the focus and knows what to do with arrows keeps them.
 */
export function useArrowKeys(
  objects: number,
  setObjects: (objects: number) => void,
  turn: (by: number) => void,
): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (by === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest(OWN_ARROWS)) return;
      event.preventDefault();
      if (event.shiftKey) turn(by);
      else setObjects(Math.min(LIMITS.objects, Math.max(2, objects + by)));
    };
    addEventListener('keydown', press);
    return () => {
      removeEventListener('keydown', press);
    };
  }, [objects, setObjects, turn]);
}

const OWN_ARROWS = 'input, select, textarea, [tabindex="0"], [contenteditable], dialog';
