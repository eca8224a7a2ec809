import { useEffect, useRef, useState } from 'preact/hooks';

/** How long the result is shown, in milliseconds. */
const SHOWN = 4000;

export type CopyResult = 'copied' | 'refused' | undefined;

/** Copies text to the clipboard; the result is available for a few seconds. */
export function useCopy(): [CopyResult, (text: string) => void] {
  const [result, setResult] = useState<CopyResult>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    return () => {
      clearTimeout(timer.current);
    };
  }, []);
  const show = (next: CopyResult) => {
    setResult(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setResult(undefined);
    }, SHOWN);
  };
  const copy = (text: string) => {
    // Without TLS, browsers provide no clipboard.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const written = clipboard
      ? clipboard.writeText(text)
      : Promise.reject(new Error('no clipboard'));
    written.then(
      () => {
        show('copied');
      },
      () => {
        show('refused');
      },
    );
  };
  return [result, copy];
}
