import type { PackedPrompt, TokenRole } from './prompt.ts';
import { SPECIAL_TOKENS } from './tokens.ts';

/**
 * The attention bias of a masked pair of tokens, added to the attention logits before the softmax. It is
 * large and finite: a padded row of -Infinity would become NaN.
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
  /** [B, T, T] 0 where the row's token may attend to the column's token, else `MASKED` */
  readonly attentionBias: Float32Array;
  /** [N] the token whose logits are each answer, as row * T + token */
  readonly answerIndex: Int32Array;
  /** [N] the correct next tokens */
  readonly targets: Int32Array;
  /** [B, T, F] patch features, zero at other tokens; absent when no row has patches */
  readonly patchFeatures?: Float32Array;
}

/** A prompt; for a picture also the features of its patches: [patches, F], row-major. */
export interface BatchRow {
  readonly prompt: PackedPrompt;
  readonly features?: Float32Array;
  /** Keeps association tokens from attending to context tokens. */
  readonly maskContext?: boolean;
}

/**
 * Builds a batch of packed prompts, padded to the longest.
 *
 * @param featureWidth F, the width of one patch's features; 0 for a model without a visual input
 * @throws RangeError where the features of a picture are missing or have another length
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
    allowCausalAttention(prompt.segments, bias, length);
    if (maskContext) maskContextFromAssociations(prompt, bias, length);
    for (const { tokenIndex, token } of prompt.answers) {
      answerIndex.push(start + tokenIndex);
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

/** A token attends to earlier tokens of the shared prefix and of its own question. */
function allowCausalAttention(
  segments: readonly number[],
  bias: Float32Array,
  stride: number,
): void {
  for (const [from, segment] of segments.entries()) {
    for (let to = 0; to <= from; to++) {
      if (segments[to] === 0 || segments[to] === segment) bias[from * stride + to] = 0;
    }
  }
}

const ASSOCIATIONS: ReadonlySet<TokenRole> = new Set(['association-shape', 'association-item']);
const CONTEXT: ReadonlySet<TokenRole> = new Set(['colour', 'shape', 'patch', 'context-end']);

function maskContextFromAssociations(
  { roles }: PackedPrompt,
  bias: Float32Array,
  stride: number,
): void {
  roles.forEach((role, from) => {
    if (!ASSOCIATIONS.has(role)) return;
    roles.forEach((other, to) => {
      if (CONTEXT.has(other)) bias[from * stride + to] = MASKED;
    });
  });
}
