/** How a vision network in an ONNX file is fed and read. */
export interface OnnxPreset {
  /** Width and height of its pictures, pixels. */
  readonly size: number;
  /** Pixels are scaled to 0 to 1; then `mean` is subtracted and the result divided by `deviation`. */
  readonly mean: readonly [number, number, number];
  readonly deviation: readonly [number, number, number];
  /** `tokens` [1, prefix + side^2, F], or a `map` [1, F, side, side]. */
  readonly layout: 'tokens' | 'map';
  /** Class and register tokens before the patches; 0 in a map. */
  readonly prefix: number;
  /** F */
  readonly width: number;
  /** Tokens per side of a picture of `size`. */
  readonly side: number;
  /** Where to find a suitable file, for error messages. */
  readonly source: string;
}

const IMAGENET = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
} as const;

/**
 * The networks of the paper as they are exported on the Hugging Face hub: input `pixel_values`, output
 * `last_hidden_state`. The values come from the documentation of transformers and from the models'
 * `config.json` and `preprocessor_config.json`.
 */
export const ONNX_PRESETS = {
  /** Xenova/resnet-152 has logits as its output; the map before its global pooling is [1, 2048, 7, 7]. */
  'resnet-152': {
    size: 224,
    ...IMAGENET,
    layout: 'map',
    prefix: 0,
    width: 2048,
    side: 7,
    source: 'an export of microsoft/resnet-152, such as Xenova/resnet-152',
  },
  /** 16-pixel patches, one class token: [1, 1 + 196, 768]. */
  'vit-b-16': {
    size: 224,
    mean: [0.5, 0.5, 0.5],
    deviation: [0.5, 0.5, 0.5],
    layout: 'tokens',
    prefix: 1,
    width: 768,
    side: 14,
    source:
      'an export of google/vit-base-patch16-224-in21k for feature extraction, such as ' +
      'Xenova/vit-base-patch16-224-in21k',
  },
  /** 16-pixel patches, one class and four register tokens: [1, 5 + 196, 768]. */
  'dinov3-vit-b-16': {
    size: 224,
    ...IMAGENET,
    layout: 'tokens',
    prefix: 5,
    width: 768,
    side: 14,
    source:
      'an export of facebook/dinov3-vitb16-pretrain-lvd1689m, such as ' +
      'onnx-community/dinov3-vitb16-pretrain-lvd1689m-ONNX',
  },
} as const satisfies Record<string, OnnxPreset>;

export type OnnxPresetName = keyof typeof ONNX_PRESETS;
export const ONNX_PRESET_NAMES = Object.keys(ONNX_PRESETS) as OnnxPresetName[];
