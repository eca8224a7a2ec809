import type { ComponentChildren } from 'preact';

export const PAGES = [
  { page: 'explorer', href: '/', name: 'One round' },
  { page: 'scene-editor', href: '/build', name: 'Build a query' },
  { page: 'mechanism', href: '/inside', name: 'Look inside' },
  { page: 'in-browser', href: '/here', name: 'Run it here' },
] as const;

export interface FrameProps {
  readonly page: (typeof PAGES)[number]['page'];
  readonly children: ComponentChildren;
}

/** What stands around every page. */
export function PageLayout({ page, children }: FrameProps) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="name" href="/">
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
          <a href="/reference">API</a>
        </nav>
      </header>
      <main id="main">{children}</main>
      <footer>
        <p>
          After <cite>Seeing to Generalize: How Visual Data Corrects Binding Shortcuts</cite>,{' '}
          <a href="https://arxiv.org/abs/2602.15183">arXiv 2602.15183</a>. No figure on this page
          was written by hand: all come from the models that answer here.
        </p>
        <p>
          <a href="/v1/models">Models</a> <a href="/openapi.json">OpenAPI</a>{' '}
          <a href="/problems">Problems</a>
        </p>
      </footer>
    </>
  );
}
