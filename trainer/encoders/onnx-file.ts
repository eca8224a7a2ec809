import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { EncoderIdentity } from '../../contract/recipe.ts';
import type { PatchEncoder } from '../../inference/patch-encoder.ts';
import { renderPicture, type PlacedObject } from '../../task/picture.ts';
import { RandomStream } from '../../task/random.ts';
import { LIMITS } from '../../task/spec.ts';
import { sha256 } from '../../node/files.ts';
import { DiskCache, type CacheOptions } from './disk-cache.ts';
import { normaliserOf, type Normaliser } from './normaliser.ts';
import {
  readOnnxHeader,
  withOutput,
  type OnnxHeader,
  type OnnxIo,
} from '../../inference/onnx-header.ts';
import { ONNX_PRESETS, type OnnxPreset } from './onnx-presets.ts';
import type { FrozenEncoder } from './patchwise.ts';
import { networkInput, poolToGrid } from './picture-maths.ts';

const PREFIX = 'onnx:';
const OUTPUT = 'last_hidden_state';
const FLOAT32 = 1;
/** Goes into the identity: how pictures become features. */
const METHOD = 1;

const CACHE: CacheOptions = { directory: join('runs', 'encoder-cache'), limit: 2 ** 30 };

export const isOnnxName = (name: string): boolean => name.startsWith(PREFIX);

/**
 * Any vision network in an ONNX file. It looks at the whole picture; a cell gets the mean of the tokens
 * that lie on it, each feature brought to mean 0 and variance 1 over the objects of a fixed sample.
 *
 * @param name `onnx:<file>,<preset>`
 * @throws Error that says in one line what is wrong with name or file
 */
export async function openOnnxEncoder(name: string, cache = CACHE): Promise<FrozenEncoder> {
  const { path, presetName, preset } = parseName(name);
  const refuse = (reason: string): never => {
    throw new Error(`${path}: ${reason}; ${presetName} wants ${preset.source}`);
  };
  if (!existsSync(path)) throw new Error(`there is no file ${path}`);
  const bytes = new Uint8Array(readFileSync(path));
  const header = headerOf(bytes, path);
  const beside = header.external.map((location) => {
    const other = join(dirname(path), location);
    if (!existsSync(other)) refuse(`its weights are in ${location}, which is not beside it`);
    return sha256(readFileSync(other));
  });
  const input = imageInput(header, preset, refuse);
  const output = outputOf(header, preset, refuse);
  const session = await openSession(path, bytes, header, output, refuse);

  const network = new PictureNetwork(session, input, output, preset, refuse);
  const features = await network.tokens(new Float32Array(3 * preset.size ** 2), preset.size);
  const identity: EncoderIdentity = {
    name: PREFIX + presetName,
    sha256: sha256(Buffer.from(JSON.stringify([METHOD, sha256(bytes), beside, preset, output]))),
    width: features.width,
    inputScope: 'pictures',
  };
  const raw: PatchEncoder = { width: identity.width, encode: network.encode.bind(network) };
  const normaliser = await normalise(new DiskCache(raw, identity, cache));
  const standard = (encoder: PatchEncoder): PatchEncoder => ({
    width: identity.width,
    encode: async (objects, grid) => applied(normaliser, await encoder.encode(objects, grid)),
  });
  const encoder = standard(raw);
  const remembering = standard(new DiskCache(raw, identity, cache));
  return { identity, ...encoder, remembering };
}

function parseName(name: string) {
  const text = name.slice(PREFIX.length);
  const comma = text.lastIndexOf(',');
  const presetName = comma < 0 ? '' : text.slice(comma + 1);
  const found = Object.entries(ONNX_PRESETS).find(([known]) => known === presetName);
  if (!found) {
    const known = Object.keys(ONNX_PRESETS).join(', ');
    throw new Error(`"${name}" must be ${PREFIX}<file>,<preset> with one of the presets ${known}`);
  }
  return { path: text.slice(0, comma), presetName, preset: found[1] as OnnxPreset };
}

function headerOf(bytes: Uint8Array, path: string): OnnxHeader {
  try {
    return readOnnxHeader(bytes);
  } catch (cause) {
    throw new Error(`${path} is not an ONNX model`, { cause });
  }
}

const told = ({ name, shape }: OnnxIo) => `${name} [${shape.join(', ')}]`;

/** The one input, a float32 picture of the right size. */
function imageInput(header: OnnxHeader, { size }: OnnxPreset, refuse: (reason: string) => never) {
  const [input, ...others] = header.inputs;
  const listed = header.inputs.map(told).join(', ') || 'nothing';
  const wanted = `one picture, float32 [batch, 3, ${size}, ${size}]`;
  if (!input || others.length > 0 || input.shape.length !== 4) {
    return refuse(`its input must be ${wanted}, but it takes ${listed}`);
  }
  const fits = [undefined, 3, size, size].every(
    (expected, axis) =>
      expected === undefined ||
      typeof input.shape[axis] === 'string' ||
      input.shape[axis] === expected,
  );
  if (!fits || input.type !== FLOAT32) {
    const type = input.type === FLOAT32 ? 'float32' : `data type ${input.type}`;
    return refuse(`its input must be ${wanted}, but ${told(input)} is ${type}`);
  }
  return input;
}

/** The tensor that is read: the export's own, or what its global pooling pools. */
function outputOf(
  header: OnnxHeader,
  preset: OnnxPreset,
  refuse: (reason: string) => never,
): string {
  if (header.outputs.includes(OUTPUT)) return OUTPUT;
  const pooling = header.nodes.findLast(({ op }) => op === 'GlobalAveragePool');
  if (preset.layout === 'map' && pooling) return pooling.inputs[0];
  const where = preset.layout === 'map' ? ' and no global pooling to cut before' : '';
  return refuse(`it has no output ${OUTPUT}${where}, only ${header.outputs.join(', ')}`);
}

async function openSession(
  path: string,
  bytes: Uint8Array,
  { outputs, external }: OnnxHeader,
  output: string,
  refuse: (reason: string) => never,
): Promise<InferenceSession> {
  const ort = await import('onnxruntime-node');
  const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  try {
    if (outputs.includes(output)) return await ort.InferenceSession.create(path, options);
    if (external.length > 0) refuse('it would have to be cut, and its weights are in other files');
    return await ort.InferenceSession.create(withOutput(bytes, output), options);
  } catch (cause) {
    const [line] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    return refuse(`ONNX Runtime does not take it (${line})`);
  }
}

interface Tokens {
  readonly width: number;
  readonly side: number;
  readonly at: (row: number, column: number, feature: number) => number;
}

/** The network at work on whole pictures. */
class PictureNetwork {
  constructor(
    private readonly session: InferenceSession,
    private readonly input: OnnxIo,
    private readonly output: string,
    private readonly preset: OnnxPreset,
    private readonly refuse: (reason: string) => never,
  ) {}

  /** @returns [grid * grid, F] */
  async encode(objects: readonly PlacedObject[], grid: number): Promise<Float32Array> {
    const { side, size } = this.preset;
    // A map that is coarser than the picture would mix cells; a larger picture gives a finer one.
    const times = Math.ceil(grid / side);
    const free = this.input.shape.slice(2).every((length) => typeof length === 'string');
    if (times > 1 && !(free && this.preset.layout === 'map')) {
      this.refuse(
        `its ${side} x ${side} tokens are coarser than pictures of ${grid} x ${grid} cells`,
      );
    }
    const picture = renderPicture(objects, grid);
    const tokens = await this.tokens(
      networkInput(picture, times * size, this.preset),
      times * size,
    );
    return poolToGrid(tokens.at, { side: tokens.side, grid, width: tokens.width });
  }

  /** @param pixels [3, size, size] */
  async tokens(pixels: Float32Array, size: number): Promise<Tokens> {
    const { Tensor } = await import('onnxruntime-node');
    const feeds = { [this.input.name]: new Tensor('float32', pixels, [1, 3, size, size]) };
    const { data, dims } = (await this.session.run(feeds, [this.output]))[this.output];
    const values = data as Float32Array;
    const { layout, prefix, width, side: usual } = this.preset;
    const side = (usual * size) / this.preset.size;
    const wanted = layout === 'map' ? [1, width, side, side] : [1, prefix + side ** 2, width];
    if (dims.length !== wanted.length || dims.some((length, axis) => length !== wanted[axis])) {
      this.refuse(`${this.output} is [${dims.join(', ')}] and should be [${wanted.join(', ')}]`);
    }
    const at: Tokens['at'] =
      layout === 'map'
        ? (row, column, feature) => values[(feature * side + row) * side + column]
        : (row, column, feature) => values[(prefix + row * side + column) * width + feature];
    return { width, side, at };
  }
}

const SAMPLE = { pictures: 24, grid: 6, objects: 12 } as const;

/** Mean and deviation over the cells with objects of a fixed sample of pictures. */
async function normalise(encoder: PatchEncoder): Promise<Normaliser> {
  const rows: Float32Array[] = [];
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
      rows.push(features.subarray(cell * encoder.width, (cell + 1) * encoder.width));
    }
  }
  const all = new Float32Array(rows.length * encoder.width);
  rows.forEach((row, place) => {
    all.set(row, place * encoder.width);
  });
  return normaliserOf(all, encoder.width);
}

function applied({ mean, inverse }: Normaliser, features: Float32Array): Float32Array {
  const width = mean.length;
  return features.map((value, i) => (value - mean[i % width]) * inverse[i % width]);
}
