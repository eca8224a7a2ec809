import type { PackedPrompt, TokenRole } from './prompt.ts';
import { SPECIAL_TOKENS } from './tokens.ts';

/**
 * What keeps a token from attending to another: added to the attention logits before the softmax. Large and finite,
 * since a row of -Infinity (a padded one) would turn into NaN.
 */
export const MASKED = -1e9;

/** The numeric inputs of the model, B rows padded to T tokens, N answers in all. */
export interface Batch {
  readonly rows: number;
  readonly length: number;
  /** [B, T] token ids */
  readonly tokens: Int32Array;
  /** [B, T] position ids */
  readonly positions: Int32Array;
  /** [B, T, T] 0 where the row's token may attend to the column's, else `MASKED` */
  readonly attentionBias: Float32Array;
  /** [N] where each answer is read, as row * T + token */
  readonly answerIndex: Int32Array;
  /** [N] the right next tokens */
  readonly targets: Int32Array;
  /** [B, T, F] patch features, zero where no patch stands; absent when no row has patches */
  readonly patchFeatures?: Float32Array;
}

/** A prompt, and for a picture the features of its patches: [patches, F], row-major. */
export interface BatchRow {
  readonly prompt: PackedPrompt;
  readonly features?: Float32Array;
  /** The associations see one another, but not the context. */
  readonly maskContext?: boolean;
}

/**
 * Lays packed prompts side by side.
 *
 * @param featureWidth F, the width of one patch's features; 0 for a model without a visual input
 * @throws RangeError when a picture comes without the features of its patches
 */
export function assembleBatch(rows: readonly BatchRow[], featureWidth = 0): Batch {
  const length = Math.max(...rows.map(({ prompt }) => prompt.tokens.length));
  const cells = rows.length * length;
  const tokens = new Int32Array(cells).fill(SPECIAL_TOKENS.PAD);
  const positions = new Int32Array(cells);
  const attentionBias = new Float32Array(cells * length).fill(MASKED);
  const patchFeatures = featureWidth > 0 ? new Float32Array(cells * featureWidth) : undefined;
  const answerIndex: number[] = [];
  const targets: number[] = [];

  rows.forEach(({ prompt, features, maskContext = false }, row) => {
    const start = row * length;
    tokens.set(prompt.tokens, start);
    positions.set(prompt.positions, start);
    const bias = attentionBias.subarray(start * length);
    writeAttention(prompt.segments, bias, length);
    if (maskContext) cutContext(prompt, bias, length);
    for (const { at, token } of prompt.answers) {
      answerIndex.push(start + at);
      targets.push(token);
    }
    if (prompt.patches > 0) {
      if (features?.length !== prompt.patches * featureWidth || featureWidth === 0) {
        throw new RangeError(
          `a picture of ${prompt.patches} patches needs ${prompt.patches} x ${featureWidth} features, ` +
            `got ${features?.length ?? 0}`,
        );
      }
      patchFeatures?.set(features, start * featureWidth);
    }
  });
  return {
    rows: rows.length,
    length,
    tokens,
    positions,
    attentionBias,
    answerIndex: Int32Array.from(answerIndex),
    targets: Int32Array.from(targets),
    ...(patchFeatures && { patchFeatures }),
  };
}

/** Causal attention over the shared prefix and, for a question's tokens, over that question. */
function writeAttention(segments: readonly number[], bias: Float32Array, stride: number): void {
  for (let from = 0; from < segments.length; from++) {
    for (let to = 0; to <= from; to++) {
      if (segments[to] === 0 || segments[to] === segments[from]) bias[from * stride + to] = 0;
    }
  }
}

const ASSOCIATIONS: ReadonlySet<TokenRole> = new Set(['association-shape', 'association-item']);
const CONTEXT: ReadonlySet<TokenRole> = new Set(['colour', 'shape', 'patch', 'context-end']);

/** Keeps the associations' tokens from attending to the context's. */
function cutContext({ roles }: PackedPrompt, bias: Float32Array, stride: number): void {
  roles.forEach((role, from) => {
    if (!ASSOCIATIONS.has(role)) return;
    roles.forEach((other, to) => {
      if (CONTEXT.has(other)) bias[from * stride + to] = MASKED;
    });
  });
}
