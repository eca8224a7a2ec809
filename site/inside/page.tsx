import {
  insideParametersSchema,
  type InsideParameters,
  type InsideState,
  type SiteModel,
} from '../../contract/site.ts';
import { ASSOCIATION_ORDERS, MODALITIES } from '../../task/spec.ts';
import { addressOf } from '../lib/address.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { Frame } from '../parts/frame.tsx';
import { EmbedDialog } from '../parts/embed-dialog.tsx';
import { ModelChoice } from '../parts/model-choice.tsx';
import { Share } from '../parts/share.tsx';
import { insideSnippets } from '../parts/snippets.ts';
import { chosenModels } from '../round/plan.ts';
import { Legend } from './layers.tsx';
import { Maps } from './maps.tsx';
import { Measured } from './measured.tsx';
import { Surgery } from './surgery.tsx';

export function InsidePage({ models, parameters: initial }: InsideState) {
  const [parameters, change] = useAddress(initial, insideParametersSchema);
  const asked = chosenModels(models, parameters.models);
  return (
    <Frame page="inside">
      <section class="claim">
        <h1>Does it go by where a thing stood, or by what it was bound to?</h1>
        <p class="lead">
          Take what a model holds in mind at the question of one text, put it into another text, and
          see whose answer comes out. The two texts are made so that place and shape lead to
          different items.
        </p>
      </section>
      {asked.length === 0 ? (
        <p class="empty">This deployment was made without any model to look into.</p>
      ) : (
        <Findings models={models} asked={asked} parameters={parameters} change={change} />
      )}
    </Frame>
  );
}

interface FindingsProps {
  readonly models: readonly SiteModel[];
  readonly asked: readonly SiteModel[];
  readonly parameters: InsideParameters;
  readonly change: Change<InsideParameters>;
}

function Findings({ models, asked, parameters, change }: FindingsProps) {
  const [first, second] = asked;
  // What is done by hand is done to the second: the one that learnt from pictures, unless chosen otherwise.
  const patient = second ?? first;
  const { modality } = parameters;
  const readable = patient.modalities.includes(modality)
    ? parameters
    : { ...parameters, modality: 'text' as const };
  const address = addressOf('/inside', insideParametersSchema, parameters);
  return (
    <>
      <section class="measured-all" aria-labelledby="measured-title">
        <h2 id="measured-title">Over many pairs, layer by layer</h2>
        <div class="controls">
          <ModelChoice
            models={models}
            chosen={asked}
            onChange={(ids) => {
              change({ models: ids });
            }}
          />
          <Choice
            name="modality"
            legend="Context"
            value={modality}
            values={MODALITIES}
            onChange={(value) => {
              change({ modality: value });
            }}
          />
          <Choice
            name="order"
            legend="Associations"
            value={parameters.order}
            values={ASSOCIATION_ORDERS}
            onChange={(value) => {
              change({ order: value });
            }}
          />
        </div>
        <Legend />
        <noscript>
          <p>
            {asked.map(({ id }) => (
              <img
                key={id}
                src={`/v1/models/${id}/probes/interchange.svg`}
                alt={`${id}: where the answer goes when a layer is patched`}
              />
            ))}
          </p>
        </noscript>
        <div class="two">
          {asked.map((model) => (
            <Measured key={model.id} models={models} model={model} parameters={parameters} />
          ))}
        </div>
      </section>
      <section aria-labelledby="surgery-title">
        <h2 id="surgery-title">Do it yourself, to {patient.id}</h2>
        <Surgery models={models} model={patient} parameters={readable} change={change} />
      </section>
      <Share address={address}>
        <EmbedDialog snippets={insideSnippets(readable, asked, address)} />
      </Share>
      <section aria-labelledby="maps-title">
        <h2 id="maps-title">Other probes of {patient.id}</h2>
        <Maps model={patient} section={parameters.section} change={change} />
      </section>
    </>
  );
}

const CHOICE_WORDS: Readonly<Record<string, string>> = {
  text: 'text',
  image: 'a picture',
  context: 'in the order of the text',
  shuffled: 'shuffled',
};

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly value: T;
  readonly values: readonly T[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ name, legend, value, values, onChange }: ChoiceProps<T>) {
  return (
    <fieldset class="order">
      <legend>{legend}</legend>
      {values.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name={name}
            value={one}
            checked={value === one}
            onChange={() => {
              onChange(one);
            }}
          />{' '}
          {CHOICE_WORDS[one]}
        </label>
      ))}
    </fieldset>
  );
}
