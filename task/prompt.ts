import type { Scene } from './scene.ts';
import type { Modality, TrainingQuestion } from './spec.ts';
import { colourToken, itemToken, shapeToken, SPECIAL_TOKENS } from './tokens.ts';

/** What a token of a prompt is there for: the groups between which probes cut attention. */
export type TokenRole =
  | 'colour'
  | 'shape'
  | 'patch'
  | 'context-end'
  | 'association-shape'
  | 'association-item'
  | 'question'
  | 'asked';

/** One question about a scene: which kind, about which object (index in context order). */
export interface Ask {
  readonly question: TrainingQuestion;
  readonly object: number;
}

/**
 * Several questions about one scene in one row of tokens: the shared prefix (context and
 * associations), then two tokens a question. A question sees the prefix and itself only, and all
 * questions stand at the same two position ids, so each is exactly the prompt it would be alone.
 */
export interface PackedPrompt {
  readonly tokens: readonly number[];
  /** Position ids; ascending, with the gaps that noise leaves. */
  readonly positions: readonly number[];
  /** 0 for the shared prefix, k for the k-th question. */
  readonly segments: readonly number[];
  readonly roles: readonly TokenRole[];
  /** Number of leading PATCH tokens, one per cell of the picture, row-major; 0 for text. */
  readonly patches: number;
  /** Per question: the index of its last token, whose logits answer, and the right next token. */
  readonly answers: readonly { readonly at: number; readonly token: number }[];
}

/** The two tokens of a question and its right answer. */
export function questionTokens(
  scene: Scene,
  ask: Ask,
): { asked: [number, number]; answer: number } {
  const { colour, shape, item } = scene.objects[ask.object];
  const { QUE, QUE_SHAPE, QUE_COLOUR } = SPECIAL_TOKENS;
  switch (ask.question) {
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

/**
 * Writes a scene and its questions as tokens (paper, "The task"):
 * `[context] CTX_END [associations] (question asked)…`.
 *
 * @param grid cells per side of the picture; used by the image modality alone
 */
export function packPrompt(
  scene: Scene,
  modality: Modality,
  grid: number,
  asks: readonly Ask[],
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
    scene.objects.forEach((object, place) => {
      position += scene.gaps[place];
      push(colourToken(object.colour), 'colour');
      push(shapeToken(object.shape), 'shape');
    });
    position += scene.gaps[scene.objects.length];
  }
  push(SPECIAL_TOKENS.CTX_END, 'context-end');
  for (const [place, index] of scene.associations.entries()) {
    position += scene.associationGaps?.[place] ?? 0;
    push(shapeToken(scene.objects[index].shape), 'association-shape');
    push(itemToken(scene.objects[index].item), 'association-item');
  }

  const questionPosition = position;
  const answers = asks.map((ask, place) => {
    const { asked, answer } = questionTokens(scene, ask);
    position = questionPosition;
    push(asked[0], 'question', place + 1);
    push(asked[1], 'asked', place + 1);
    return { at: tokens.length - 1, token: answer };
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
