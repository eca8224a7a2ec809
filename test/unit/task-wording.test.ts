import { expect, it } from 'vitest';
import { TASK_WORDING } from '../../task/language/task-wording.ts';
import { writeWordPrompt } from '../../task/language/word-prompt.ts';
import { packPrompt } from '../../task/prompt.ts';
import { generateScene } from '../../task/scene.ts';
import { parseSpec } from '../../task/spec.ts';
import { describeToken } from '../../task/tokens.ts';

it.each(['context', 'shuffled'] as const)(
  'writes the words of a prompt of the models here, with associations in the order %s',
  (order) => {
    const spec = parseSpec({ objects: 12, order });
    const scene = generateScene(spec, 5, 7);
    const { tokens, answers } = packPrompt(scene, 'text', spec.grid, [
      { question: 'indirect', object: 4 },
    ]);
    const { completion, answer } = writeWordPrompt(
      scene,
      { question: 'indirect', object: 4 },
      TASK_WORDING,
    );
    expect(completion.split(' ')).toEqual([...tokens].map((token) => describeToken(token).name));
    expect(answer).toBe(describeToken(answers[0]?.token ?? -1).name);
  },
);
