/** The deployment that this script came from. @throws Error where no element of the page loads it */
export function originOfScript(): string {
  const { currentScript } = document;
  // Modules have no current script.
  const script =
    currentScript instanceof HTMLScriptElement
      ? currentScript
      : document.querySelector<HTMLScriptElement>('script[src$="/site/bindscope.js"]');
  if (!script)
    throw new Error('bindscope: load this script with <script src="…/site/bindscope.js">');
  return new URL(script.src).origin;
}
