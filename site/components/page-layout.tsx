import type { ComponentChildren } from 'preact';

export const PAGES = [
  { page: 'explorer', href: '/', name: 'Explorer' },
  { page: 'scene-editor', href: '/build', name: 'Scene editor' },
  { page: 'mechanism', href: '/mechanism', name: 'Mechanism' },
  { page: 'in-browser', href: '/in-browser', name: 'In your browser' },
  { page: 'models', href: '/models', name: 'Models' },
  { page: 'reference', href: '/reference', name: 'API' },
] as const;

export interface PageLayoutProps {
  /** The page of the navigation that this one is, or belongs to. */
  readonly page?: (typeof PAGES)[number]['page'];
  /** What the values of the page come from; by default the models of the deployment. null: it has none. */
  readonly source?: string | null;
  readonly children: ComponentChildren;
}

/** Header, navigation and footer of every page. */
export function PageLayout({
  page,
  source = 'the models of this deployment',
  children,
}: PageLayoutProps) {
  return (
    <>
      <a class="skip-link" href="#main">
        Skip to the content
      </a>
      <header class="site-header">
        <a class="site-name" href="/">
          <svg viewBox="0 0 32 20" aria-hidden="true">
            <circle cx="7" cy="10" r="5.5" />
            <path d="M12.5 10h6" />
            <rect x="18.5" y="4" width="12" height="12" />
          </svg>
          bindscope
        </a>
        <nav aria-label="Pages">
          {PAGES.map((link) => (
            <a
              key={link.page}
              href={link.href}
              {...(link.page === page && { 'aria-current': 'page' as const })}
            >
              {link.name}
            </a>
          ))}
        </nav>
      </header>
      <main id="main">{children}</main>
      <footer>
        <p>
          Based on <cite>Seeing to Generalize: How Visual Data Corrects Binding Shortcuts</cite>,{' '}
          <a href="https://arxiv.org/abs/2602.15183">arXiv 2602.15183</a>.
          {source !== null && ` All values on this page come from ${source}.`}
        </p>
        <p>
          <a href="/models">Models</a> <a href="/status">Status</a>{' '}
          <a href="/openapi.json">OpenAPI</a> <a href="/problems">Problems</a>
        </p>
      </footer>
    </>
  );
}
