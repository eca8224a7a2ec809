import { base64Of, bytesOfBase64 } from '../../contract/base64.ts';

/** Signatures of notices, in the form of Standard Webhooks 1.0.0, for which libraries exist. */

const PREFIX = 'whsec_';

/**
 * The headers that identify and sign a message.
 *
 * @param id the same for every attempt to deliver it, so that a receiver can drop repetitions
 * @param secret `whsec_` and base64
 * @throws DOMException where the secret is not base64
 */
export async function signatureHeaders(
  { id, body }: { readonly id: string; readonly body: string },
  secret: string,
  now: Date,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const bytes = bytesOfBase64(secret.slice(PREFIX.length));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${base64Of(signature)}`,
  };
}
