import type * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { ModelConfig } from '../../contract/recipe.ts';

/**
 * What training, export and probing have to know of a model architecture. What a token stands for is
 * not known here: the size of the vocabulary comes in as a number.
 *
 * Letters in shape comments: B rows, T tokens, N places where logits are read, V vocabulary size,
 * D width, H heads, K = D / H, F width of patch features, P number of parameters.
 */
export interface ModelArchitecture<Config = ModelConfig> {
  readonly name: string;
  readonly configSchema: z.ZodType<Config>;
  /** Every parameter in storage order: together they are the flat vector theta [P]. */
  readonly parameters: (config: Config, vocabularySize: number) => ParameterSpec[];
  /** Parameters that can be exchanged between models, by name. */
  readonly tokenEmbeddings: string; // [V, D]
  readonly patchProjection: string; // [F, D]
  /**
   * Next-token logits at the places that `inputs.answerIndex` lists. It may list any tokens: those of
   * the answers alone, or every token of a sequence.
   *
   * @param hook is called at each of `hookSites`
   * @returns [N, V]
   */
  readonly forward: (
    config: Config,
    parameters: Parameters,
    inputs: ModelInputs,
    hook?: Hook,
  ) => tf.Tensor2D;
  readonly hookSites: (config: Config) => HookSites;
}

/** One tensor among the parameters. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies: to matrices, not to gains, biases and embeddings. */
  readonly decays: boolean;
  readonly initial:
    | { readonly kind: 'constant'; readonly value: number }
    | { readonly kind: 'normal'; readonly std: number }
    | { readonly kind: 'sinusoid'; readonly std: number };
}

/** Parameters by name. */
export type Parameters = Readonly<Record<string, tf.Tensor>>;

/** The inputs of a forward pass; see `task/batch.ts` for their meaning. */
export interface ModelInputs {
  /** [B, T] int32 */
  readonly tokens: tf.Tensor2D;
  /** [B, T] int32 */
  readonly positions: tf.Tensor2D;
  /** [B, T, T], added to the attention scores */
  readonly attentionBias: tf.Tensor3D;
  /** [N] int32, indices into the B * T tokens */
  readonly answerIndex: tf.Tensor1D;
  /** [B, T, F], zero at tokens that are not patches */
  readonly patchFeatures?: tf.Tensor3D;
}

/** Reads, and may replace, the activation of that name. */
export type Hook = <T extends tf.Tensor>(name: string, activation: T) => T;

/** Names of the activations that probes read and replace. Names are TransformerLens's. */
export interface HookSites {
  /** The residual stream before each layer, and after the last: [B, T, D] */
  readonly residuals: readonly string[];
  /** Of each layer, attention scores before the softmax, bias included: [B, H, T, T] */
  readonly attentionScores: readonly string[];
  /** Of each layer, attention probabilities: [B, H, T, T] */
  readonly attentionPatterns: readonly string[];
  /** Of each layer, the output of each head before heads are mixed: [B, H, T, K] */
  readonly headOutputs: readonly string[];
}
