import { useEffect } from 'preact/hooks';
import { LIMITS } from '../../task/spec.ts';

/**
 * Left and right arrow: fewer and more objects; with Shift the previous and the next scene. A focused
 * element that uses arrow keys itself keeps them.
 */
export function useArrowKeys(
  objects: number,
  setObjects: (objects: number) => void,
  moveScene: (by: number) => void,
): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (by === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest(USES_ARROWS)) return;
      event.preventDefault();
      if (event.shiftKey) moveScene(by);
      else setObjects(Math.min(LIMITS.objects, Math.max(2, objects + by)));
    };
    addEventListener('keydown', press);
    return () => {
      removeEventListener('keydown', press);
    };
  }, [objects, setObjects, moveScene]);
}

const USES_ARROWS = 'input, select, textarea, [tabindex="0"], [contenteditable], dialog';
