import { isChanged } from './early-input.ts';

/**
 * Starts the script of a page that the server rendered once a reader uses the page: until then it is complete as it
 * is, and the script would only take the time of a slow processor. The code is loaded when the browser is idle, so
 * that the first use waits for its start alone.
 */

/** What a reader does first. A mouse moves before it clicks. */
const USES = ['pointermove', 'pointerdown', 'keydown', 'focusin', 'input', 'change'] as const;

/** Controls that do nothing without the script, or less. */
const CONTROLS = 'button[type="button"], a[href^="/"]';

export interface StartOptions {
  /** Loads the code. @returns starts the page */
  readonly load: () => Promise<() => void>;
  /** A selector of the parts that need the script when they come near the viewport. */
  readonly near: string;
}

export function startWhenUsed({ load, near }: StartOptions): void {
  let code: Promise<() => void> | undefined;
  const loaded = (): Promise<() => void> => {
    code ??= load().catch((error: unknown) => {
      // Offline, for example: the next use tries again.
      code = undefined;
      throw error;
    });
    return code;
  };
  const listeners = new AbortController();
  const options = { capture: true, signal: listeners.signal };
  const early: (() => void)[] = [];
  let isStarting = false;

  const start = () => {
    if (isStarting) return;
    isStarting = true;
    loaded().then(
      (run) => {
        listeners.abort();
        run();
        void repeatInTurn(early);
      },
      () => {
        isStarting = false;
        // A link works without the script.
        void repeatInTurn(early.splice(0));
      },
    );
  };

  for (const type of USES) addEventListener(type, start, { ...options, passive: true });
  addEventListener(
    'click',
    (event) => {
      const control = controlOf(event);
      if (!control || !event.isTrusted) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      early.push(() => {
        control.click();
      });
      start();
    },
    options,
  );
  addEventListener(
    'keydown',
    (event) => {
      const { target, isTrusted } = event;
      // What the key does by itself, such as entering text, it has done.
      if (isTrusted) early.push(() => target?.dispatchEvent(new KeyboardEvent('keydown', event)));
    },
    options,
  );

  startWhenNear(near, start, listeners.signal);
  if (isUsed()) start();
  else whenIdle(() => void loaded().catch(() => undefined));
}

/** Each after the page shows what the one before did: a page listens to keys once it is painted. */
async function repeatInTurn(early: readonly (() => void)[]): Promise<void> {
  for (const repeat of early) {
    await new Promise((resolve) => {
      requestAnimationFrame(() => setTimeout(resolve));
    });
    repeat();
  }
}

/** The control that a plain click asks for; a click with a key opens a tab, and needs no script. */
function controlOf(event: MouseEvent): HTMLElement | null {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return null;
  }
  const control = (event.target as Element).closest<HTMLElement>(CONTROLS);
  const isElsewhere =
    control instanceof HTMLAnchorElement && control.pathname !== location.pathname;
  return isElsewhere ? null : control;
}

function startWhenNear(selector: string, start: () => void, signal: AbortSignal): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) start();
    },
    { rootMargin: '200px' },
  );
  for (const element of document.querySelectorAll(selector)) observer.observe(element);
  signal.addEventListener('abort', () => {
    observer.disconnect();
  });
}

/** Whether the page was used before this script ran, or waits for an answer. */
const isUsed = (): boolean =>
  document.querySelector('[aria-busy="true"]') !== null ||
  (document.activeElement !== null && document.activeElement !== document.body) ||
  [...document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')].some(
    isChanged,
  );

/** After the page has loaded, when nothing else is to be done; Safari has no such callback. */
function whenIdle(run: () => void): void {
  const wait = () => {
    if ('requestIdleCallback' in window) requestIdleCallback(run);
    else setTimeout(run, 200);
  };
  if (document.readyState === 'complete') wait();
  else addEventListener('load', wait, { once: true });
}
