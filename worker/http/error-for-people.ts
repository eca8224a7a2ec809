import type { Context } from 'hono';
import { LOCALES, THEMES, type Locale, type Theme } from '../../contract/theme-locale.ts';
import type { Problem } from '../../contract/problems.ts';
import { drawBadge } from '../../plots/badge.ts';
import { plotMessage } from '../../plots/message.ts';
import { errorFrame } from '../embeds/error-frame.ts';
import { errorPage } from '../pages/error-page.ts';
import type { AppEnv } from './app-env.ts';

interface ErrorBody {
  readonly type: 'text/html; charset=utf-8' | 'image/svg+xml';
  readonly body: string;
}

/**
 * An error in the form that the route shows to people: HTML where the browser asks for HTML, an SVG where it
 * asks for a picture (an `img` shows it whatever the status is).
 *
 * @returns undefined where the client is a program
 */
export async function errorForPeople(
  c: Context<AppEnv>,
  problem: Problem,
): Promise<ErrorBody | undefined> {
  const { errors } = c.var.policy;
  const accept = c.req.header('accept') ?? '';
  const url = new URL(c.req.url);
  if ((errors === 'page' || errors === 'frame') && accept.includes('text/html')) {
    const appearance = appearanceOf(url.searchParams);
    const page =
      errors === 'page' ? errorPage(problem) : errorFrame(problem, { ...appearance, url });
    return { type: 'text/html; charset=utf-8', body: (await page).toString() };
  }
  if ((errors === 'figure' || errors === 'badge') && accept.includes('image/')) {
    const body = errors === 'badge' ? errorBadge(problem) : errorFigure(problem, url);
    return { type: 'image/svg+xml', body };
  }
  return undefined;
}

const errorBadge = ({ title, detail }: Problem): string =>
  drawBadge({ label: 'bindscope', message: title, title: detail });

const errorFigure = ({ title, detail }: Problem, url: URL): string =>
  plotMessage({ title, detail }, appearanceOf(url.searchParams).theme);

/** Theme and language of a request whose parameters may be wrong. */
function appearanceOf(parameters: URLSearchParams): { theme: Theme; locale: Locale } {
  const [theme, locale] = [parameters.get('theme'), parameters.get('locale')];
  return {
    theme: THEMES.find((one) => one === theme) ?? 'auto',
    locale: LOCALES.find((one) => one === locale) ?? 'en',
  };
}
