import { createDecipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  openedText,
  readWebhookKeys,
  signingSecretOf,
  type WebhookKeys,
} from '../../services/watches/webhook-keys.ts';

const SECRET = 'a secret of thirty-two characters';
const WATCH = { id: '0123456789abcdef', created: '2026-11-27T00:00:00.000Z' };

async function keysOf(secret: string): Promise<WebhookKeys> {
  const { keys } = await readWebhookKeys({ WEBHOOK_KEY: secret });
  if (!keys) throw new Error('the secret was refused');
  return keys;
}

/** HKDF of OpenSSL. */
const derived = (info: string) =>
  Buffer.from(hkdfSync('sha256', SECRET, '', `bindscope: ${info}`, 32));

describe('the secret that signs notices', () => {
  it('is derived from that of the deployment, for each watch another', async () => {
    const keys = await keysOf(SECRET);
    const expected = derived(`notices of ${WATCH.id} ${WATCH.created}`).toString('base64');
    expect(await signingSecretOf(keys, WATCH, null)).toBe(`whsec_${expected}`);
    const others = [
      { ...WATCH, id: 'fedcba9876543210' },
      { ...WATCH, created: '2026-11-27T00:00:00.001Z' },
    ];
    for (const other of others) {
      expect(await signingSecretOf(keys, other, null)).not.toBe(`whsec_${expected}`);
    }
  });

  it('is the stored one for a watch of an earlier version, also where it was sealed since', async () => {
    const keys = await keysOf(SECRET);
    expect(await signingSecretOf(undefined, WATCH, 'whsec_old')).toBe('whsec_old');
    const sealed = await keys.seal(WATCH, 'whsec_old');
    expect(await signingSecretOf(keys, WATCH, sealed)).toBe('whsec_old');
    await expect(signingSecretOf(undefined, WATCH, null)).rejects.toThrow('WEBHOOK_KEY is missing');
  });
});

describe('the address of a webhook', () => {
  const address = 'https://hooks.example.com/T000/ü';

  it('is encrypted with AES-GCM, each time with another nonce', async () => {
    const keys = await keysOf(SECRET);
    const sealed = await keys.seal(WATCH, address);
    expect(await keys.seal(WATCH, address)).not.toBe(sealed);
    expect(sealed).not.toContain('hooks');
    const bytes = Buffer.from(sealed.replace('sealed:v1:', ''), 'base64');
    const key = derived('addresses of webhooks');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(`bindscope: watch ${WATCH.id}`));
    decipher.setAuthTag(bytes.subarray(-16));
    const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    expect(text.toString('utf8')).toBe(address);
    expect(await openedText(keys, WATCH, sealed)).toBe(address);
  });

  it('opens for its watch and with its key only', async () => {
    const sealed = await (await keysOf(SECRET)).seal(WATCH, address);
    const other = await keysOf(`${SECRET}!`);
    const attempts = [
      openedText(other, WATCH, sealed),
      openedText(await keysOf(SECRET), { id: 'fedcba9876543210' }, sealed),
      openedText(await keysOf(SECRET), WATCH, `${sealed.slice(0, -4)}AAA=`),
      openedText(undefined, WATCH, sealed),
    ];
    const settled = await Promise.allSettled(attempts);
    expect(settled.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(JSON.stringify(settled)).toContain('cannot be read');
    expect(await openedText(undefined, WATCH, address)).toBe(address);
  });
});

it('a secret that is too short is refused without a word of it', async () => {
  const { keys, fault } = await readWebhookKeys({ WEBHOOK_KEY: 'short-secret' });
  expect(keys).toBeUndefined();
  expect(fault).toBe('WEBHOOK_KEY must have at least 32 characters');
  expect(await readWebhookKeys({})).toEqual({ keys: undefined, fault: null });
});
