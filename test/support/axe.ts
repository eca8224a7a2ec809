import { source } from 'axe-core';
import type { Page } from 'playwright-core';

interface Violation {
  readonly rule: string;
  readonly elements: readonly string[];
}

/** What axe finds wrong with a page as it is shown now, best practices included. */
export async function axeViolations(page: Page): Promise<Violation[]> {
  // Playwright evaluates it from outside, so that the page's policy stays as it is.
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run();
    return violations.map(({ id, nodes }) => ({
      rule: id,
      elements: nodes.map(({ html }) => html.slice(0, 160)),
    }));
  });
}
