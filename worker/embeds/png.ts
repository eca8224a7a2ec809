import { initWasm, Resvg } from '@resvg/resvg-wasm';
import compiled from '@resvg/resvg-wasm/index_bg.wasm';
import bold from '@expo-google-fonts/atkinson-hyperlegible-next/600SemiBold/AtkinsonHyperlegibleNext_600SemiBold.ttf';
import regular from '@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf';

/** The only font family for drawings: an isolate has no system fonts. */
export const FONT = 'Atkinson Hyperlegible Next';

let starting: Promise<void> | undefined;

/**
 * Renders an SVG as PNG. The renderer starts on first use, to keep the start of the worker fast.
 *
 * @param svg with plain style rules: no custom properties and no media queries
 * @param width of the picture in pixels; the height is in proportion
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
