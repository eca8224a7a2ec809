import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

/** How long it is said that the link was copied, in milliseconds. */
const SAID = 2000;

/** What can be done with the state that is shown: its address, to pass on. */
export function Share({ address, children }: { address: string; children?: ComponentChildren }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(address, location.href).href);
    setCopied(true);
    setTimeout(() => {
      setCopied(false);
    }, SAID);
  };
  return (
    <p class="share">
      <a href={address}>Link to exactly this</a>
      <button
        type="button"
        onClick={() => {
          void copy();
        }}
      >
        {copied ? 'Copied' : 'Copy link'}
      </button>
      {children}
    </p>
  );
}
