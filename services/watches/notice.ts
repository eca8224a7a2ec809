import type { WatchState } from '../../contract/watches.ts';
import type { StateChange } from './watch-state.ts';

export interface NoticeFacts {
  readonly watch: { readonly id: string; readonly name: string; readonly url: string | null };
  readonly change: StateChange;
  /** When the state began. */
  readonly since: string;
  /** One sentence; null where it passes. */
  readonly reason: string | null;
  /** The address of this deployment. */
  readonly origin: string;
}

const SENTENCES: Readonly<Record<WatchState, string>> = {
  passing: 'answers as well as its baseline',
  regressed: 'answers worse than its baseline',
  insufficient: 'can no longer be compared well enough to see a loss',
  unreachable: 'could not be checked',
};

const MARKS: Readonly<Record<WatchState, string>> = {
  passing: '🟢',
  regressed: '🔴',
  insufficient: '🟡',
  unreachable: '⚪',
};

/** Slack's escapes of text that it would read as links or mentions. */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Characters of a reason that a notice shows; Slack allows 3,000 in one block. */
const REASON_LENGTH = 600;

/**
 * The body of a notice, as JSON: `text` and `blocks` of a Slack message, which Mattermost, Rocket.Chat and Discord (under
 * `/slack`) read, too.
 */
export function noticeBody({ watch, change, since, reason, origin }: NoticeFacts): string {
  const { from, to } = change;
  const target = watch.url === null ? '' : ` (${watch.url})`;
  const summary = `${MARKS[to]} ${watch.name}${target} ${SENTENCES[to]}`;
  const short =
    reason === null || reason.length <= REASON_LENGTH
      ? reason
      : `${reason.slice(0, REASON_LENGTH)}…`;
  const lines = [
    `*${escaped(summary)}*`,
    ...(short === null ? [] : [escaped(short)]),
    `State: ${from ?? 'new'} → ${to}, since ${since}`,
    `<${origin}/status#${watch.id}|History>`,
  ];
  return JSON.stringify({
    text: escaped(short === null ? summary : `${summary}: ${short}`),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') } }],
  });
}
