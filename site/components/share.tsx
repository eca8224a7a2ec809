import type { ComponentChildren } from 'preact';
import { CopyButton } from './copy-button.tsx';

/** A link to the current view, a button that copies it, and further actions. */
export function Share({ address, children }: { address: string; children?: ComponentChildren }) {
  return (
    <div class="share-links">
      <a href={address}>Link to this view</a>
      <CopyButton text={() => new URL(address, location.href).href} name="link" />
      {children}
    </div>
  );
}
