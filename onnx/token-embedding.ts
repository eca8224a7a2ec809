import type { GraphIndex } from './graph.ts';
import { operatorOf } from './shapes/infer.ts';
import type { SignatureInput } from './signature-inputs.ts';

/** Operators that pass token ids on. */
const PASSES_IDS: ReadonlySet<string> = new Set([
  ...['Cast', 'Flatten', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze', 'Clip', 'Slice'],
]);

/** Operators that look ids up in a table, with the place of the ids among their inputs. */
const LOOKS_UP: Readonly<Record<string, number>> = {
  Gather: 1,
  'com.microsoft.GatherBlockQuantized': 1,
};

/**
 * The tensors that are the embeddings of tokens: looked up by the ids, whatever they are called.
 *
 * @param ids the input with the token ids
 */
export function tokenEmbeddings({ consumers }: GraphIndex, ids: string): string[] {
  const found: string[] = [];
  const pending = [ids];
  const seen = new Set(pending);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    for (const node of consumers.get(name) ?? []) {
      const operator = operatorOf(node);
      const place = LOOKS_UP[operator];
      const [output = ''] = node.outputs;
      if (seen.has(output)) continue;
      if (place !== undefined && node.inputs[place] === name) found.push(output);
      else if (PASSES_IDS.has(operator) && node.inputs[0] === name) pending.push(output);
      seen.add(output);
    }
  }
  return found;
}

/** The tensors that are the embeddings of tokens: looked up in the graph, or an input of their own. */
export const embeddingTensors = (
  index: GraphIndex,
  { name, role }: Pick<SignatureInput, 'name' | 'role'>,
): string[] => (role === 'embeddings' ? [name] : tokenEmbeddings(index, name));
