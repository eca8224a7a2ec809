/** The content of a stored file. It can be read once. A Blob is one. */
export interface StoredFile {
  stream(): ReadableStream<Uint8Array>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** @throws SyntaxError where the file is not JSON */
export async function readJson(file: StoredFile): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await file.arrayBuffer()));
}
