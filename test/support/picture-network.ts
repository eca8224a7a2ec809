import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { picturePatches, pictureConfigSchema } from '../../measurement/language/picture-input.ts';
import { makeGraph, makeModel, makeNode, makeTensor, makeValueInfo } from '../../onnx/build.ts';
import { writeOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE, type OnnxNode, type OnnxTensor, type OnnxValueInfo } from '../../onnx/model.ts';
import { TEMPLATES } from '../../task/language/templates.ts';
import { WORD_LISTS } from '../../task/language/word-lists.ts';
import { drawWords } from '../../task/language/word-picture.ts';

/**
 * A transformer that answers to pictures and whose mechanism is known, because its weights are written down: it has one
 * dimension of the residual stream for each thing that it can know about a token. A layer says which tokens attend to
 * which by what they know, and which knowledge is copied. There is no causal mask; what a token knows from later ones is
 * not used.
 */

const COUNT = 8;
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const { everyday } = WORD_LISTS;
/** So few words that the picture of every object can be a weight. */
export const PICTURE_WORDING = {
  template: TEMPLATES.picture,
  words: {
    id: 'few',
    colours: everyday.colours.slice(0, COUNT),
    shapes: everyday.shapes.slice(0, COUNT),
    items: everyday.items.slice(0, COUNT),
    drawn: { colours: COUNT, shapes: COUNT },
  },
};
const { words, template } = PICTURE_WORDING;

const SPECIAL = ['<start>', '<picture>', '<end>'];
const split = (text: string): string[] => text.match(/\w+|[^\w\s]+/g) ?? [];
const { associations, questions, context, answerLead } = template;
const LIST_WORDS = {
  colour: words.colours.map(({ word }) => word),
  shape: words.shapes.map(({ word }) => word),
  item: words.items,
};
const texts = [context, associations.before, associations.each, questions.indirect, answerLead];
const VOCABULARY = [
  ...new Set([...SPECIAL, ...texts.flatMap(split), ...Object.values(LIST_WORDS).flat()]),
];

const POSITIONS = 100;
/** After a picture of 6 x 6 tokens, the text begins at position 8: behind the start, the longer side and the end. */
const FIRST_ITEM = 8 + split(`${context}${associations.before}- shape:`).length;

const FEATURES = [
  'any',
  ...numbers.flatMap((index) =>
    [
      ...['said colour', 'said shape', 'said item', 'seen colour', 'seen shape', 'place'],
      ...['asked colour', 'shape before', 'own colour', 'found', 'answer'],
    ].map((name) => `${name} ${index}`),
  ),
  ...Array.from({ length: POSITIONS }, (_, position) => `position ${position}`),
];
type Entry = readonly [row: string | number, column: string | number, value?: number];

/** A matrix from features to features, or of indices where a side has no features. */
function matrix(name: string, dims: readonly [number, number], entries: readonly Entry[]) {
  const at = (place: string | number) =>
    typeof place === 'number' ? place : FEATURES.indexOf(place);
  const values = new Float32Array(dims[0] * dims[1]);
  for (const [row, column, value = 1] of entries) values[at(row) * dims[1] + at(column)] = value;
  return makeTensor(name, 'float32', dims, values);
}
const WIDTH = FEATURES.length;
const square = (name: string, entries: readonly Entry[]) => matrix(name, [WIDTH, WIDTH], entries);

/** A score after which Softmax leaves nothing for the others. */
const SURELY = 40;
const every = (from: string, to: string, value = 1) =>
  numbers.map((index): Entry => [`${from} ${index}`, `${to} ${index}`, value]);

/** What a layer attends to, from the query's to the key's knowledge, and what it copies. */
interface Layer {
  readonly attend: readonly Entry[];
  readonly copy: readonly Entry[];
}

const ITEMS_KNOW_THEIR_SHAPE: Layer = {
  attend: Array.from({ length: POSITIONS - 2 }, (_, at): Entry => {
    return [`position ${at + 2}`, `position ${at}`, SURELY];
  }),
  copy: every('said shape', 'shape before'),
};
const ALL_KNOW_THE_COLOUR_ASKED_ABOUT: Layer = {
  attend: numbers.map((index): Entry => ['any', `said colour ${index}`, SURELY]),
  copy: every('said colour', 'asked colour'),
};

/**
 * Both find the item in two hops. The first hop of `symbolic` finds the shape in the picture. In `positional`, items find the
 * colour of their shape in the picture, and the first hop finds the place of such an item in the list: the objects of a
 * picture have no order.
 */
const LAYERS: Readonly<Record<'symbolic' | 'positional', readonly Layer[]>> = {
  symbolic: [
    ITEMS_KNOW_THEIR_SHAPE,
    ALL_KNOW_THE_COLOUR_ASKED_ABOUT,
    { attend: every('asked colour', 'seen colour', SURELY), copy: every('seen shape', 'found') },
    { attend: every('found', 'shape before', SURELY), copy: every('said item', 'answer') },
  ],
  positional: [
    ITEMS_KNOW_THEIR_SHAPE,
    ALL_KNOW_THE_COLOUR_ASKED_ABOUT,
    {
      attend: every('shape before', 'seen shape', SURELY),
      copy: every('seen colour', 'own colour'),
    },
    { attend: every('asked colour', 'own colour', SURELY), copy: every('place', 'found') },
    { attend: every('found', 'place', SURELY), copy: every('said item', 'answer') },
  ],
};

const node = (op: string, inputs: string[], output: string, attributes = {}) =>
  makeNode(op, inputs, [output], { attributes });

function decoder(mechanism: keyof typeof LAYERS): Uint8Array {
  const layers = LAYERS[mechanism];
  const positions = [
    ...Array.from({ length: POSITIONS }, (_, at): Entry => [at, `position ${at}`]),
    ...numbers.map((index): Entry => [FIRST_ITEM + 4 * index, `place ${index}`]),
  ];
  const unembedding = LIST_WORDS.item.map((word, index): Entry => {
    return [`answer ${index}`, VOCABULARY.indexOf(word), SURELY];
  });
  return file(
    [
      node('Gather', ['position_ids', 'first'], 'in_time', { axis: 0 }),
      node('Gather', ['positions', 'in_time'], 'positioned'),
      node('Add', ['inputs_embeds', 'positioned'], 'stream_0'),
      ...layers.flatMap((_, layer) => {
        const [stream, of] = [`stream_${layer}`, (name: string) => `${name}_${layer}`];
        return [
          node('MatMul', [stream, of('attend')], of('queries')),
          node('Transpose', [stream], of('keys'), { perm: [0, 2, 1] }),
          node('MatMul', [of('queries'), of('keys')], of('scores')),
          node('Softmax', [of('scores')], of('attention'), { axis: -1 }),
          node('MatMul', [of('attention'), stream], of('read')),
          node('MatMul', [of('read'), of('copy')], of('written')),
          node('Add', [stream, of('written')], `stream_${layer + 1}`),
        ];
      }),
      node('MatMul', [`stream_${layers.length}`, 'unembedding'], 'logits'),
    ],
    [
      makeTensor('first', 'int64', [], BigInt64Array.of(0n)),
      matrix('positions', [POSITIONS, WIDTH], positions),
      ...layers.flatMap(({ attend, copy }, layer) => [
        square(`attend_${layer}`, attend),
        square(`copy_${layer}`, copy),
      ]),
      matrix('unembedding', [WIDTH, VOCABULARY.length], unembedding),
    ],
    [
      makeValueInfo('inputs_embeds', DATA_TYPE.float32, ['rows', 'tokens', WIDTH]),
      makeValueInfo('position_ids', DATA_TYPE.int64, [3, 'rows', 'tokens']),
    ],
    makeValueInfo('logits', DATA_TYPE.float32, ['rows', 'tokens', VOCABULARY.length]),
  );
}

function embedding(): Uint8Array {
  const said = Object.entries(LIST_WORDS).flatMap(([kind, list]) =>
    list.map((word, index): Entry => [VOCABULARY.indexOf(word), `said ${kind} ${index}`]),
  );
  const any = VOCABULARY.map((_, token): Entry => [token, 'any']);
  return file(
    [node('Gather', ['table', 'input_ids'], 'inputs_embeds')],
    [matrix('table', [VOCABULARY.length, WIDTH], [...any, ...said])],
    [makeValueInfo('input_ids', DATA_TYPE.int64, ['rows', 'tokens'])],
    makeValueInfo('inputs_embeds', DATA_TYPE.float32, ['rows', 'tokens', WIDTH]),
  );
}

/** A token is a cell of the picture. */
const PROCESSOR = {
  ...{ image_mean: [0, 0, 0], image_std: [1, 1, 1] },
  ...{ patch_size: 16, temporal_patch_size: 1, merge_size: 4 },
};

/** Finds in each cell the most similar object, or none. */
function visionEncoder(): Uint8Array {
  const seen = numbers.flatMap((colour) => numbers.map((shape) => ({ colour, shape })));
  const config = pictureConfigSchema.parse(PROCESSOR);
  const cells = [[], ...seen.map((object) => [{ ...object, row: 0, column: 0 }])].map(
    (objects) => picturePatches(drawWords(objects, 1, words), config).values,
  );
  const pixels = cells[0]?.length ?? 0;
  // The distance to a cell c is least where x c - c c / 2 is largest.
  const lengths = cells.map((values) => -values.reduce((sum, value) => sum + value ** 2, 0) / 2);
  return file(
    [
      node('Reshape', ['pixel_values', 'by_cell'], 'cells'),
      node('Gemm', ['cells', 'likeness', 'lengths'], 'similarity', { transB: 1 }),
      node('Softmax', ['similarity'], 'match', { axis: -1 }),
      node('MatMul', ['match', 'knowledge'], 'image_features'),
    ],
    [
      makeTensor('by_cell', 'int64', [2], BigInt64Array.of(-1n, BigInt(pixels))),
      makeTensor(
        'likeness',
        'float32',
        [cells.length, pixels],
        Float32Array.from(cells.flatMap((values) => [...values])),
      ),
      makeTensor('lengths', 'float32', [cells.length], Float32Array.from(lengths)),
      matrix(
        'knowledge',
        [cells.length, WIDTH],
        [
          ...cells.map((_, at): Entry => [at, 'any']),
          ...seen.flatMap(({ colour, shape }, at): Entry[] => [
            [at + 1, `seen colour ${colour}`],
            [at + 1, `seen shape ${shape}`],
          ]),
        ],
      ),
    ],
    [
      makeValueInfo('pixel_values', DATA_TYPE.float32, ['patches', pixels / 16]),
      makeValueInfo('image_grid_thw', DATA_TYPE.int64, ['pictures', 3]),
    ],
    makeValueInfo('image_features', DATA_TYPE.float32, ['picture_tokens', WIDTH]),
  );
}

const file = (
  nodes: OnnxNode[],
  initializers: OnnxTensor[],
  inputs: OnnxValueInfo[],
  output: OnnxValueInfo,
) =>
  writeOnnx(
    makeModel(makeGraph({ name: 'network', nodes, initializers, inputs, outputs: [output] }), 17),
  );

/** Writes the network as a folder in the layout of Qwen2.5-VL. It answers the questions of `PICTURE_WORDING`. */
export function writePictureNetwork(folder: string, mechanism: keyof typeof LAYERS): string {
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  const [start, picture, end] = SPECIAL.keys();
  const tokenizer = {
    ...{ version: '1.0', normalizer: null, post_processor: null, decoder: null, added_tokens: [] },
    pre_tokenizer: { type: 'Whitespace' },
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(VOCABULARY.map((word, token) => [word, token])),
      unk_token: SPECIAL[2],
    },
  };
  const files = {
    'onnx/decoder_model_merged.onnx': decoder(mechanism),
    'onnx/embed_tokens.onnx': embedding(),
    'onnx/vision_encoder.onnx': visionEncoder(),
    'tokenizer.json': JSON.stringify(tokenizer),
    'preprocessor_config.json': JSON.stringify(PROCESSOR),
    'config.json': JSON.stringify({
      model_type: 'qwen2_5_vl',
      image_token_id: picture,
      vision_start_token_id: start,
      vision_end_token_id: end,
    }),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}
