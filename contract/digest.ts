/** SHA-256 with Web Crypto, which workers, browsers and Node all have. */

/** Two hexadecimal digits per byte. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @returns 64 hexadecimal digits */
export async function sha256Of(bytes: BufferSource): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
