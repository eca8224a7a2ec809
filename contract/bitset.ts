import { base64Of, bytesOfBase64 } from './base64.ts';

/**
 * Outcomes as text: one bit for each, 1 for true, in base64. The first outcome has the highest bit of the
 * first byte.
 */
export function packBits(outcomes: readonly boolean[]): string {
  const bytes = new Uint8Array(Math.ceil(outcomes.length / 8)).map((_, byte) =>
    outcomes
      .slice(8 * byte, 8 * byte + 8)
      .reduce((bits, outcome, bit) => (outcome ? bits | (128 >> bit) : bits), 0),
  );
  return base64Of(bytes);
}

/** @returns undefined where the text does not hold this number of outcomes */
export function unpackBits(bits: string, count: number): boolean[] | undefined {
  const bytes = bytesOf(bits);
  if (bytes?.length !== Math.ceil(count / 8)) return undefined;
  return Array.from(
    { length: count },
    (_, index) => ((bytes[index >> 3] ?? 0) & (128 >> (index & 7))) > 0,
  );
}

/** @returns undefined where the text is not base64 */
function bytesOf(text: string): Uint8Array | undefined {
  try {
    return bytesOfBase64(text);
  } catch {
    return undefined;
  }
}
