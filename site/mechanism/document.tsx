import { useState } from 'preact/hooks';
import {
  DOCUMENT_TEXT_LENGTH,
  readDocumentJson,
  writeDocumentText,
} from '../../contract/document-text.ts';
import type { MechanismParameters } from '../../contract/page-parameters.ts';
import type { SiteModel } from '../../contract/pages.ts';
import { parseDocument } from '../../contract/parse-document.ts';
import { documentTable } from '../../probes/document-table.ts';
import { ErrorMessage } from '../components/error-message.tsx';
import { api } from '../lib/api.ts';
import type { Change } from '../lib/use-address.ts';
import { useRequest } from '../lib/use-request.ts';

export interface DocumentPanelProps {
  readonly model: SiteModel;
  readonly parameters: MechanismParameters;
  readonly change: Change<MechanismParameters>;
}

/** An intervention document that the visitor writes; the address of the page has it once it runs. */
export function DocumentPanel({ model, parameters, change }: DocumentPanelProps) {
  const text = parameters.document;
  const [draft, setDraft] = useState(() =>
    JSON.stringify(text === undefined ? exampleFor(model) : readDocumentJson(text), null, 2),
  );
  const [fault, setFault] = useState<string>();
  const run = () => {
    const document = parseDocument(() => JSON.parse(draft) as unknown);
    const written = typeof document === 'string' ? '' : writeDocumentText(document);
    const isLong = written.length > DOCUMENT_TEXT_LENGTH;
    const tooLong = 'the document is too long for an address: run it with bindscope intervene';
    setFault(typeof document === 'string' ? document : isLong ? tooLong : undefined);
    if (written !== '' && !isLong) change({ document: written });
  };
  return (
    <details class="document" open={text !== undefined}>
      <summary>Edit and run a document</summary>
      <p class="hint">
        JSON that says which activations are read and written in which runs. The same document runs
        with <code>bindscope intervene</code> and <code>POST /v1/interventions</code>.
      </p>
      <label for="document">Document</label>
      <textarea
        id="document"
        rows={16}
        spellcheck={false}
        value={draft}
        onInput={(event) => {
          setDraft(event.currentTarget.value);
        }}
      />
      <p>
        <button type="button" onClick={run}>
          Run the document
        </button>
      </p>
      {fault !== undefined && (
        <p class="error-message" role="alert">
          {fault}
        </p>
      )}
      {text !== undefined && <DocumentAnswer key={text} text={text} />}
    </details>
  );
}

function DocumentAnswer({ text }: { text: string }) {
  const { state, retry } = useRequest(text, async (signal) => {
    const document = parseDocument(() => readDocumentJson(text));
    if (typeof document === 'string') throw new SyntaxError(document);
    return documentTable(await (await api(signal)).runDocument(document));
  });
  if (state.status === 'waiting') return <p class="pending">Running the document…</p>;
  if (state.status === 'failed') return <ErrorMessage error={state.error} retry={retry} />;
  const { columns, rows, note } = state.value;
  return (
    <div class="scrollable" tabIndex={0} role="group" aria-label="What the document measures">
      <table class="document-answer">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={columns[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">{note}</p>
    </div>
  );
}

/** The identity control, and a patch of the middle layer, over some pairs. */
const exampleFor = ({ id, layers }: SiteModel) => {
  const at = { layer: Math.floor(layers / 2) };
  return {
    model: id,
    sweep: { objects: 8, pairs: 8 },
    runs: [
      { name: 'identity', writes: [{ op: 'replace', at, from: 'original' }] },
      { name: 'patched', writes: [{ op: 'replace', at, from: 'counterfactual' }] },
    ],
    metrics: [{ logitDifference: ['symbolic', 'positional'] }],
  };
};
