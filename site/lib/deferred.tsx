import { createElement, hydrate, render, type FunctionComponent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { repeatEarlyInput } from './early-input.ts';
import { useVisible } from './use-visible.ts';

/** During hydration Preact leaves the content of such an element as the server wrote it. */
const AS_RENDERED = { __html: '' };

/**
 * A part of a page that the server renders, and that becomes interactive only when a reader comes near or uses
 * it, or when it has to change: the script has less to do before the page can be used.
 *
 * @param load gives the component; its code is no part of the first view
 */
export function deferred<P extends object>(
  load: () => Promise<FunctionComponent<P>>,
): FunctionComponent<P> {
  return function Deferred(props) {
    const place = useRef<HTMLDivElement>(null);
    const [rendered] = useState(props);
    const latest = useRef(props);
    if (!isSame(latest.current, props)) latest.current = props;
    const shown = latest.current;
    const [isUsed, setUsed] = useState(false);
    const isNeeded = useVisible(place) || isUsed || shown !== rendered;
    const use = () => {
      setUsed(true);
    };
    const [loaded, setLoaded] = useState<{ readonly component: FunctionComponent<P> }>();
    useEffect(() => {
      if (!isNeeded) return;
      void load().then((component) => {
        if (place.current) {
          // The server rendered it from the first properties.
          hydrate(createElement(component, rendered), place.current);
          repeatEarlyInput(place.current);
        }
        setLoaded({ component });
      });
    }, [isNeeded, rendered]);
    useEffect(() => {
      if (loaded && place.current) render(createElement(loaded.component, shown), place.current);
    }, [loaded, shown]);
    return <div ref={place} onFocusIn={use} onChange={use} dangerouslySetInnerHTML={AS_RENDERED} />;
  };
}

/** The same part on the server, in the element that `deferred` expects. */
export function renderedAtOnce<P extends object>(
  component: FunctionComponent<P>,
): FunctionComponent<P> {
  return function RenderedAtOnce(props) {
    return <div>{createElement(component, props)}</div>;
  };
}

const isSame = <P extends object>(a: P, b: P): boolean =>
  (Object.keys(b) as (keyof P)[]).every((key) => a[key] === b[key]);
