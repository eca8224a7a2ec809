import { connectionError } from '../../client/transport.ts';
import type { DueNotice, NoticeStore } from './notice-store.ts';
import { signatureHeaders } from './signature.ts';
import { ServiceError } from '../service-error.ts';
import { openedText, signingSecretOf, type WebhookKeys } from './webhook-keys.ts';

/** Milliseconds for a receiver to answer. */
export const RECEIVER_TIMEOUT = 10_000;

export interface Delivery {
  readonly notices: NoticeStore;
  /** Asks only allowed addresses, and waits `RECEIVER_TIMEOUT` for the answer. */
  readonly send: (request: Request) => Promise<Response>;
  readonly now: () => Date;
  readonly keys: () => Promise<WebhookKeys | undefined>;
}

/**
 * Tries to deliver the notices that are due. A receiver may get one twice, where its answer was lost: both have the
 * same `webhook-id`.
 *
 * @param watch only of this watch; null: of all
 * @param most notices of one call
 */
export async function deliverNotices(
  { notices, send, now, keys }: Delivery,
  watch: string | null,
  most: number,
): Promise<void> {
  const due = await notices.claimDue(watch, now().getTime(), most);
  if (due.length === 0) return;
  const opening = await keys();
  await Promise.all(
    due.map(async (notice) => {
      await notices.settle(notice, await failureOf(notice, opening, send, now()), now());
    }),
  );
}

/** Why a notice was not taken, without anything of its address; null where it was. */
async function failureOf(
  { watch, change, body, webhook, secret: stored, created }: DueNotice,
  keys: WebhookKeys | undefined,
  send: Delivery['send'],
  now: Date,
): Promise<string | null> {
  try {
    const name = { id: watch, created };
    const address = await openedText(keys, name, webhook);
    const secret = await signingSecretOf(keys, name, stored);
    const signed = await signatureHeaders({ id: `${watch}.${change}`, body }, secret, now);
    const headers = { 'content-type': 'application/json', ...signed };
    const response = await send(new Request(address, { method: 'POST', headers, body }));
    return response.ok ? null : `the receiver answered ${response.status}`;
  } catch (error) {
    if (error instanceof ServiceError) return error.detail;
    if (error instanceof Error && error.name === 'TimeoutError')
      return `the receiver did not answer within ${RECEIVER_TIMEOUT / 1000} s`;
    return `the receiver cannot be reached: ${plainReason(connectionError(error))}`;
  }
}

/** What workerd says of a connection without its own references. */
export const plainReason = (reason: string): string =>
  /internal error|reference = /i.test(reason) ? 'the connection failed' : reason;
