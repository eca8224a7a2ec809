import { html } from 'hono/html';
import { PROBLEM_KINDS, PROBLEMS, problemType, type ProblemKind } from '../../contract/problems.ts';
import { document } from './document.ts';
import { prose } from './prose.ts';

/** What one kind of problem means and what to do about it: the page that its `type` leads to. */
export function problemPage(kind: ProblemKind) {
  const { title, status, cause, remedy } = PROBLEMS[kind];
  return document({
    title: `${title} - bindscope`,
    description: cause,
    body: html`<header>
        <p class="site-name"><a href="/">bindscope</a> / <a href="/problems">problems</a></p>
        <h1>${title}</h1>
        <p class="lead"><code>${kind}</code>, HTTP status ${status}</p>
      </header>
      <main>
        <section>
          <h2>When it comes</h2>
          <p>${prose(cause)}</p>
        </section>
        <section>
          <h2>What to do</h2>
          <p>${prose(remedy)}</p>
        </section>
        <section>
          <h2>As it looks</h2>
          <pre tabindex="0"><code>${exampleOf(kind)}</code></pre>
        </section>
      </main>`,
  });
}

/** All kinds of problems. */
export function problemsPage() {
  return document({
    title: 'Problems - bindscope',
    description: 'Every kind of error of the API.',
    body: html`<header>
        <p class="site-name"><a href="/">bindscope</a></p>
        <h1>Problems</h1>
        <p class="lead">
          Every error is <code>application/problem+json</code> (RFC 9457). Its <code>type</code> is
          one of these addresses and never changes; branch on it, and show <code>detail</code> to
          people.
        </p>
      </header>
      <main>
        <table>
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
        </table>
      </main>`,
  });
}

function exampleOf(kind: ProblemKind): string {
  const { title, status } = PROBLEMS[kind];
  return JSON.stringify({ type: problemType(kind), title, status, detail: '…' }, null, 2);
}
