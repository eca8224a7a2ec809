import {
  mechanismParametersSchema,
  type MechanismParameters,
} from '../../contract/page-parameters.ts';
import type { MechanismState, SiteModel } from '../../contract/pages.ts';
import { FIGURE_LABELS } from '../../plots/labels.ts';
import { addressOf } from '../lib/address.ts';
import { useAddress, type Change } from '../lib/use-address.ts';
import { EmbedDialog } from '../components/embed-dialog.tsx';
import { ModelChoice } from '../components/model-choice.tsx';
import { PageLayout } from '../components/page-layout.tsx';
import { ORDER_NAMES, RadioChoice } from '../components/radio-choice.tsx';
import { Share } from '../components/share.tsx';
import { selectModels } from '../explorer/plan.ts';
import { DocumentPanel } from './document.tsx';
import { HeatMaps } from './heat-maps.tsx';
import { MeasuredShares } from './measured-shares.tsx';
import { Legend } from './outcomes.tsx';
import { PatchingPanel } from './patching.tsx';

export function MechanismPage({ models, parameters: initial }: MechanismState) {
  const [parameters, change] = useAddress(initial, mechanismParametersSchema);
  const chosen = selectModels(models, parameters.models);
  // The second model is patched: by default the one that was also trained on pictures.
  const patched = chosen.at(1) ?? chosen.at(0);
  return (
    <PageLayout page="mechanism">
      <section class="intro">
        <h1>Does the model bind by place or by shape?</h1>
        <p class="lead">
          A patch copies activations from one prompt into another. The two prompts are made so that
          place and shape lead to different items: the answer after the patch shows which of them
          the model uses.
        </p>
      </section>
      {patched ? (
        <Sections
          models={models}
          chosen={chosen}
          patched={patched}
          parameters={parameters}
          change={change}
        />
      ) : (
        <p class="empty">This deployment has no models.</p>
      )}
    </PageLayout>
  );
}

interface SectionsProps {
  readonly models: readonly SiteModel[];
  readonly chosen: readonly SiteModel[];
  readonly patched: SiteModel;
  readonly parameters: MechanismParameters;
  readonly change: Change<MechanismParameters>;
}

function Sections({ models, chosen, patched, parameters, change }: SectionsProps) {
  const { modality } = parameters;
  const readable = patched.modalities.includes(modality)
    ? parameters
    : { ...parameters, modality: 'text' as const };
  const address = addressOf('/mechanism', mechanismParametersSchema, parameters);
  return (
    <>
      <section aria-labelledby="measured-title">
        <h2 id="measured-title">Many pairs, layer by layer</h2>
        <div class="controls">
          <ModelChoice
            models={models}
            chosen={chosen}
            onChange={(ids) => {
              change({ models: ids });
            }}
          />
          <RadioChoice
            name="modality"
            legend="Context"
            value={modality}
            options={MODALITY_NAMES}
            onChange={(value) => {
              change({ modality: value });
            }}
          />
          <RadioChoice
            name="order"
            legend="Associations"
            value={parameters.order}
            options={ORDER_NAMES}
            onChange={(value) => {
              change({ order: value });
            }}
          />
        </div>
        <Legend />
        <noscript>
          <p>
            {chosen.map(({ id }) => (
              <img
                key={id}
                src={`/v1/models/${id}/probes/interchange.svg`}
                alt={`${id}: ${FIGURE_LABELS.en.mechanismTitle}`}
              />
            ))}
          </p>
        </noscript>
        <div class="side-by-side">
          {chosen.map((model) => (
            <MeasuredShares key={model.id} models={models} model={model} parameters={parameters} />
          ))}
        </div>
      </section>
      <section aria-labelledby="patching-title">
        <h2 id="patching-title">One pair, patched in {patched.id}</h2>
        <PatchingPanel models={models} model={patched} parameters={readable} change={change} />
      </section>
      <section aria-labelledby="document-title">
        <h2 id="document-title">Any intervention, as a document</h2>
        <DocumentPanel model={patched} parameters={parameters} change={change} />
      </section>
      <Share address={address}>
        <EmbedDialog
          load={async () =>
            (await import('../components/snippets.ts')).mechanismSnippets(readable, chosen, address)
          }
        />
      </Share>
      <section aria-labelledby="maps-title">
        <h2 id="maps-title">Other probes of {patched.id}</h2>
        <HeatMaps model={patched} section={parameters.section} change={change} />
      </section>
    </>
  );
}

const MODALITY_NAMES = { text: 'text', image: 'picture' } as const;
