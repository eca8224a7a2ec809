import type { ComponentChildren } from 'preact';
import { objectNames } from '../../task/query.ts';
import type { SceneObject } from '../../task/scene.ts';

export interface QuestionProps {
  /** The object asked about. */
  readonly object: SceneObject;
  /** Whether the correct answer is hidden. */
  readonly isHidden?: boolean;
  /** A note after the correct answer. */
  readonly children?: ComponentChildren;
}

/** The question about an object, and the correct answer. */
export function Question({ object, isHidden = false, children }: QuestionProps) {
  const { colour, item } = objectNames(object);
  return (
    <>
      <h2>
        Which item goes with the <em>{colour}</em> shape?
      </h2>
      <p class="hint">
        {!isHidden && (
          <>
            Correct: <b>{item}</b>.
          </>
        )}{' '}
        {children}
      </p>
    </>
  );
}
