import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../build/paths.ts';
import {
  compareFiles,
  SignatureError,
  signFiles,
  verifySignature,
} from '../../services/signing/bundle.ts';
import { readPrivateKey, readPublicKey } from '../../services/signing/keys.ts';
import { inspectSignature, readSignaturePolicy } from '../../services/signing/policy.ts';

/** Signed with the command `model_signing sign key` of model-signing 1.1.1 from PyPI. */
const FIXTURE = join(ROOT, 'test/fixtures/model-signing');
const fixture = (path: string) => new Uint8Array(readFileSync(join(FIXTURE, path)));
const PEM = readFileSync(join(FIXTURE, 'key.pub.pem'), 'utf8');
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const FILES = new Map(
  ['card.json', 'model.onnx', 'notes/a.txt'].map((name) => [
    name,
    sha256(fixture(join('signed', name))),
  ]),
);
const SIGNATURE = fixture('signed/model.sig');
const encode = (text: string) => new TextEncoder().encode(text);
const trusted = async (pem = PEM) => new Map([['anna', await readPublicKey(pem)]]);

/** The pair that OpenSSL makes. */
function pair(type: 'ec' | 'ed25519') {
  const { publicKey, privateKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  return {
    public: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

describe('a signature of PyPI model-signing', () => {
  it('is verified, with every file', async () => {
    const { signer, files } = await verifySignature(SIGNATURE, await trusted());
    expect(signer).toBe('anna');
    expect(files).toEqual(FILES);
    expect(compareFiles(FILES, files, [])).toEqual([]);
  });

  it('does not fit changed, added or missing files', async () => {
    const { files } = await verifySignature(SIGNATURE, await trusted());
    const other = new Map(FILES).set('card.json', sha256('other')).set('new.txt', sha256('new'));
    other.delete('notes/a.txt');
    expect(compareFiles(other, files, ['notes/a.txt', 'absent.txt'])).toEqual([
      'signs another card.json',
      'does not sign new.txt',
      'signs notes/a.txt, which is missing',
    ]);
  });

  it('is of nobody with another key, and no signature once it is changed', async () => {
    const others = await trusted(pair('ec').public);
    expect((await verifySignature(SIGNATURE, others)).signer).toBeNull();
    const bundle = JSON.parse(new TextDecoder().decode(SIGNATURE)) as {
      dsseEnvelope: { payload: string };
    };
    const statement = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
    const forged = (text: string) => {
      const dsseEnvelope = {
        ...bundle.dsseEnvelope,
        payload: Buffer.from(text).toString('base64'),
      };
      return encode(JSON.stringify({ ...bundle, dsseEnvelope }));
    };
    const keys = await trusted();
    await expect(verifySignature(forged(`${statement} `), keys)).rejects.toThrow(
      'does not match its key',
    );
    const digest = FILES.get('card.json') ?? '';
    await expect(
      verifySignature(forged(statement.replace(digest, sha256('other'))), keys),
    ).rejects.toThrow('digest of the model');
    for (const text of ['', '{}', 'null', '\u0000', forged('{}')]) {
      const content = typeof text === 'string' ? encode(text) : text;
      await expect(verifySignature(content, keys)).rejects.toThrow(SignatureError);
    }
  });
});

describe.each(['ec', 'ed25519'] as const)('a signature with a key of OpenSSL (%s)', (type) => {
  it('is accepted by OpenSSL and by itself, many times over', async () => {
    const keys = pair(type);
    const key = await readPrivateKey(keys.private);
    expect(key.public.hint).toBe(sha256(keys.public));
    // Often enough for numbers of ECDSA that begin with a zero byte or a set bit.
    for (let attempt = 0; attempt < 300; attempt++) {
      const content = await signFiles('a-model', FILES, key);
      const { dsseEnvelope } = JSON.parse(content) as {
        dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
      };
      const payload = Buffer.from(dsseEnvelope.payload, 'base64');
      const signed = Buffer.concat([
        Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `),
        payload,
      ]);
      const sig = Buffer.from(dsseEnvelope.signatures[0]?.sig ?? '', 'base64');
      const algorithm = type === 'ec' ? 'sha256' : null;
      expect(verify(algorithm, signed, createPublicKey(keys.public), sig)).toBe(true);
      const own = await verifySignature(encode(content), await trusted(keys.public));
      expect(own).toEqual({ signer: 'anna', files: FILES });
    }
  });
});

it('a key that cannot be used says why', async () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const sec1 = p384.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  await expect(readPrivateKey(sec1)).rejects.toThrow('openssl pkcs8 -topk8 -nocrypt');
  const spki = p384.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await expect(readPublicKey(spki)).rejects.toThrow('neither ECDSA on P-256 nor Ed25519');
  await expect(readPublicKey('nothing')).rejects.toThrow('-----BEGIN PUBLIC KEY-----');
});

describe('the policy of a deployment', () => {
  const keys = JSON.stringify({ anna: PEM });
  const policy = (REQUIRE_SIGNATURE?: string, SIGNING_KEYS?: string) =>
    readSignaturePolicy({ REQUIRE_SIGNATURE, SIGNING_KEYS });

  it('demands a signature of a known key, or only looks at it', async () => {
    const demanding = await policy('true', keys);
    expect(await inspectSignature(demanding, SIGNATURE, FILES)).toEqual({
      signer: 'anna',
      faults: [],
    });
    const missing = await inspectSignature(demanding, undefined, FILES);
    expect(missing.faults[0]).toContain('demands a signature of anna');
    const others = JSON.stringify({ ben: pair('ec').public });
    const unknown = await inspectSignature(await policy('true', others), SIGNATURE, FILES);
    expect(unknown.signer).toBeNull();
    expect(unknown.faults[0]).toMatch(/unknown key.*ben/);
    expect(await inspectSignature(await policy(), undefined, FILES)).toEqual({
      signer: null,
      faults: [],
    });
    const changed = new Map(FILES).set('card.json', sha256('other'));
    expect(await inspectSignature(await policy(), SIGNATURE, changed)).toEqual({
      signer: null,
      faults: ['signs another card.json'],
    });
  });

  it.each([
    ['maybe', undefined, 'REQUIRE_SIGNATURE must be true or false'],
    ['true', undefined, 'there are no SIGNING_KEYS'],
    [undefined, 'x', 'SIGNING_KEYS: must be a JSON object'],
    [undefined, '{"anna": "x"}', 'SIGNING_KEYS: anna: the key has no line'],
    [undefined, '{"an na": "x"}', 'a name must have'],
  ])('REQUIRE_SIGNATURE=%s with the keys %s trusts nobody', async (demand, text, words) => {
    const { fault, keys: known } = await policy(demand, text);
    expect(fault).toContain(words);
    expect(known.size).toBe(0);
  });
});
