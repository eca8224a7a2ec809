/**
 * Right or wrong, answer by answer, as text: bits, the first answer's the highest of the first byte,
 * in base64.
 */
export function packBits(outcomes: readonly boolean[]): string {
  const bytes = new Uint8Array(Math.ceil(outcomes.length / 8));
  outcomes.forEach((right, place) => {
    if (right) bytes[place >> 3] |= 128 >> (place & 7);
  });
  return btoa(String.fromCharCode(...bytes));
}

/** @returns undefined where these are not the bits of so many outcomes */
export function unpackBits(bits: string, count: number): boolean[] | undefined {
  const bytes = atob(bits);
  if (bytes.length !== Math.ceil(count / 8)) return undefined;
  return Array.from(
    { length: count },
    (_, place) => (bytes.charCodeAt(place >> 3) & (128 >> (place & 7))) > 0,
  );
}
