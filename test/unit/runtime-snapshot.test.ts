import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportGlobals } from '../../build/snapshot/export-globals.ts';
import { functionNames } from '../../build/snapshot/function-names.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  PAGE_BYTES,
  type SnapshotManifest,
} from '../../contract/runtime-snapshot.ts';
import { sha256 } from '../../node/files.ts';
import { Recording } from '../../worker/snapshot/record.ts';
import { restoringFunctions } from '../../worker/snapshot/restoring-functions.ts';

describe("names in ONNX Runtime's script", () => {
  const SCRIPT =
    'I=c;h._OrtInit=c.Wa;h._OrtCreateSession=c.bb;h._OrtCreateSessionOptions=c.Ya;N=c.Lb,V=c.Mb;h.stackSave=()=>N();';

  it('are those of the exports', () => {
    const names = { initialise: 'Wa', createSession: 'bb', stackPointer: 'Lb' };
    expect(functionNames(SCRIPT)).toEqual(names);
    // Twice the same is no contradiction: another bundle of the script may be there.
    expect(functionNames(SCRIPT + SCRIPT)).toEqual(names);
  });

  it('are functions that the binary of the package exports', () => {
    const { resolve } = createRequire(import.meta.url);
    const script = readFileSync(resolve('onnxruntime-web/ort-wasm-simd-threaded.mjs'), 'utf8');
    const binary = readFileSync(resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'));
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(binary));
    for (const name of Object.values(functionNames(script))) {
      expect(exported).toContainEqual({ name, kind: 'function' });
    }
  });

  it.each([
    ['_OrtInit', '_OrtStart'],
    ['_OrtCreateSession=c.bb', '_OrtCreateSession=(c.bb)'],
    ['stackSave', 'stackKeep'],
    ['N=c.Lb', 'N=Lb'],
  ])('are refused where %s is %s', (known, unknown) => {
    expect(() => functionNames(SCRIPT.replace(known, unknown))).toThrow('0 names');
  });

  it('are refused where there are two', () => {
    expect(() => functionNames(`${SCRIPT};h._OrtInit=c.Xa;`)).toThrow('2 names');
  });
});

describe('the variables of a binary', () => {
  const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const size = (value: number) => [(value & 0x7f) | 0x80, value >> 7];
  const section = (id: number, content: readonly number[]) => [
    id,
    ...size(content.length),
    ...content,
  ];
  /** (global (mut i32) (i32.const value)), value < 64 */
  const globals = (values: readonly number[]) =>
    section(6, [...size(values.length), ...values.flatMap((v) => [0x7f, 1, 0x41, v, 0x0b])]);
  /** (memory (export "m") 1) */
  const MEMORY = section(5, [1, 0, 1]);
  const EXPORTS = section(7, [1, 1, 0x6d, 2, 0]);

  it('are exported beside what it exports already', () => {
    const value = fc.integer({ min: 0, max: 63 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        const binary = Uint8Array.from([...MAGIC, ...MEMORY, ...globals(values), ...EXPORTS]);
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(exportGlobals(binary)));
        expect(exports['m']).toBeInstanceOf(WebAssembly.Memory);
        const read = values.map((_, index) => exports[`global.${index}`]);
        expect(read.map((global) => (global as WebAssembly.Global).value as number)).toEqual(
          values,
        );
      }),
    );
  });

  it.each([
    ['variables', [...MAGIC, ...MEMORY, ...EXPORTS]],
    ['exports', [...MAGIC, ...MEMORY, ...globals([1])]],
  ])('are refused where there are no %s', (_, bytes) => {
    expect(() => exportGlobals(Uint8Array.from(bytes))).toThrow('no global variables');
  });
});

const FUNCTIONS = { initialise: 'Wa', createSession: 'bb', stackPointer: 'Lb' };
const SHA256 = 'c0ffee00'.repeat(8);

const MANIFEST: SnapshotManifest = {
  ...{
    runtime: '1.2.3',
    sha256: SHA256,
    functions: FUNCTIONS,
    startPages: 3,
    pages: 5,
    imagePages: [1, 4],
  },
  ...{ stackPointer: 100, sessions: { [SHA256]: 77 } },
};

/** A binary of three pages whose environment is a 7 on the first one, and which opens the session 40. */
function binary(pages = 3) {
  const memory = new WebAssembly.Memory({ initial: pages });
  const stack = { pointer: 100 };
  const variable = new WebAssembly.Global({ value: 'i32', mutable: true }, 1);
  const exports: Record<string, WebAssembly.ExportValue> = {
    Wa: () => {
      new Uint8Array(memory.buffer)[5] = 7;
      return 0;
    },
    bb: () => 40,
    Lb: () => stack.pointer,
    'global.0': variable,
  };
  return { exports, memory, stack, variable };
}

type Call = (...values: number[]) => number;
const call = (exports: WebAssembly.Exports, name: keyof typeof FUNCTIONS, ...values: number[]) =>
  (exports[FUNCTIONS[name]] as Call)(...values);

describe('a recording', () => {
  /** Starts, and opens one session, which takes a page of its own. */
  function recorded() {
    const watched = binary();
    const recording = new Recording(FUNCTIONS);
    const exports = recording.watch(watched);
    // Used at the start alone.
    new Uint8Array(watched.memory.buffer)[PAGE_BYTES] = 1;
    call(exports, 'initialise');
    new Uint8Array(watched.memory.buffer)[PAGE_BYTES] = 0;
    call(exports, 'createSession');
    watched.memory.grow(1);
    new Uint8Array(watched.memory.buffer)[3 * PAGE_BYTES + 1] = 9;
    return { ...watched, recording };
  }

  it('has the pages that were ever used', () => {
    const { recording } = recorded();
    const { image, ...rest } = recording.finish();
    expect(recording.session).toBe(40);
    expect(rest).toEqual({
      functions: FUNCTIONS,
      startPages: 3,
      pages: 4,
      imagePages: [0, 1, 3],
      stackPointer: 100,
    });
    const expected = new Uint8Array(3 * PAGE_BYTES);
    expected[5] = 7;
    expected[2 * PAGE_BYTES + 1] = 9;
    expect(Buffer.compare(image, expected)).toBe(0);
  });

  it('fails where something outside of memory has changed', () => {
    const grown = recorded();
    grown.stack.pointer = 96;
    expect(() => grown.recording.finish()).toThrow('the stack is not empty');
    const changed = recorded();
    changed.variable.value = 2;
    expect(() => changed.recording.finish()).toThrow('variables 0 have changed');
  });

  it('fails where it cannot see what changes', () => {
    expect(() => new Recording(FUNCTIONS).finish()).toThrow('Wa was not called');
    const { exports, memory } = binary();
    const blind = new Recording(FUNCTIONS);
    const functions = Object.entries(exports).filter(([, value]) => typeof value === 'function');
    call(blind.watch({ exports: Object.fromEntries(functions), memory }), 'initialise');
    expect(() => blind.finish()).toThrow('no variables');
    const other = new Recording({ ...FUNCTIONS, stackPointer: 'Mb' });
    expect(() => call(other.watch({ exports, memory }), 'initialise')).toThrow('no function Mb');
  });
});

describe('a start from a snapshot', () => {
  const IMAGE = new Uint8Array(2 * PAGE_BYTES).fill(1, 0, PAGE_BYTES).fill(2, PAGE_BYTES);

  function start(manifest: Partial<SnapshotManifest> = {}) {
    const { exports, memory } = binary();
    const sessions = new Map<string, number>();
    const misfits: string[] = [];
    const functions = restoringFunctions(
      { exports, memory },
      { manifest: { ...MANIFEST, ...manifest }, image: IMAGE },
      sessions,
      (reason) => misfits.push(reason),
    );
    expect(call(functions, 'initialise')).toBe(0);
    const open = (model: string, options = 0) => {
      new Uint8Array(memory.buffer).set(new TextEncoder().encode(model), 200);
      return call(functions, 'createSession', 200, model.length, options);
    };
    return { memory, sessions, misfits, open };
  }

  it('has the memory of the snapshot, in place of an environment of its own', () => {
    const { memory, misfits } = start();
    expect(misfits).toEqual([]);
    const bytes = new Uint8Array(memory.buffer);
    expect(bytes.length).toBe(5 * PAGE_BYTES);
    expect([0, 1, 2, 3, 4].map((page) => bytes[page * PAGE_BYTES + 5])).toEqual([0, 1, 0, 0, 2]);
  });

  it('gives each session once, for the sha256 of its file, and opens all others', () => {
    const { open, sessions } = start();
    expect(open('c0ffee01'.repeat(8))).toBe(40);
    expect(open('a model')).toBe(40);
    expect([...sessions]).toEqual([[SHA256, 77]]);
    expect(open(SHA256)).toBe(77);
    expect(open(SHA256)).toBe(40);
    expect([...sessions]).toEqual([]);
  });

  it.each([
    ['memory has 3 pages, and not 2', { startPages: 2 }],
    ['the stack pointer is 100, and not 96', { stackPointer: 96 }],
    ['the binary has other functions', { functions: { ...FUNCTIONS, createSession: 'global.0' } }],
  ])('is one as usual where %s', (reason, manifest) => {
    const { memory, misfits, open, sessions } = start(manifest);
    expect(misfits).toEqual([reason]);
    expect([...sessions]).toEqual([]);
    const bytes = new Uint8Array(memory.buffer);
    expect(bytes.length).toBe(3 * PAGE_BYTES);
    expect([bytes[5], bytes[PAGE_BYTES + 5]]).toEqual([7, 0]);
    expect(open(SHA256)).toBe(40);
  });
});

describe('the file of a snapshot', () => {
  const bytes = fc.uint8Array({ maxLength: 100 }).map((image) => new Uint8Array(image));
  const snapshotOf = (image: Uint8Array<ArrayBuffer>) => ({
    manifest: { ...MANIFEST, sha256: sha256(image) },
    image,
  });

  it('has what was written', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (image) => {
        const snapshot = snapshotOf(image);
        const { manifest, image: read } = await decodeSnapshot(encodeSnapshot(snapshot).buffer);
        expect(manifest).toEqual(snapshot.manifest);
        expect([...read]).toEqual([...image]);
      }),
    );
  });

  it('is refused where it was cut off, or a byte of the image is another one', async () => {
    const image = Uint8Array.from({ length: 50 }, (_, at) => at);
    const file = encodeSnapshot(snapshotOf(image));
    for (let length = 0; length < file.length; length++) {
      await expect(decodeSnapshot(file.slice(0, length).buffer)).rejects.toThrow();
    }
    for (let at = file.length - image.length; at < file.length; at++) {
      const changed = file.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(decodeSnapshot(changed.buffer)).rejects.toThrow('sha256');
    }
  });
});
