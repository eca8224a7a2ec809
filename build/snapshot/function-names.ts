import type { RuntimeFunctions } from '../../contract/runtime-snapshot.ts';

/**
 * Reads which of the binary's functions ONNX Runtime's JavaScript calls by which name. That script is minified, so each
 * pattern must be found exactly once.
 *
 * @param script of the package `onnxruntime-web`
 * @throws Error where a pattern is not found, or found more than once with different names
 */
export function functionNames(script: string): RuntimeFunctions {
  const stackPointer = only(script, /\.stackSave=\(\)=>([\w$]+)\(\)/g);
  return {
    initialise: exportedAs(script, '_OrtInit'),
    createSession: exportedAs(script, '_OrtCreateSession'),
    stackPointer: exportedAs(script, stackPointer),
  };
}

/** `_OrtInit=c.Wa` means that `_OrtInit` is the export `Wa`. */
const exportedAs = (script: string, name: string): string =>
  only(
    script,
    new RegExp(String.raw`(?<![\w$])${name.replaceAll('$', '\\$')}=\w+\.([\w$]+)[;,]`, 'g'),
  );

function only(script: string, pattern: RegExp): string {
  const found = new Set(Array.from(script.matchAll(pattern), (match) => match[1] ?? ''));
  const [name] = found;
  if (name === undefined || found.size > 1) {
    throw new Error(
      `ONNX Runtime's script has ${found.size} names where one is expected (${pattern.source})`,
    );
  }
  return name;
}
