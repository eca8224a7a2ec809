import { connectionError } from '../../client/transport.ts';
import type { DueNotice, NoticeStore } from './notice-store.ts';
import { signatureHeaders } from './signature.ts';

/** Time for a receiver to answer. */
const TIMEOUT = 10_000;

export interface Delivery {
  readonly notices: NoticeStore;
  /** Asks only allowed addresses. */
  readonly send: (request: Request) => Promise<Response>;
  readonly now: () => Date;
}

/**
 * Tries to deliver the notices that are due. A receiver may get one twice, where its answer was lost: both have the
 * same `webhook-id`.
 *
 * @param watch only of this watch; null: of all
 * @param most notices of one call
 */
export async function deliverNotices(
  { notices, send, now }: Delivery,
  watch: string | null,
  most: number,
): Promise<void> {
  const due = await notices.claimDue(watch, now().getTime(), most);
  await Promise.all(
    due.map(async (notice) => {
      await notices.settle(notice, await failureOf(notice, send, now()), now());
    }),
  );
}

/** Why a notice was not taken, without anything of its address; null where it was. */
async function failureOf(
  { watch, change, body, webhook, secret }: DueNotice,
  send: Delivery['send'],
  now: Date,
): Promise<string | null> {
  try {
    const signed = await signatureHeaders({ id: `${watch}.${change}`, body }, secret, now);
    const headers = { 'content-type': 'application/json', ...signed };
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await send(new Request(webhook, { method: 'POST', headers, body, signal }));
    return response.ok ? null : `the receiver answered ${response.status}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError')
      return `the receiver did not answer within ${TIMEOUT / 1000} s`;
    return `the receiver cannot be reached: ${plainReason(connectionError(error))}`;
  }
}

/** What workerd says of a connection without its own references. */
export const plainReason = (reason: string): string =>
  /internal error|reference = /i.test(reason) ? 'the connection failed' : reason;
