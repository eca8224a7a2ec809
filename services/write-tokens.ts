import { sha256Of } from '../contract/digest.ts';
import { describeIssues } from '../contract/schema-issues.ts';
import { WRITE_SCOPES, writeTokensSchema, type WriteScope } from '../contract/write-tokens.ts';

/** The name that the token of the secret `WRITE_TOKEN` has in the registry's changes. */
export const SINGLE_TOKEN = 'WRITE_TOKEN';

/** Somebody who may write. */
export interface Writer {
  readonly name: string;
  readonly scopes: readonly WriteScope[];
}

export interface WriteToken extends Writer {
  /** Of the token, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The secrets of a deployment. */
export interface WriteSecrets {
  /** One token with all scopes. */
  readonly WRITE_TOKEN?: string | undefined;
  /** JSON: `writeTokensSchema`. */
  readonly WRITE_TOKENS?: string | undefined;
}

export interface WriteTokens {
  /** Empty where nobody may write. */
  readonly tokens: readonly WriteToken[];
  /** What is wrong with the secrets, without any part of a token; null where they are valid. */
  readonly fault: string | null;
}

/**
 * The tokens of a deployment, or why nobody may write: a secret that cannot be read allows nothing, not
 * even the other secret.
 */
export async function readWriteTokens(secrets: WriteSecrets): Promise<WriteTokens> {
  const { WRITE_TOKEN: single, WRITE_TOKENS: named } = secrets;
  const tokens: WriteToken[] = [];
  if (single) {
    tokens.push({ name: SINGLE_TOKEN, scopes: WRITE_SCOPES, sha256: await digestOf(single) });
  }
  if (named) {
    const parsed = writeTokensSchema.safeParse(parseJson(named));
    if (!parsed.success)
      return { tokens: [], fault: `WRITE_TOKENS: ${describeIssues(parsed.error)}` };
    for (const [name, { token, sha256, scopes }] of Object.entries(parsed.data)) {
      tokens.push({ name, scopes, sha256: sha256 ?? (await digestOf(token ?? '')) });
    }
  }
  const byDigest = new Map(tokens.map((token) => [token.sha256, token]));
  const repeated = tokens.find((token) => byDigest.get(token.sha256) !== token);
  if (!repeated) return { tokens, fault: null };
  const other = byDigest.get(repeated.sha256)?.name ?? '';
  return { tokens: [], fault: `WRITE_TOKENS: ${repeated.name} and ${other} have the same token` };
}

const digestOf = (token: string) => sha256Of(new TextEncoder().encode(token));

/** @returns undefined for text that is not JSON: the schema then says so, without quoting the secret */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
