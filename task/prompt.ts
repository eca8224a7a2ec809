import { elementAt } from './element-at.ts';
import type { Scene } from './scene.ts';
import type { Modality, TrainingQuestion } from './spec.ts';
import { colourToken, itemToken, shapeToken, SPECIAL_TOKENS } from './tokens.ts';

/** What a token is for in a prompt. Probes cut attention between groups of these roles. */
export const TOKEN_ROLES = [
  'colour',
  'shape',
  'patch',
  'context-end',
  'association-shape',
  'association-item',
  'question',
  'asked',
] as const;
export type TokenRole = (typeof TOKEN_ROLES)[number];

/** One question about a scene: its kind, and its object (index in context order). */
export interface SceneQuestion {
  readonly question: TrainingQuestion;
  readonly object: number;
}

/**
 * Several questions about one scene in one row of tokens: the shared prefix (context and
 * associations), then two tokens per question: its marker and what it asks about. A question attends to the prefix and
 * to itself only, and all questions have the same two position ids, so each gets the same logits as on its own.
 *
 * Questions of one kind have the same marker, which sees the same tokens. So they can also share it: then it is the end
 * of the prefix, and each question is one token.
 */
export interface PackedPrompt {
  readonly tokens: readonly number[];
  /** Position ids, ascending; noise tokens leave gaps. */
  readonly positions: readonly number[];
  /** 0 for the shared prefix, k for the k-th question. */
  readonly segments: readonly number[];
  readonly roles: readonly TokenRole[];
  /** Number of PATCH tokens at the start, one per cell of the picture, row-major; 0 for text. */
  readonly patches: number;
  /** Per question: the index of its last token, which predicts the answer, and the correct answer. */
  readonly answers: readonly { readonly tokenIndex: number; readonly token: number }[];
}

/** The two tokens of a question, and its correct answer. */
export function questionTokens(
  scene: Scene,
  { question, object }: SceneQuestion,
): { asked: [number, number]; answer: number } {
  const { colour, shape, item } = elementAt(scene.objects, object);
  const { QUE, QUE_SHAPE, QUE_COLOUR } = SPECIAL_TOKENS;
  switch (question) {
    case 'indirect':
      return { asked: [QUE, colourToken(colour)], answer: itemToken(item) };
    case 'association':
      return { asked: [QUE, shapeToken(shape)], answer: itemToken(item) };
    case 'shape':
      return { asked: [QUE_SHAPE, colourToken(colour)], answer: shapeToken(shape) };
    case 'hop':
      return { asked: [QUE, colourToken(colour)], answer: shapeToken(shape) };
    case 'colour':
      return { asked: [QUE_COLOUR, shapeToken(shape)], answer: colourToken(colour) };
  }
}

export interface Packing {
  /** Whether questions of one kind share their marker, which is faster; in training each has its own. */
  readonly sharedMarker?: boolean;
}

/**
 * Writes a scene and its questions as tokens (paper, "The task"):
 * `[context] CTX_END [associations] (question asked)…`, or `… question asked…` where the marker is shared.
 *
 * @param grid cells per side of the picture; only used for the image modality
 */
export function packPrompt(
  scene: Scene,
  modality: Modality,
  grid: number,
  questions: readonly SceneQuestion[],
  { sharedMarker = false }: Packing = {},
): PackedPrompt {
  const tokens: number[] = [];
  const positions: number[] = [];
  const segments: number[] = [];
  const roles: TokenRole[] = [];
  let position = 0;
  const push = (token: number, role: TokenRole, segment = 0) => {
    tokens.push(token);
    positions.push(position++);
    segments.push(segment);
    roles.push(role);
  };

  if (modality === 'image') {
    for (let cell = 0; cell < grid * grid; cell++) push(SPECIAL_TOKENS.PATCH, 'patch');
  } else {
    scene.objects.forEach((object, index) => {
      position += scene.gaps[index] ?? 0;
      push(colourToken(object.colour), 'colour');
      push(shapeToken(object.shape), 'shape');
    });
    position += scene.gaps[scene.objects.length] ?? 0;
  }
  push(SPECIAL_TOKENS.CTX_END, 'context-end');
  for (const [index, object] of scene.associations.entries()) {
    const { shape, item } = elementAt(scene.objects, object);
    position += scene.associationGaps?.[index] ?? 0;
    push(shapeToken(shape), 'association-shape');
    push(itemToken(item), 'association-item');
  }

  const questionPosition = position;
  const written = questions.map((question) => questionTokens(scene, question));
  const [first] = written;
  const isShared = sharedMarker && written.every(({ asked }) => asked[0] === first?.asked[0]);
  if (isShared && first) push(first.asked[0], 'question');
  const answers = written.map(({ asked, answer }, index) => {
    position = questionPosition;
    if (isShared) position += 1;
    else push(asked[0], 'question', index + 1);
    push(asked[1], 'asked', index + 1);
    return { tokenIndex: tokens.length - 1, token: answer };
  });
  return {
    tokens,
    positions,
    segments,
    roles,
    patches: modality === 'image' ? grid * grid : 0,
    answers,
  };
}
