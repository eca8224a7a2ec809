import {
  mechanismParametersSchema,
  type MechanismParameters,
  type MechanismState,
  type SiteModel,
} from '../../contract/pages.ts';
import { addressOf } from '../lib/address.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { PageLayout } from '../components/page-layout.tsx';
import { EmbedDialog } from '../components/embed-dialog.tsx';
import { ModelChoice } from '../components/model-choice.tsx';
import { ORDER_WORDS, RadioChoice } from '../components/radio-choice.tsx';
import { Share } from '../components/share.tsx';
import { mechanismSnippets } from '../components/snippets.ts';
import { selectModels } from '../explorer/plan.ts';
import { Legend } from './layers.tsx';
import { HeatMaps } from './heat-maps.tsx';
import { MeasuredShares } from './measured-shares.tsx';
import { PatchingPanel } from './patching.tsx';

export function MechanismPage({ models, parameters: initial }: MechanismState) {
  const [parameters, change] = useAddress(initial, mechanismParametersSchema);
  const asked = selectModels(models, parameters.models);
  return (
    <PageLayout page="mechanism">
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
        <MechanismSections models={models} asked={asked} parameters={parameters} change={change} />
      )}
    </PageLayout>
  );
}

interface SectionsProps {
  readonly models: readonly SiteModel[];
  readonly asked: readonly SiteModel[];
  readonly parameters: MechanismParameters;
  readonly change: Change<MechanismParameters>;
}

function MechanismSections({ models, asked, parameters, change }: SectionsProps) {
  const [first, second] = asked;
  // What is done by hand is done to the second: the one that learnt from pictures, unless chosen otherwise.
  const patient = second ?? first;
  const { modality } = parameters;
  const readable = patient.modalities.includes(modality)
    ? parameters
    : { ...parameters, modality: 'text' as const };
  const address = addressOf('/inside', mechanismParametersSchema, parameters);
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
          <RadioChoice
            name="modality"
            legend="Context"
            value={modality}
            words={MODALITY_WORDS}
            onChange={(value) => {
              change({ modality: value });
            }}
          />
          <RadioChoice
            name="order"
            legend="Associations"
            value={parameters.order}
            words={ORDER_WORDS}
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
            <MeasuredShares key={model.id} models={models} model={model} parameters={parameters} />
          ))}
        </div>
      </section>
      <section aria-labelledby="patching-title">
        <h2 id="patching-title">Do it yourself, to {patient.id}</h2>
        <PatchingPanel models={models} model={patient} parameters={readable} change={change} />
      </section>
      <Share address={address}>
        <EmbedDialog snippets={mechanismSnippets(readable, asked, address)} />
      </Share>
      <section aria-labelledby="maps-title">
        <h2 id="maps-title">Other probes of {patient.id}</h2>
        <HeatMaps model={patient} section={parameters.section} change={change} />
      </section>
    </>
  );
}

const MODALITY_WORDS = { text: 'text', image: 'a picture' } as const;
