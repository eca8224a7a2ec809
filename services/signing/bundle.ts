import { base64Of, bytesOfBase64 } from '../../contract/base64.ts';
import {
  BUNDLE_TYPE,
  bundleSchema,
  IGNORED_PATHS,
  PAYLOAD_TYPE,
  PREDICATE_TYPE,
  STATEMENT_TYPE,
  statementSchema,
  type Statement,
} from '../../contract/model-signing.ts';
import { sha256Of } from '../../contract/digest.ts';
import { describeIssues } from '../../contract/schema-issues.ts';
import { signBytes, verifyBytes, type PrivateKey, type PublicKey } from './keys.ts';

/** sha256 of each signed file, by its path in the folder. */
export type Digests = ReadonlyMap<string, string>;

/** A signature that cannot be verified. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

/**
 * Signs the files of a model.
 *
 * @param name of the model; informative
 * @returns the content of `model.sig`
 */
export async function signFiles(name: string, files: Digests, key: PrivateKey): Promise<string> {
  const resources = [...files]
    .map(([path, digest]) => ({ name: path, algorithm: 'sha256' as const, digest }))
    .sort((a, b) => comparePaths(a.name, b.name));
  const statement: Statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256: await rootDigest(resources) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      serialization: {
        method: 'files',
        hash_type: 'sha256',
        allow_symlinks: false,
        ignore_paths: IGNORED_PATHS,
      },
      resources,
    },
  };
  const payload = new TextEncoder().encode(JSON.stringify(statement));
  const sig = await signBytes(key, preAuthEncoding(payload));
  const bundle = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: key.public.hint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: base64Of(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: base64Of(sig), keyid: '' }],
    },
  };
  return JSON.stringify(bundle);
}

/**
 * Verifies a signature.
 *
 * @param content of `model.sig`
 * @param keys that are trusted, by the name of the signer
 * @returns the signer, null where it is signed with none of the keys; and the signed files
 * @throws SignatureError where it is no signature, or not one of what it contains
 */
export async function verifySignature(
  content: Uint8Array,
  keys: ReadonlyMap<string, PublicKey>,
): Promise<{ readonly signer: string | null; readonly files: Digests }> {
  const bundle = bundleSchema.safeParse(parseJson(content));
  if (!bundle.success) throw new SignatureError(`is no signature: ${describeIssues(bundle.error)}`);
  const { verificationMaterial, dsseEnvelope } = bundle.data;
  const payload = bytesOfBase64(dsseEnvelope.payload);
  const statement = statementSchema.safeParse(parseJson(payload));
  if (!statement.success) {
    throw new SignatureError(`signs something else: ${describeIssues(statement.error)}`);
  }
  const { subject, predicate } = statement.data;
  if ((await rootDigest(predicate.resources)) !== subject[0].digest.sha256) {
    throw new SignatureError('has a digest of the model that is not that of its files');
  }
  const files = new Map(predicate.resources.map(({ name, digest }) => [name, digest]));
  if (files.size !== predicate.resources.length) throw new SignatureError('names a file twice');

  const { hint } = verificationMaterial.publicKey;
  const candidates = [...keys].filter(([, key]) => !hint || key.hint === hint);
  const signed = preAuthEncoding(payload);
  const sig = bytesOfBase64(dsseEnvelope.signatures[0].sig);
  for (const [signer, key] of candidates) {
    if (await verifyBytes(key, sig, signed)) return { signer, files };
  }
  if (hint && candidates.length > 0) throw new SignatureError('does not match its key');
  return { signer: null, files };
}

/** @returns how files differ from the signed ones; signed files may be absent unless they are required */
export function compareFiles(
  files: Digests,
  signed: Digests,
  required: readonly string[],
): string[] {
  const faults = [...files].flatMap(([name, digest]) => {
    const expected = signed.get(name);
    if (expected === undefined) return [`does not sign ${name}`];
    return expected === digest ? [] : [`signs another ${name}`];
  });
  const missing = required.filter((name) => signed.has(name) && !files.has(name));
  return [...faults, ...missing.map((name) => `signs ${name}, which is missing`)];
}

/** sha256 of all digests in the order of the files. */
function rootDigest(resources: readonly { readonly digest: string }[]): Promise<string> {
  const hex = resources.map(({ digest }) => digest).join('');
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return sha256Of(bytes);
}

/** By parts of the path, as Python's `PurePath` sorts. */
function comparePaths(a: string, b: string): number {
  const [left, right] = [a.replaceAll('/', '\0'), b.replaceAll('/', '\0')];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The bytes that are signed (https://github.com/secure-systems-lab/dsse, protocol 1.0). */
function preAuthEncoding(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(
    `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `,
  );
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/** @returns undefined for bytes that are not JSON: the schema then reports them */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
