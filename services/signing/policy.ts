import { SIGNATURE_FILE, signingKeysSchema } from '../../contract/model-signing.ts';
import { UPLOAD_PARTS } from '../../contract/registry.ts';
import { describeIssues } from '../../contract/schema-issues.ts';
import { compareFiles, SignatureError, verifySignature, type Digests } from './bundle.ts';
import { KeyError, readPublicKey, type PublicKey } from './keys.ts';

/** The variables of a deployment about signatures. */
export interface SigningVariables {
  /** JSON: `signingKeysSchema`. */
  readonly SIGNING_KEYS?: string | undefined;
  /** `true` where unsigned models are neither published nor loaded. */
  readonly REQUIRE_SIGNATURE?: string | undefined;
}

/** Which signatures a deployment trusts. */
export interface SignaturePolicy {
  /** By the name of the signer. */
  readonly keys: ReadonlyMap<string, PublicKey>;
  readonly required: boolean;
  /** What is wrong with the variables; then no signature is trusted and nothing can be published. */
  readonly fault: string | null;
}

export async function readSignaturePolicy(variables: SigningVariables): Promise<SignaturePolicy> {
  const { SIGNING_KEYS: text = '', REQUIRE_SIGNATURE: demand = 'false' } = variables;
  const invalid = (fault: string): SignaturePolicy => ({ keys: new Map(), required: true, fault });
  if (demand !== 'true' && demand !== 'false') {
    return invalid('REQUIRE_SIGNATURE must be true or false');
  }
  const required = demand === 'true';
  if (text === '') {
    return required
      ? invalid('REQUIRE_SIGNATURE is true, but there are no SIGNING_KEYS')
      : { keys: new Map(), required, fault: null };
  }
  const parsed = signingKeysSchema.safeParse(parseJson(text));
  if (!parsed.success) return invalid(`SIGNING_KEYS: ${describeIssues(parsed.error)}`);
  const keys = new Map<string, PublicKey>();
  for (const [name, pem] of Object.entries(parsed.data)) {
    try {
      keys.set(name, await readPublicKey(pem));
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      return invalid(`SIGNING_KEYS: ${name}: ${error.message}`);
    }
  }
  return { keys, required, fault: null };
}

/** What a deployment makes of a signature. */
export interface Inspection {
  /** The name of the trusted key; null for none. */
  readonly signer: string | null;
  /** Why the model must not be served, for people. */
  readonly faults: readonly string[];
}

/**
 * Verifies the signature of a model's files.
 *
 * @param content of `model.sig`; undefined where there is none
 * @param files sha256 of the model's other files, by name
 */
export async function inspectSignature(
  { keys, required }: SignaturePolicy,
  content: Uint8Array | undefined,
  files: Digests,
): Promise<Inspection> {
  const trusted = [...keys.keys()].join(', ') || 'nobody';
  if (!content) {
    const fault = `is missing; this deployment demands a signature of ${trusted}`;
    return { signer: null, faults: required ? [fault] : [] };
  }
  try {
    const { signer, files: signed } = await verifySignature(content, keys);
    const names = Object.keys(UPLOAD_PARTS).filter((name) => name !== SIGNATURE_FILE);
    const differences = compareFiles(files, signed, names);
    const untrusted = `is of an unknown key; this deployment demands a signature of ${trusted}`;
    return {
      signer: differences.length > 0 ? null : signer,
      faults: [...(signer === null && required ? [untrusted] : []), ...differences],
    };
  } catch (error) {
    if (error instanceof SignatureError) return { signer: null, faults: [error.message] };
    throw error;
  }
}

/** @returns undefined for text that is not JSON: the schema then says so */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
