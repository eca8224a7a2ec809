import { Prose } from '../components/prose.tsx';
import type { ReferenceOperation, ReferenceParameter } from './operation.ts';

/** The parameters of a request as a form, and room for the answer. */
export function TryForm(operation: ReferenceOperation) {
  const { id, method, path, parameters, body, needsToken } = operation;
  return (
    <form class="try" data-method={method} data-path={path} aria-label={`${method} ${path}`}>
      {parameters.length > 0 && <h3>Parameters</h3>}
      {parameters.map((parameter) => (
        <Parameter key={parameter.name} operation={id} {...parameter} />
      ))}
      {needsToken && (
        <p class="parameter">
          <label for={`${id}-token`}>write token</label>
          <input id={`${id}-token`} name="token" type="password" autocomplete="off" />
        </p>
      )}
      {body && (
        <>
          <h3>Body</h3>
          <p class="hint">
            <code>{body.mediaType}</code>
          </p>
          {body.mediaType === 'application/json' ? (
            <>
              <label class="visually-hidden" for={`${id}-body`}>
                Body
              </label>
              <textarea id={`${id}-body`} name="body" rows={8} spellcheck={false}>
                {body.example}
              </textarea>
            </>
          ) : (
            <p>The command line of bindscope sends it.</p>
          )}
          <details>
            <summary>Type of the body</summary>
            <pre tabIndex={0}>
              <code>{body.type}</code>
            </pre>
          </details>
        </>
      )}
      {(body === undefined || body.mediaType === 'application/json') && (
        <p class="needs-script">
          <button type="submit">Send</button>
        </p>
      )}
      <div class="answer" role="status" />
    </form>
  );
}

function Parameter({
  operation,
  name,
  in: place,
  required,
  description,
  type,
  options,
  example,
  defaultValue,
}: ReferenceParameter & { operation: string }) {
  const id = `${operation}-${name}`;
  const field = { id, name: `${place}:${name}`, required };
  return (
    <p class="parameter">
      <label for={id}>
        <code>{name}</code>
        {required && ' (required)'}
      </label>
      {options.length > 0 ? (
        <select {...field}>
          {!required && (
            <option value="">{defaultValue === '' ? '-' : `${defaultValue} (default)`}</option>
          )}
          {options.map((option) => (
            <option key={option} value={option} selected={option === example}>
              {option}
            </option>
          ))}
        </select>
      ) : (
        <input {...field} value={example} placeholder={defaultValue} autocomplete="off" />
      )}
      <small>
        <code>{type}</code> <Prose text={description} />
      </small>
    </p>
  );
}
