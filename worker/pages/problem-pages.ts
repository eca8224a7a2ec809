import { html } from 'hono/html';
import { PROBLEM_KINDS, problemOf, PROBLEMS, problemType } from '../../contract/problems.ts';
import type { ProblemKind } from '../../contract/problems.ts';
import { textPage } from './text-page.ts';
import { PAGE_TEXTS } from './page-texts.ts';
import { prose } from './prose.ts';
import { shareHead } from './share-head.ts';

/** The page of one kind of error, at its `type`. */
export function problemPage(kind: ProblemKind, base: URL) {
  const { title, status, cause, remedy } = PROBLEMS[kind];
  return textPage({
    title,
    description: cause,
    head: shareHead({
      title,
      description: cause,
      url: new URL(problemType(kind), base),
      image: previewOf(base),
      embeddable: false,
    }),
    intro: html`<h1>${title}</h1>
      <p class="lead">
        <code>${kind}</code>, HTTP status ${status}. <a href="/problems">All errors</a>
      </p>`,
    content: html`<section>
        <h2>Cause</h2>
        <p>${prose(cause)}</p>
      </section>
      <section>
        <h2>What to do</h2>
        <p>${prose(remedy)}</p>
      </section>
      <section>
        <h2>Example</h2>
        <pre tabindex="0"><code>${exampleOf(kind)}</code></pre>
      </section>`,
  });
}

/** The page that lists all kinds of errors. */
export function problemsPage(base: URL) {
  const { title, description } = PAGE_TEXTS.problems;
  return textPage({
    title,
    description,
    head: shareHead({
      title,
      description,
      url: new URL('/problems', base),
      image: previewOf(base),
      embeddable: false,
    }),
    intro: html`<h1>Errors</h1>
      <p class="lead">
        Every error is <code>application/problem+json</code> (RFC 9457). Its <code>type</code> is
        one of these addresses and never changes, so programs can branch on it. Its
        <code>detail</code> is for people.
      </p>`,
    content: html`<table class="problems">
      <thead>
        <tr>
          <th scope="col">type</th>
          <th scope="col">status</th>
          <th scope="col">title</th>
        </tr>
      </thead>
      <tbody>
        ${PROBLEM_KINDS.map(
          (kind) =>
            html`<tr>
              <th scope="row"><a href="${problemType(kind)}">${problemType(kind)}</a></th>
              <td>${PROBLEMS[kind].status}</td>
              <td>${PROBLEMS[kind].title}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  });
}

const previewOf = (base: URL): URL => new URL('/preview/page.png?page=problems', base);

const exampleOf = (kind: ProblemKind): string => JSON.stringify(problemOf(kind, '…'), null, 2);
