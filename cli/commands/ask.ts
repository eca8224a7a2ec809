import { modelFacts } from '../../contract/model-facts.ts';
import { elementAt } from '../../task/element-at.ts';
import { queryName, type QueryId } from '../../task/query.ts';
import { parseSpec } from '../../task/spec.ts';
import type { AssociationOrder, Modality } from '../../task/spec.ts';
import { formatWholePercent } from '../../statistics/format.ts';
import { deploymentOf, type DeploymentOptions } from '../options.ts';
import { EXIT, type ExitCode, type Terminal } from '../terminal.ts';

export interface AskOptions extends DeploymentOptions {
  readonly model: string;
  readonly objects: number;
  readonly modality: Modality;
  readonly order: AssociationOrder;
  readonly seed: number;
  readonly index: number;
  readonly top: number;
  readonly json?: boolean;
}

/**
 * Asks a model one generated query.
 *
 * @throws Error where the model cannot answer
 */
export async function runAsk(options: AskOptions, terminal: Terminal): Promise<ExitCode> {
  const { model, objects, modality, order, seed, index, top, json } = options;
  const deployment = deploymentOf(options, terminal);
  const { vocabulary, grid } = modelFacts(await deployment.card(model));
  const spec = parseSpec({ objects, modality, order, vocabulary, grid });
  const id: QueryId = { spec, seed, index, question: 0 };
  const { results } = await deployment.predict(model, [queryName(id)], top);
  const result = elementAt(results, 0);
  if (json) {
    terminal.out(`${JSON.stringify(result, null, 2)}\n`);
    return EXIT.pass;
  }
  const { query, answers } = result;
  const { answer, correct, top: mostProbable } = elementAt(answers, 0);
  const candidates = mostProbable.map(
    ({ name, probability }) => `${name} ${formatWholePercent(probability)}`,
  );
  terminal.out(
    `${query.text}\n` +
      `${model}: ${answer.name}, ${correct ? 'correct' : `wrong: the correct answer is ${query.answer.name}`}\n` +
      `most probable: ${candidates.join(', ')}\n` +
      `${query.name ?? ''}\n`,
  );
  return EXIT.pass;
}
