/**
 * Reads secrets or variables once, when they are first needed. Where they are invalid, the log says why.
 *
 * @param consequence of invalid ones, such as `nobody can write`
 */
export function readOnce<T extends { readonly fault: string | null }>(
  read: () => Promise<T>,
  consequence: string,
): () => Promise<T> {
  let configuration: Promise<T> | undefined;
  return () => (configuration ??= readAndLog(read, consequence));
}

async function readAndLog<T extends { readonly fault: string | null }>(
  read: () => Promise<T>,
  consequence: string,
): Promise<T> {
  const configuration = await read();
  if (configuration.fault !== null) {
    const detail = `${consequence}: ${configuration.fault}`;
    console.error(JSON.stringify({ level: 'error', message: 'configuration', detail }));
  }
  return configuration;
}
