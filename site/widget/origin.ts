/** Its address may have parameters. */
const isThisScript = ({ src }: HTMLScriptElement): boolean =>
  URL.canParse(src) && new URL(src).pathname.endsWith('/site/bindscope.js');

/** The origin of this script. @throws Error where no script element of the page loads it */
export function originOfScript(): string {
  const { currentScript } = document;
  // In a module, currentScript is null.
  const script =
    currentScript instanceof HTMLScriptElement
      ? currentScript
      : Array.from(document.scripts).find(isThisScript);
  if (!script)
    throw new Error('bindscope: load this script with <script src="…/site/bindscope.js">');
  return new URL(script.src).origin;
}
