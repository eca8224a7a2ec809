import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-common';
import type { EncoderIdentity } from '../../contract/recipe.ts';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import { sha256 } from '../../node/files.ts';
import { nodeRuntime } from '../../node/onnx-runtime.ts';
import { readOnnx, writeOnnx } from '../../onnx/codec.ts';
import { DATA_TYPE, type OnnxModel, type OnnxValueInfo } from '../../onnx/model.ts';
import { dataTypeName, externalLocations } from '../../onnx/tensor-data.ts';
import { allTensors } from '../../onnx/walk.ts';
import { RandomStream } from '../../task/random.ts';
import { LIMITS } from '../../task/spec.ts';
import { DiskCache, type CacheOptions } from './disk-cache.ts';
import { applyScaling, fitScaling, type FeatureScaling } from './feature-scaling.ts';
import type { FrozenEncoder } from './frozen-encoder.ts';
import { ONNX_PRESET_NAMES, ONNX_PRESETS, type OnnxPreset } from './onnx-presets.ts';
import { PictureNetwork, type NetworkIo } from './picture-network.ts';

const PREFIX = 'onnx:';
const OUTPUT = 'last_hidden_state';
/** Version of the way from a picture to features; part of an encoder's identity. */
const METHOD = 1;

const CACHE: CacheOptions = { directory: join('runs', 'encoder-cache'), limit: 2 ** 30 };

/** Throws an error that names the file and what its preset expects. */
type Refuse = (reason: string) => never;

export const isOnnxName = (name: string): name is `onnx:${string}` => name.startsWith(PREFIX);

/**
 * Opens any vision network in an ONNX file. It encodes whole pictures; a cell gets the mean of the
 * tokens that overlap it, and each feature is scaled to mean 0 and variance 1 over the objects of a
 * fixed sample.
 *
 * @param name `onnx:<file>,<preset>`
 * @throws Error when the name is malformed, or the file is missing or not what the preset expects
 */
export async function openOnnxEncoder(name: string, cache = CACHE): Promise<FrozenEncoder> {
  const { path, presetName, preset } = parseName(name);
  const refuse: Refuse = (reason) => {
    throw new Error(`${path}: ${reason}; ${presetName} expects ${preset.source}`);
  };
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  const bytes = new Uint8Array(readFileSync(path));
  const model = parseModel(bytes, path);
  const external = externalFiles(model);
  const externalDigests = external.map((location) => {
    const file = join(dirname(path), location);
    if (!existsSync(file)) refuse(`its weights are in ${location}, which is not in its folder`);
    return sha256(readFileSync(file));
  });
  const input = pictureInput(model, preset, refuse);
  const io: NetworkIo = { ...input, output: featureOutput(model, preset, refuse) };
  const session = await openSession(path, model, io.output, external, refuse);

  const network = new PictureNetwork(session, io, preset, refuse);
  await network.tokens(new Float32Array(3 * preset.size ** 2), preset.size);
  const identity: EncoderIdentity = {
    name: PREFIX + presetName,
    sha256: sha256(JSON.stringify([METHOD, sha256(bytes), externalDigests, preset, io.output])),
    width: network.width,
    inputScope: 'pictures',
  };
  const cached = new DiskCache(network, identity, cache);
  const scaling = await measureScaling(cached);
  const scaled = (encoder: PatchEncoder): PatchEncoder => ({
    width: identity.width,
    encode: async (objects, grid) => applyScaling(scaling, await encoder.encode(objects, grid)),
  });
  return { identity, ...scaled(network), cached: scaled(cached) };
}

function parseName(name: string) {
  const text = name.slice(PREFIX.length);
  const comma = text.lastIndexOf(',');
  const presetName = ONNX_PRESET_NAMES.find((known) => known === text.slice(comma + 1));
  if (comma < 1 || presetName === undefined) {
    throw new Error(
      `"${name}" must be ${PREFIX}<file>,<preset> with one of the presets ${ONNX_PRESET_NAMES.join(', ')}`,
    );
  }
  const preset: OnnxPreset = ONNX_PRESETS[presetName];
  return { path: text.slice(0, comma), presetName, preset };
}

function parseModel(bytes: Uint8Array, path: string): OnnxModel {
  try {
    return readOnnx(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${path} is not an ONNX model: ${reason}`, { cause });
  }
}

/** Names of other files that hold weights. */
const externalFiles = ({ graph }: OnnxModel): string[] => [
  ...new Set([...allTensors(graph)].flatMap(externalLocations)),
];

/** Sizes of a declared tensor; a free size is its name, or `?`. */
const shapeOf = ({ type }: OnnxValueInfo): (number | string)[] =>
  (type?.tensor?.shape?.dims ?? []).map(({ size, symbol }) => size ?? symbol ?? '?');

const describe = (value: OnnxValueInfo) =>
  `${value.name} ${dataTypeName(value.type?.tensor?.elementType ?? 0)} [${shapeOf(value).join(', ')}]`;

/** The only input, which must be a float32 picture of the preset's size. */
function pictureInput({ graph }: OnnxModel, { size }: OnnxPreset, refuse: Refuse) {
  const constants = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !constants.has(name));
  const [input] = inputs;
  const shape = input ? shapeOf(input) : [];
  const fits = [undefined, 3, size, size].every(
    (expected, axis) =>
      expected === undefined || typeof shape[axis] === 'string' || shape[axis] === expected,
  );
  const isFloat = input?.type?.tensor?.elementType === DATA_TYPE.float32;
  if (!input || inputs.length !== 1 || shape.length !== 4 || !fits || !isFloat) {
    const found = inputs.map(describe).join(', ') || 'none';
    return refuse(
      `its only input must be a picture, float32 [batch, 3, ${size}, ${size}]; its inputs: ${found}`,
    );
  }
  return {
    input: input.name,
    anySize: shape.slice(2).every((length) => typeof length === 'string'),
  };
}

/** The tensor to read: `last_hidden_state`, or in a map network the input of its global pooling. */
function featureOutput({ graph }: OnnxModel, { layout }: OnnxPreset, refuse: Refuse): string {
  const outputs = graph.outputs.map(({ name }) => name);
  if (outputs.includes(OUTPUT)) return OUTPUT;
  const pooling = graph.nodes.findLast(({ opType }) => opType === 'GlobalAveragePool');
  const [pooled] = layout === 'map' && pooling ? pooling.inputs : [];
  if (pooled !== undefined) return pooled;
  const alternative = layout === 'map' ? ' and no global average pooling' : '';
  return refuse(`it has no output ${OUTPUT}${alternative}; its outputs: ${outputs.join(', ')}`);
}

async function openSession(
  path: string,
  model: OnnxModel,
  output: string,
  external: readonly string[],
  refuse: Refuse,
): Promise<InferenceSession> {
  const { graph } = model;
  const isOutput = graph.outputs.some(({ name }) => name === output);
  if (!isOutput && external.length > 0) {
    refuse(`${output} is not one of its outputs, and its weights are in other files`);
  }
  const outputs = [...graph.outputs, { name: output, unread: [] }];
  try {
    const { InferenceSession } = await nodeRuntime();
    // Only from its path does ONNX Runtime find external weights.
    const file = isOutput ? path : writeOnnx({ ...model, graph: { ...graph, outputs } });
    return await InferenceSession.create(file);
  } catch (cause) {
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    return refuse(`ONNX Runtime cannot open it (${line ?? 'unknown reason'})`);
  }
}

const SAMPLE = { pictures: 24, grid: 6, objects: 12 } as const;

/** Mean and deviation of each feature over the cells with objects of a fixed sample of pictures. */
async function measureScaling(encoder: PatchEncoder): Promise<FeatureScaling> {
  const { width } = encoder;
  const sample = new Float32Array(SAMPLE.pictures * SAMPLE.objects * width);
  let row = 0;
  for (let picture = 0; picture < SAMPLE.pictures; picture++) {
    const stream = new RandomStream([0xe4c0de, picture, SAMPLE.grid, 6]);
    const cells = stream.sample(SAMPLE.objects, SAMPLE.grid ** 2);
    const objects = cells.map((cell) => ({
      colour: stream.below(LIMITS.colours),
      shape: stream.below(LIMITS.shapes),
      row: Math.floor(cell / SAMPLE.grid),
      column: cell % SAMPLE.grid,
    }));
    const features = await encoder.encode(objects, SAMPLE.grid);
    for (const cell of cells) {
      sample.set(features.subarray(cell * width, (cell + 1) * width), row++ * width);
    }
  }
  return fitScaling(sample, width);
}
