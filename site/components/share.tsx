import type { ComponentChildren } from 'preact';
import { CopyButton } from './copy-button.tsx';

/** What can be done with the state that is shown: its address, to pass on. */
export function Share({ address, children }: { address: string; children?: ComponentChildren }) {
  return (
    <div class="share">
      <a href={address}>Link to exactly this</a>
      <CopyButton text={() => new URL(address, location.href).href} what="link" />
      {children}
    </div>
  );
}
