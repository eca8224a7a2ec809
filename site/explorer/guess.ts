import { useEffect, useState } from 'preact/hooks';
import type { Score } from '../../contract/score.ts';
import type { ShownAnswer } from '../../contract/pages.ts';

export interface Guessing {
  readonly isOn: boolean;
  /** Whether the answers are hidden until the visitor has chosen an item. */
  readonly isHidden: boolean;
  /** Index of the item that was chosen. */
  readonly guess: number | null;
  readonly score: Score;
  readonly toggle: () => void;
  readonly choose: (item: number) => void;
}

/**
 * The visitor answers before the models do, and all answers are counted.
 *
 * @param question identifies the question; another one needs another guess
 * @param correct index of the correct item
 * @param models ids of the models whose answers are counted
 * @param answers to this question, once they are known
 */
export function useGuessing(
  question: string,
  correct: number,
  models: readonly string[],
  answers: readonly ShownAnswer[],
): Guessing {
  const [isOn, setOn] = useState(false);
  const [guess, setGuess] = useState<{ readonly question: string; readonly item: number }>();
  const [counted, setCounted] = useState<Score>({ asked: 0, visitor: 0, models: [] });
  const [countedQuestions, setCountedQuestions] = useState<ReadonlySet<string>>(new Set());
  const current = guess?.question === question ? guess.item : null;
  const ofText = models.map(
    (id) => answers.find(({ model, modality }) => model === id && modality === 'text')?.answer,
  );
  const areKnown = ofText.every((answer) => answer !== undefined);

  useEffect(() => {
    if (!isOn || current === null || !areKnown || countedQuestions.has(question)) return;
    setCountedQuestions(new Set([...countedQuestions, question]));
    setCounted(({ asked, visitor, models: before }) => ({
      asked: asked + 1,
      visitor: visitor + Number(current === correct),
      models: ofText.map(
        (answer, index) => (before[index] ?? 0) + Number(answer?.correct ?? false),
      ),
    }));
  }, [isOn, current, areKnown, question, correct, countedQuestions, ofText]);

  return {
    isOn,
    isHidden: isOn && current === null,
    guess: current,
    score: counted,
    toggle: () => {
      setOn(!isOn);
      setGuess(undefined);
    },
    choose: (item) => {
      if (isOn && current === null) setGuess({ question, item });
    },
  };
}
