import type { Theme } from '../contract/theme-locale.ts';
import { plotDocument } from './document.ts';
import { label } from './svg.ts';
import { wrapText } from './wrap-text.ts';

const WIDTH = 480;
const LINE = 20;
/** Characters per line at 13 px. */
const CHARACTERS = 62;

/** A picture with a message instead of the figure that was asked for. */
export function plotMessage(
  { title, detail }: { readonly title: string; readonly detail: string },
  theme: Theme,
): string {
  const lines = wrapText(detail, CHARACTERS).map((line, index) =>
    label(24, LINE * index, 'key', line),
  );
  const panel = { title: '', height: LINE * lines.length, body: lines };
  return plotDocument({ title, description: detail }, [panel], undefined, {
    theme,
    locale: 'en',
    width: WIDTH,
  });
}
