import { useEffect, useRef, useState } from 'preact/hooks';

/** How long it is said what became of it, in milliseconds. */
const SAID = 4000;

export type Copied = 'copied' | 'refused' | undefined;

/** Copies text to the clipboard, and says for a while whether the browser let it. */
export function useCopy(): [Copied, (text: string) => void] {
  const [said, setSaid] = useState<Copied>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    return () => {
      clearTimeout(timer.current);
    };
  }, []);
  const say = (what: Copied) => {
    setSaid(what);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setSaid(undefined);
    }, SAID);
  };
  const copy = (text: string) => {
    // Browsers have no clipboard for pages without TLS.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const written = clipboard ? clipboard.writeText(text) : Promise.reject(new Error('none'));
    written.then(
      () => {
        say('copied');
      },
      () => {
        say('refused');
      },
    );
  };
  return [said, copy];
}
