/**
 * Outcomes as text: one bit for each, 1 for true, in base64. The first outcome has the highest bit of the
 * first byte.
 */
export function packBits(outcomes: readonly boolean[]): string {
  const bytes = new Array<number>(Math.ceil(outcomes.length / 8))
    .fill(0)
    .map((_, byte) =>
      outcomes
        .slice(8 * byte, 8 * byte + 8)
        .reduce((bits, outcome, bit) => (outcome ? bits | (128 >> bit) : bits), 0),
    );
  return btoa(String.fromCharCode(...bytes));
}

/** @returns undefined where the text does not hold this number of outcomes */
export function unpackBits(bits: string, count: number): boolean[] | undefined {
  const bytes = bytesOf(bits);
  if (bytes?.length !== Math.ceil(count / 8)) return undefined;
  return Array.from(
    { length: count },
    (_, index) => (bytes.charCodeAt(index >> 3) & (128 >> (index & 7))) > 0,
  );
}

/** One character a byte; undefined where the text is not base64. */
function bytesOf(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}
