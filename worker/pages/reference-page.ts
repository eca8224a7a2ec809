import { html } from 'hono/html';
import { document } from './document.ts';

/** The API reference: Swagger UI for `/openapi.json`, served by this deployment alone. */
export function referencePage() {
  return document({
    title: 'API reference - bindscope',
    description: 'Every route of the API, with a form to try it.',
    styles: ['/reference/swagger-ui.css'],
    head: html`<script src="/reference/swagger-ui-bundle.js" defer></script>
      <script src="/reference/start.js" defer></script>`,
    body: html`<noscript>
        <p>
          This page needs a script of this site. <a href="/openapi.json">/openapi.json</a> has the
          same content for programs.
        </p>
      </noscript>
      <div id="reference"></div>`,
  });
}

/** The script of the page; a file of its own, because the content policy allows no inline scripts. */
export const REFERENCE_START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  requestSnippetsEnabled: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  // The validator is another site.
  validatorUrl: null,
});
`;
