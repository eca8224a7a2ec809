import { PageLayout } from '../components/page-layout.tsx';
import { Prose } from '../components/prose.tsx';
import type { ReferenceContent, ReferenceOperation, ReferenceTag } from './operation.ts';
import { TryForm } from './try-form.tsx';

/** Every request of the API. All text is there without a script; the script sends the forms. */
export function ReferencePage({ tags }: { tags: readonly ReferenceTag[] }) {
  return (
    <PageLayout page="reference">
      <section class="intro">
        <h1>API reference</h1>
        <p class="lead">
          Every request with its parameters and answers, and a form that sends it to this
          deployment. Programs read <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Every
          error is <a href="/problems">problem+json</a>.
        </p>
        <noscript>
          <p class="error-message">The forms need JavaScript.</p>
        </noscript>
      </section>
      <nav class="tags" aria-label="Parts of the API">
        {tags.map(({ name }) => (
          <a key={name} href={`#${tagId(name)}`}>
            {name}
          </a>
        ))}
      </nav>
      {tags.map(({ name, description, operations }) => (
        <section key={name} aria-labelledby={tagId(name)}>
          <h2 id={tagId(name)}>{name}</h2>
          <p>
            <Prose text={description} />
          </p>
          {operations.map((operation) => (
            <Operation key={operation.id} {...operation} />
          ))}
        </section>
      ))}
    </PageLayout>
  );
}

const tagId = (name: string): string => name.toLowerCase().replaceAll(/\W+/g, '-');

function Operation(operation: ReferenceOperation) {
  const { id, method, path, summary, description, needsToken, responses } = operation;
  return (
    <details class="operation" id={id}>
      <summary>
        <code class="method">{method}</code> <code class="path">{path}</code> <span>{summary}</span>
      </summary>
      {description !== '' && (
        <p>
          <Prose text={description} />
        </p>
      )}
      {needsToken && <p>Needs the write token of the deployment.</p>}
      <TryForm {...operation} />
      <h3>Answers</h3>
      {responses.map(({ status, description: meaning, content }) => (
        <div key={status} class="response">
          <p>
            <b>{status === 'default' ? 'errors' : status}</b> <Prose text={meaning} />
          </p>
          {content.map((one) => (
            <Content key={one.mediaType} {...one} />
          ))}
        </div>
      ))}
    </details>
  );
}

export function Content({ mediaType, type }: ReferenceContent) {
  return (
    <>
      <p class="hint">
        <code>{mediaType}</code>
      </p>
      {type !== 'string' && (
        <pre tabIndex={0}>
          <code>{type}</code>
        </pre>
      )}
    </>
  );
}
