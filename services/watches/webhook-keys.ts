import { base64Of, bytesOfBase64 } from '../../contract/base64.ts';
import { ServiceError } from '../service-error.ts';

/** Keeps the addresses of webhooks and what signs their notices, with one secret of the deployment. */

export interface WebhookVariables {
  /** The secret of which all keys are derived. */
  readonly WEBHOOK_KEY?: string | undefined;
}

export interface WebhookConfiguration {
  /** Undefined where the deployment has no valid secret. */
  readonly keys: WebhookKeys | undefined;
  /** What is wrong with the secret, without any part of it; null where it is valid or missing. */
  readonly fault: string | null;
}

/** Characters: `openssl rand -hex 32` prints 64. */
const MIN_LENGTH = 32;

export async function readWebhookKeys({
  WEBHOOK_KEY: secret,
}: WebhookVariables): Promise<WebhookConfiguration> {
  if (!secret) return { keys: undefined, fault: null };
  if (secret.length < MIN_LENGTH)
    return { keys: undefined, fault: `WEBHOOK_KEY must have at least ${MIN_LENGTH} characters` };
  const bytes = new TextEncoder().encode(secret);
  const root = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, [
    'deriveBits',
    'deriveKey',
  ]);
  return { keys: new WebhookKeys(root), fault: null };
}

/** How a watch is named when its keys are derived: one that is added again after its deletion gets others. */
export interface WatchName {
  readonly id: string;
  readonly created: string;
}

const SIGNING_PREFIX = 'whsec_';
const SEALED_PREFIX = 'sealed:v1:';
/** Bytes of the nonce of AES-GCM. */
const NONCE = 12;

export const isSealed = (text: string): boolean => text.startsWith(SEALED_PREFIX);

export class WebhookKeys {
  readonly #root: CryptoKey;
  #sealing: Promise<CryptoKey> | undefined;

  /** @param root for HKDF */
  constructor(root: CryptoKey) {
    this.#root = root;
  }

  /** What signs the notices of a watch, in the form of Standard Webhooks; nothing of it is stored. */
  async signingSecret({ id, created }: WatchName): Promise<string> {
    const purpose = hkdf(`notices of ${id} ${created}`);
    const bits = await crypto.subtle.deriveBits(purpose, this.#root, 256);
    return `${SIGNING_PREFIX}${base64Of(new Uint8Array(bits))}`;
  }

  /** Encrypts a text of a watch (AES-GCM). It can be opened for this watch alone. */
  async seal({ id }: Pick<WatchName, 'id'>, text: string): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const bytes = await crypto.subtle.encrypt(
      parametersOf(nonce, id),
      await this.#sealingKey(),
      new TextEncoder().encode(text),
    );
    return `${SEALED_PREFIX}${base64Of(new Uint8Array([...nonce, ...new Uint8Array(bytes)]))}`;
  }

  /** @throws ServiceError where it was sealed with another key, for another watch, or was changed */
  async open({ id }: Pick<WatchName, 'id'>, sealed: string): Promise<string> {
    try {
      const bytes = bytesOfBase64(sealed.slice(SEALED_PREFIX.length));
      const text = await crypto.subtle.decrypt(
        parametersOf(bytes.slice(0, NONCE), id),
        await this.#sealingKey(),
        bytes.slice(NONCE),
      );
      return new TextDecoder().decode(text);
    } catch (cause) {
      throw new ServiceError('not-configured', UNREADABLE, { cause });
    }
  }

  #sealingKey(): Promise<CryptoKey> {
    return (this.#sealing ??= crypto.subtle.deriveKey(
      hkdf('addresses of webhooks'),
      this.#root,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    ));
  }
}

const UNREADABLE =
  'the webhook cannot be read: WEBHOOK_KEY is missing or is not the one that the watch was added with';

/** Opens what is sealed; older rows are not. @throws ServiceError as `open`, also without a key */
export async function openedText(
  keys: WebhookKeys | undefined,
  watch: Pick<WatchName, 'id'>,
  text: string,
): Promise<string> {
  if (!isSealed(text)) return text;
  if (!keys) throw new ServiceError('not-configured', UNREADABLE);
  return keys.open(watch, text);
}

/**
 * What signs the notices of a watch.
 *
 * @param stored of a watch that was added before secrets were derived; else null
 * @throws ServiceError as `open`, also without a key
 */
export async function signingSecretOf(
  keys: WebhookKeys | undefined,
  watch: WatchName,
  stored: string | null,
): Promise<string> {
  if (stored !== null) return openedText(keys, watch, stored);
  if (!keys) throw new ServiceError('not-configured', UNREADABLE);
  return keys.signingSecret(watch);
}

const encoded = (text: string) => new TextEncoder().encode(`bindscope: ${text}`);

const hkdf = (purpose: string) => ({
  ...{ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array() },
  info: encoded(purpose),
});

const parametersOf = (iv: Uint8Array<ArrayBuffer>, id: string) => ({
  ...{ name: 'AES-GCM', iv },
  additionalData: encoded(`watch ${id}`),
});
