import { initWasm, Resvg } from '@resvg/resvg-wasm';
import compiled from '@resvg/resvg-wasm/index_bg.wasm';
import bold from '@expo-google-fonts/atkinson-hyperlegible-next/600SemiBold/AtkinsonHyperlegibleNext_600SemiBold.ttf';
import regular from '@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf';

/** The one family that drawings can be set in here: an isolate has no fonts of its own. */
export const FONT = 'Atkinson Hyperlegible Next';

let starting: Promise<void> | undefined;

/**
 * A drawing as PNG. The renderer starts with the first one, to keep out of the worker's own start.
 *
 * @param svg with styles of plain rules: no custom properties, no media queries
 * @param width of the picture, in pixels; the height follows
 */
export async function renderPng(svg: string, width: number): Promise<Uint8Array<ArrayBuffer>> {
  await (starting ??= initWasm(compiled));
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'width', value: width },
    font: { fontBuffers: [new Uint8Array(regular), new Uint8Array(bold)], defaultFontFamily: FONT },
  });
  const image = renderer.render();
  try {
    return new Uint8Array(image.asPng());
  } finally {
    // WebAssembly has no garbage collector.
    image.free();
    renderer.free();
  }
}
