import { crc32 } from 'node:zlib';

/** A frame: a PNG file, and how long it is shown, in milliseconds. */
export interface Frame {
  readonly png: Uint8Array;
  readonly duration: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * One animated PNG of several PNG files, repeated without end (PNG, third edition, section 11.3.6).
 *
 * @throws Error where there is no frame, or frames differ in size or format
 */
export function animatedPng(frames: readonly Frame[]): Buffer {
  const files = frames.map(({ png }) => chunksOf(png));
  const header = files[0]?.find(({ type }) => type === 'IHDR')?.data;
  if (!header) throw new Error('an animation must have a frame');
  let sequence = 0;
  const parts = files.flatMap((chunks, index): Chunk[] => {
    if (!chunks.find(({ type }) => type === 'IHDR')?.data.equals(header)) {
      throw new Error(`frame ${index} has another size or format than the first`);
    }
    const control = { type: 'fcTL', data: frameControl(sequence++, header, frames[index]) };
    const images = chunks.filter(({ type }) => type === 'IDAT');
    // The first frame is also what a viewer without animations shows.
    if (index === 0) return [control, ...images];
    return [
      control,
      ...images.map(({ data }) => ({
        type: 'fdAT',
        data: Buffer.concat([uint32(sequence++), data]),
      })),
    ];
  });
  const animation = { type: 'acTL', data: Buffer.concat([uint32(frames.length), uint32(0)]) };
  const end = { type: 'IEND', data: Buffer.alloc(0) };
  const chunks = [{ type: 'IHDR', data: header }, animation, ...parts, end];
  return Buffer.concat([SIGNATURE, ...chunks.map(writeChunk)]);
}

function frameControl(sequence: number, header: Buffer, frame: Frame | undefined): Buffer {
  const control = Buffer.alloc(26);
  control.writeUInt32BE(sequence, 0);
  // Width and height, those of the header; the offsets stay 0.
  header.copy(control, 4, 0, 8);
  control.writeUInt16BE(frame?.duration ?? 0, 20);
  control.writeUInt16BE(1000, 22);
  return control;
}

function chunksOf(png: Uint8Array): Chunk[] {
  const file = Buffer.from(png);
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at < file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

function writeChunk({ type, data }: Chunk): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), content, uint32(crc32(content))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
