import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { sha256Of } from '../../contract/digest.ts';
import { IGNORED_PATHS, SIGNATURE_FILE } from '../../contract/model-signing.ts';
import { writeAtomically } from '../../node/files.ts';
import { compareFiles, signFiles, verifySignature } from '../../services/signing/bundle.ts';
import { readPrivateKey, readPublicKey } from '../../services/signing/keys.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

/**
 * Signs all files of a folder, its card among them, and writes `model.sig` there.
 *
 * @param options.key a file with a private key: PKCS #8 as PEM, ECDSA on P-256 or Ed25519
 * @throws Error where the key or a file cannot be read
 */
export async function runSign(
  folder: string,
  { key: keyFile }: { readonly key: string },
  terminal: Terminal,
): Promise<void> {
  const key = await readPrivateKey(await readFile(keyFile, 'utf8'));
  const files = await digestFiles(folder);
  if (!files.has('card.json')) throw new Error(`${join(folder, 'card.json')} is missing`);
  const file = join(folder, SIGNATURE_FILE);
  writeAtomically(file, await signFiles(basename(resolve(folder)), files, key));
  terminal.out(
    `signed ${files.size} files in ${file} with the key ${key.public.hint.slice(0, 12)}\n`,
  );
}

/**
 * Verifies the signature of a folder.
 *
 * @param options.key a file with a public key as PEM
 * @returns 1 where the files are not the signed ones, or the key is another one
 */
export async function runVerify(
  folder: string,
  { key: keyFile }: { readonly key: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const keys = new Map([[keyFile, await readPublicKey(await readFile(keyFile, 'utf8'))]]);
  const { signer, files } = await verifySignature(
    await readFile(join(folder, SIGNATURE_FILE)),
    keys,
  );
  const faults = [
    ...(signer === null ? ['is of another key'] : []),
    ...compareFiles(await digestFiles(folder), files, [...files.keys()]),
  ];
  for (const fault of faults) terminal.out(`${join(folder, SIGNATURE_FILE)} ${fault}\n`);
  if (faults.length > 0) return EXIT.regression;
  terminal.out(`verified ${files.size} files\n`);
  return EXIT.pass;
}

/** @returns sha256 by path in the folder, with `/`. @throws Error where it has a symbolic link */
async function digestFiles(folder: string): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const path = relative(folder, file).split(sep).join('/');
    if (IGNORED_PATHS.includes(path.split('/', 1)[0] ?? '')) continue;
    if (entry.isSymbolicLink()) throw new Error(`${file} is a symbolic link`);
    if (entry.isFile()) digests.set(path, await sha256Of(await readFile(file)));
  }
  return digests;
}
