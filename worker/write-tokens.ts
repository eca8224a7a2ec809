import { readWriteTokens, type WriteSecrets, type WriteTokens } from '../services/write-tokens.ts';

/** Reads the tokens once, when they are first needed. The log says what is wrong with invalid secrets. */
export function configuredTokens(secrets: WriteSecrets): () => Promise<WriteTokens> {
  let tokens: Promise<WriteTokens> | undefined;
  return () => (tokens ??= readAndLog(secrets));
}

async function readAndLog(secrets: WriteSecrets): Promise<WriteTokens> {
  const read = await readWriteTokens(secrets);
  if (read.fault !== null) {
    const detail = `nobody can write: ${read.fault}`;
    console.error(JSON.stringify({ level: 'error', message: 'configuration', detail }));
  }
  return read;
}
