import { base64Of, bytesOfBase64 } from '../../contract/base64.ts';
import { sha256Of } from '../../contract/digest.ts';

/** Keys for signatures with Web Crypto: ECDSA on P-256 with SHA-256, or Ed25519. */

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const ED25519 = { name: 'Ed25519' } as const;
type Algorithm = typeof ECDSA | typeof ED25519;

export interface PublicKey {
  readonly algorithm: Algorithm;
  readonly key: CryptoKey;
  /** sha256 of the key as PEM, by which a bundle names it. */
  readonly hint: string;
}

export interface PrivateKey {
  readonly algorithm: Algorithm;
  readonly key: CryptoKey;
  readonly public: PublicKey;
}

/** A key that cannot be used. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/**
 * @param pem SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it
 * @throws KeyError where it is no public key of a supported algorithm
 */
export async function readPublicKey(pem: string): Promise<PublicKey> {
  const spki = decodePem(pem, 'PUBLIC KEY');
  const { algorithm, key } = await importKey('spki', spki, 'verify', false);
  return { algorithm, key, hint: await sha256Of(new TextEncoder().encode(encodePem(spki))) };
}

/**
 * @param pem PKCS #8 without a password, as `openssl genpkey` writes it
 * @throws KeyError where it is no private key of a supported algorithm
 */
export async function readPrivateKey(pem: string): Promise<PrivateKey> {
  if (pem.includes('BEGIN EC PRIVATE KEY')) {
    throw new KeyError('the key is not PKCS #8: convert it with openssl pkcs8 -topk8 -nocrypt');
  }
  const { algorithm, key } = await importKey('pkcs8', decodePem(pem, 'PRIVATE KEY'), 'sign', true);
  // The public part of a private key, by way of JSON Web Key.
  const jwk = await crypto.subtle.exportKey('jwk', key);
  if (jwk instanceof ArrayBuffer) throw new TypeError('a JSON Web Key is no bytes');
  const publicJwk = { ...jwk, key_ops: ['verify'] };
  delete publicJwk.d;
  const publicKey = await crypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']);
  const spki = await crypto.subtle.exportKey('spki', publicKey);
  if (!(spki instanceof ArrayBuffer)) throw new TypeError('an exported public key is bytes');
  return { algorithm, key, public: await readPublicKey(encodePem(new Uint8Array(spki))) };
}

/** @returns the signature as other tools write it: DER for ECDSA, 64 bytes for Ed25519 */
export async function signBytes(
  { algorithm, key }: PrivateKey,
  bytes: BufferSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const signature = new Uint8Array(await crypto.subtle.sign(algorithm, key, bytes));
  return algorithm === ECDSA ? toDer(signature) : signature;
}

export function verifyBytes(
  { algorithm, key }: PublicKey,
  signature: Uint8Array<ArrayBuffer>,
  bytes: BufferSource,
): Promise<boolean> {
  const raw = algorithm === ECDSA ? fromDer(signature) : signature;
  return raw ? crypto.subtle.verify(algorithm, key, raw, bytes) : Promise.resolve(false);
}

async function importKey(
  format: 'spki' | 'pkcs8',
  bytes: Uint8Array<ArrayBuffer>,
  usage: 'sign' | 'verify',
  extractable: boolean,
): Promise<{ algorithm: Algorithm; key: CryptoKey }> {
  for (const algorithm of [ECDSA, ED25519]) {
    try {
      const key = await crypto.subtle.importKey(format, bytes, algorithm, extractable, [usage]);
      return { algorithm, key };
    } catch {
      // Web Crypto does not say which algorithm a key has.
    }
  }
  throw new KeyError('the key is neither ECDSA on P-256 nor Ed25519');
}

function decodePem(pem: string, label: string): Uint8Array<ArrayBuffer> {
  const [, body] =
    new RegExp(`-----BEGIN ${label}-----([^-]*)-----END ${label}-----`).exec(pem) ?? [];
  if (body === undefined) throw new KeyError(`the key has no line -----BEGIN ${label}-----`);
  try {
    return bytesOfBase64(body.replaceAll(/\s/g, ''));
  } catch (cause) {
    throw new KeyError('the key is not valid base64', { cause });
  }
}

/** A public key as Python's `cryptography` writes it: lines of 64 characters, and a line break at the end. */
function encodePem(spki: Uint8Array): string {
  const lines = base64Of(spki).replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN PUBLIC KEY-----\n${lines}-----END PUBLIC KEY-----\n`;
}

/** Bytes of r and of s on P-256. */
const NUMBER_BYTES = 32;

/** Web Crypto's r ‖ s as ASN.1 `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279, 2.2.3). */
function toDer(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const integer = (bytes: Uint8Array) => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const digits = [...bytes.subarray(start === -1 ? bytes.length - 1 : start)];
    // A leading 1 bit would mean a negative number.
    const value = (digits[0] ?? 0) > 127 ? [0, ...digits] : digits;
    return [0x02, value.length, ...value];
  };
  const both = [...integer(raw.subarray(0, NUMBER_BYTES)), ...integer(raw.subarray(NUMBER_BYTES))];
  return Uint8Array.from([0x30, both.length, ...both]);
}

/** @returns undefined where it is not the DER of two numbers of P-256 */
function fromDer(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const raw = new Uint8Array(2 * NUMBER_BYTES);
  let at = 2;
  for (const end of [NUMBER_BYTES, 2 * NUMBER_BYTES]) {
    const length = der[at + 1] ?? 0;
    if (der[at] !== 0x02 || length === 0 || length > NUMBER_BYTES + 1) return undefined;
    const digits = der.subarray(at + 2, at + 2 + length);
    const number = digits.length > NUMBER_BYTES ? digits.subarray(1) : digits;
    raw.set(number, end - number.length);
    at += 2 + length;
  }
  return der[0] === 0x30 && der[1] === der.length - 2 && at === der.length ? raw : undefined;
}
