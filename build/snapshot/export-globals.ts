/** Numbers of sections in the binary format of WebAssembly (specification 3.0, section 5.5). */
const SECTION = { global: 6, export: 7 } as const;

/** Bytes before the first section: the magic number and the version. */
const HEADER = 8;

/** The kind of an export that is a global variable. */
const GLOBAL_EXPORT = 3;

/**
 * Exports all global variables of a WebAssembly binary, named `global.0` and so on, so that it can be seen whether they change.
 *
 * @param binary that imports no global variable
 * @throws Error where it lacks globals or exports
 */
export function exportGlobals(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  let globals = 0;
  let isDone = false;
  const parts = [binary.subarray(0, HEADER)];
  for (let start = HEADER; start < binary.length;) {
    const size = readNumber(binary, start + 1);
    const content = binary.subarray(size.end, size.end + size.value);
    const end = size.end + size.value;
    if (binary[start] === SECTION.global) globals = readNumber(content, 0).value;
    if (binary[start] === SECTION.export) {
      const count = readNumber(content, 0);
      const entries = Array.from({ length: globals }, (_, index) => {
        const name = Buffer.from(`global.${index}`);
        return [...writeNumber(name.length), ...name, GLOBAL_EXPORT, ...writeNumber(index)];
      });
      const all = Uint8Array.from([
        ...writeNumber(count.value + globals),
        ...content.subarray(count.end),
        ...entries.flat(),
      ]);
      parts.push(Uint8Array.of(SECTION.export, ...writeNumber(all.length)), all);
      isDone = globals > 0;
    } else {
      parts.push(binary.subarray(start, end));
    }
    start = end;
  }
  if (!isDone) throw new Error('the binary has no global variables, or no exports after them');
  return new Uint8Array(Buffer.concat(parts));
}

/** An unsigned number in LEB128. */
function readNumber(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at];
    if (byte === undefined || shift > 28) throw new Error(`no number at byte ${start}`);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}

function writeNumber(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) + 0x80);
  return [...bytes, value];
}
