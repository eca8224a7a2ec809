import { FIGURE_LABELS } from '../../plots/labels.ts';
import type { InterchangePair } from '../../probes/pairs.ts';
import { COLOURS } from '../../task/colours.ts';
import { elementAt } from '../../task/element-at.ts';
import { objectNames } from '../../task/query.ts';
import type { Scene } from '../../task/scene.ts';
import { ShapeIcon } from '../components/marks.tsx';

/** The objects of a pair that have a role. */
export const ROLES = ['asked', 'positional', 'symbolic', 'reflexive'] as const;
export type Role = (typeof ROLES)[number];

/** The original, with the roles of its objects, and the counterfactual. */
export function PairPrompts({ pair }: { pair: InterchangePair }) {
  const roleOf = (object: number) => ROLES.find((role) => pair[role] === object);
  return (
    <div class="prompts">
      <Prompt title="Original" scene={pair.original} asked={pair.asked} roleOf={roleOf} />
      <Prompt title="Counterfactual" scene={pair.counterfactual} asked={pair.positional} />
    </div>
  );
}

interface PromptProps {
  readonly title: string;
  readonly scene: Scene;
  /** The object asked about. */
  readonly asked: number;
  readonly roleOf?: (object: number) => Role | undefined;
}

function Prompt({ title, scene, asked, roleOf }: PromptProps) {
  return (
    <div>
      <h3>
        {title}: {objectNames(elementAt(scene.objects, asked)).colour}?
      </h3>
      <ol class="pairs">
        {scene.objects.map((object, index) => {
          const { colour, shape, item } = objectNames(object);
          const role = roleOf?.(index);
          return (
            <li key={index}>
              <span class={index === asked ? 'pair is-asked' : 'pair'}>
                <ShapeIcon shape={object.shape} fill={elementAt(COLOURS, object.colour).hex} />
                <span>
                  <b>{colour}</b> {shape}: {item}
                  {role && role !== 'asked' && (
                    <i class={`role ${role}`}>{FIGURE_LABELS.en.outcomes[role]}</i>
                  )}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
