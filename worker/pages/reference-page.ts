import { html } from 'hono/html';
import { document } from './document.ts';

/** The API reference: Swagger UI over `/openapi.json`, all of it from this deployment. */
export function referencePage() {
  return document({
    title: 'API reference - bindscope',
    description: 'Every request of the API, to read and to try.',
    head: html`<link rel="stylesheet" href="/reference/swagger-ui.css" />
      <script src="/reference/swagger-ui-bundle.js" defer></script>
      <script src="/reference/start.js" defer></script>`,
    body: html`<noscript>
        <p>
          This page needs a script of this site. <a href="/openapi.json">/openapi.json</a> says the
          same to programs.
        </p>
      </noscript>
      <div id="reference"></div>`,
  });
}

/** Run by the page; a file of its own, as the page's policy allows no script in the page. */
export const REFERENCE_START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  // The validator would be another site.
  validatorUrl: null,
});
`;
