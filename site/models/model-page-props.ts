import type { ModelCard } from '../../contract/card.ts';
import type { Interchange } from '../../contract/probes.ts';
import type { RegisteredModel } from '../../contract/registry.ts';

/** The data of the page of a model. */
export interface ModelPageProps {
  /** The model as the address names it: an id, or one version of a model. */
  readonly reference: string;
  readonly card: ModelCard;
  /** Index of the model in the deployment; decides its colour and marker. */
  readonly displayIndex: number;
  readonly hasHuggingFaceArchive: boolean;
  /** The measured outcomes of patching; empty where the model has not been probed. */
  readonly interchange: readonly Interchange[];
  readonly hasProbes: boolean;
  /** The trusted key that signed the model; null for none. */
  readonly signedBy: string | null;
  /** Published versions and aliases; undefined where the deployment has no registry. */
  readonly registered: RegisteredModel | undefined;
  /** Of the deployment, for code to paste. */
  readonly origin: string;
}
