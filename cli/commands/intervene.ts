import { readFileSync } from 'node:fs';
import { ProblemError } from '../../client/index.ts';
import { parseDocument } from '../../contract/parse-document.ts';
import type { InterventionDocument } from '../../contract/intervention-documents.ts';
import type { DocumentResponse } from '../../contract/intervention-results.ts';
import { documentTable } from '../../probes/document-table.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { textTable } from '../report/text-table.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface InterveneOptions extends DeploymentOptions {
  readonly explain?: boolean;
  readonly json?: boolean;
}

/**
 * Runs an intervention document on the models of a folder or of a server.
 *
 * @throws Error that names the file and each invalid part of the document
 */
export async function runIntervene(
  file: string,
  options: InterveneOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const document = readInterventionDocument(file);
  const answer = await deploymentOf(options, terminal)
    .intervene({ ...document, ...(options.explain && { explain: true }) })
    .catch((error: unknown) => {
      throw withFile(file, error);
    });
  terminal.out(options.json ? `${JSON.stringify(answer, null, 2)}\n` : describeAnswer(answer));
  return EXIT.pass;
}

function readInterventionDocument(file: string): InterventionDocument {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`cannot read the document ${file}`, { cause });
  }
  const document = parseDocument(() => JSON.parse(text) as unknown);
  if (typeof document === 'string') throw new Error(`${file}: ${document}`);
  return document;
}

/** The error with paths in the file instead of paths in the body of a request. */
function withFile(file: string, error: unknown): unknown {
  if (!(error instanceof ProblemError) || !error.problem.errors) return error;
  const faults = error.problem.errors.map(
    ({ at, detail }) => `${at.replace(/^body\.?/, '')}: ${detail}`,
  );
  return new Error(`${file}: ${faults.join('; ')}`, { cause: error });
}

function describeAnswer(answer: DocumentResponse): string {
  const { columns, rows, note } = documentTable(answer);
  const version = answer.digest.slice(0, 12);
  return `${answer.model}, sha256 ${version}…\n${textTable(columns, rows)}${note}\n`;
}
