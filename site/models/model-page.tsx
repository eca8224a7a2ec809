import type { ComponentChildren } from 'preact';
import { modelFacts, servedModalities } from '../../contract/model-facts.ts';
import { parseModelReference } from '../../contract/model-reference.ts';
import { count, fileSize } from '../lib/format.ts';
import { ModelMarker } from '../components/marks.tsx';
import { PageLayout } from '../components/page-layout.tsx';
import { modelSnippets } from '../components/snippets.ts';
import { AccuracySection, MechanismSection, TrainingSection } from './measurements.tsx';
import type { ModelPageProps } from './model-page-props.ts';
import { Versions } from './versions.tsx';
import { kindInWords, modalitiesInWords } from './words.ts';

/** One model: what it is, what was measured, how to get and embed it. It needs no script. */
export function ModelPage(props: ModelPageProps) {
  const { reference, card, displayIndex, interchange, registered, origin } = props;
  const { description } = modelFacts(card);
  return (
    <PageLayout page="models">
      <section class="intro">
        <p class="hint">
          <a href="/models">Models</a>
        </p>
        <h1>
          <ModelMarker displayIndex={displayIndex} />
          {reference}
        </h1>
        <p class="lead">{description}</p>
        <TryIt {...props} />
      </section>
      <Facts {...props} />
      <AccuracySection {...props} />
      <MechanismSection {...props} />
      <TrainingSection {...props} />
      <Downloads {...props} />
      {registered && registered.versions.length > 0 && (
        <Versions reference={reference} registered={registered} />
      )}
      <section aria-labelledby="embed">
        <h2 id="embed">Embed</h2>
        {modelSnippets(reference, interchange.length > 0)(origin, {
          theme: 'auto',
          locale: 'en',
        }).map(({ name, note, code }) => (
          <section key={name} class="snippet" aria-label={name}>
            <h3>{name}</h3>
            <p class="hint">{note}</p>
            <pre tabIndex={0}>
              <code>{code}</code>
            </pre>
          </section>
        ))}
      </section>
    </PageLayout>
  );
}

function TryIt({ reference }: ModelPageProps) {
  const links: readonly [href: string, name: string][] = [
    [`/?models=${reference}`, 'Ask it questions'],
    [`/build?models=${reference}`, 'Build a scene for it'],
    [`/mechanism?models=${reference}`, 'See its mechanism'],
    [`/in-browser?model=${reference}`, 'Run it in your browser'],
  ];
  return (
    <p class="try-it">
      {links.map(([href, name]) => (
        <a key={href} class="button" href={href}>
          {name}
        </a>
      ))}
    </p>
  );
}

function Facts({ card, signedBy }: ModelPageProps) {
  const { layers, width, heads, vocabulary } = modelFacts(card);
  const { colours, shapes, items } = vocabulary;
  return (
    <dl class="facts">
      <Fact name="Kind">{kindInWords(card.kind)}</Fact>
      {signedBy !== null && <Fact name="Signed by">{signedBy}</Fact>}
      <Fact name="Reads">
        {modalitiesInWords(servedModalities(card))}
        {servedModalities(card).length < card.modalities.length &&
          '; it was also trained on pictures, but its image encoder is not deployed'}
      </Fact>
      <Fact name="Network">
        {count(card.parameters)} parameters; {layers} layers, width {width}
        {heads > 0 && `, ${heads} heads per layer`}
      </Fact>
      <Fact name="Words">
        {colours} colours, {shapes} shapes, {items} items
      </Fact>
      {card.kind === 'trained' ? (
        <Fact name="Recipe">
          {card.recipe.regime}, preset {card.recipe.preset}, seed {card.seed}
          {card.recipe.encoder && `, image encoder ${card.recipe.encoder.name}`}
        </Fact>
      ) : (
        <Fact name="Source">
          {card.name && `${card.name}, `}
          <code>{card.source.file}</code>
        </Fact>
      )}
      <Fact name="File">
        {fileSize(card.files.model.bytes)}, sha256{' '}
        <code class="digest">{card.files.model.sha256}</code>
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Downloads({ reference, card, hasHuggingFaceArchive, hasProbes }: ModelPageProps) {
  const { id } = parseModelReference(reference);
  const base = `/v1/models/${reference}`;
  const { model, encoder } = card.files;
  return (
    <section aria-labelledby="downloads">
      <h2 id="downloads">Downloads</h2>
      <ul class="downloads">
        <li>
          <a href={`${base}/files/model.onnx`} download={`${id}.onnx`}>
            Model as ONNX
          </a>{' '}
          ({fileSize(model.bytes)})
        </li>
        {encoder && (
          <li>
            <a href={`${base}/files/encoder.onnx`} download={`${id}-encoder.onnx`}>
              Image encoder as ONNX
            </a>{' '}
            ({fileSize(encoder.bytes)})
          </li>
        )}
        {hasHuggingFaceArchive && (
          <li>
            <a href={`${base}/huggingface.zip`}>For Hugging Face transformers</a> (ZIP: safetensors,
            configuration, tokenizer)
          </li>
        )}
        <li>
          <a href={base}>Model card</a> (JSON)
        </li>
        {hasProbes && (
          <li>
            <a href={`${base}/probes`}>Probe results</a> (JSON)
          </li>
        )}
      </ul>
    </section>
  );
}
