/** The origin of this script. @throws Error where no script element of the page loads it */
export function originOfScript(): string {
  const { currentScript } = document;
  // In a module, currentScript is null.
  const script =
    currentScript instanceof HTMLScriptElement
      ? currentScript
      : document.querySelector<HTMLScriptElement>('script[src$="/site/bindscope.js"]');
  if (!script)
    throw new Error('bindscope: load this script with <script src="…/site/bindscope.js">');
  return new URL(script.src).origin;
}
