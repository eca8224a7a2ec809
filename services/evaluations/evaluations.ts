import type { EvaluationRequest, EvaluationResource } from '../../contract/evaluations.ts';
import { hexOf, sha256Of } from '../../contract/digest.ts';
import { parseModelReference } from '../../contract/model-reference.ts';
import { answerCell, endOfRange } from '../comparison.ts';
import { answerKnockout } from '../knockout.ts';
import { tallySweep } from '../layer-sweep.ts';
import type { Models } from '../models.ts';
import { selectModels } from '../selected-models.ts';
import { ServiceError } from '../service-error.ts';
import {
  evaluationInputs,
  mergeParts,
  outcomeOf,
  partsOf,
  planEvaluation,
  type EvaluationPart,
  type EvaluationPlan,
} from './evaluation-parts.ts';
import type { PartOutcomes } from './evaluation-rows.ts';
import type { EvaluationStore } from './evaluation-store.ts';

/** The part of Cloudflare's Workflow binding that evaluations use. */
export interface WorkflowEngine {
  create(options: { id: string; params: EvaluationParameters }): Promise<unknown>;
  get(id: string): Promise<{
    terminate(): Promise<void>;
  }>;
}

export interface EvaluationParameters {
  /** Of the evaluation. */
  readonly id: string;
  /** Of the workflow: an evaluation that failed is continued by another instance. */
  readonly instance: string;
}

/** A workflow that cannot succeed by trying again. */
export class EvaluationEndedError extends Error {
  override readonly name = 'EvaluationEndedError';
}

interface EvaluationsOptions {
  readonly store: EvaluationStore;
  readonly models: Pick<Models, 'card' | 'runner' | 'subject'>;
  readonly engine: WorkflowEngine;
  /** Version of the code that answers. */
  readonly code: string;
  readonly now?: () => Date;
}

/** Instances cannot have the id of an earlier one. */
const newInstance = (id: string) => `${id}-${hexOf(crypto.getRandomValues(new Uint8Array(4)))}`;

/** Comparisons of any length: started by a request, computed part by part by a workflow. */
export class Evaluations {
  readonly store: EvaluationStore;
  readonly #options: EvaluationsOptions;
  readonly #now: () => Date;

  constructor(options: EvaluationsOptions) {
    this.store = options.store;
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /**
   * Starts an evaluation, or finds the one of an equal request. One that failed or makes no progress is
   * continued; its stored parts are not computed again.
   *
   * @throws ServiceError where the request cannot be run, or the workflow engine fails
   */
  async start(
    request: EvaluationRequest,
  ): Promise<{ readonly started: boolean; readonly evaluation: EvaluationResource }> {
    const { models, code } = this.#options;
    const selected = await selectModels(models, request.models);
    const plan = planEvaluation(selected, request);
    const parts = partsOf(plan).length;
    const id = await evaluationId(plan, code);
    const instance = newInstance(id);
    const digests = Object.fromEntries(
      selected.map(({ reference, card }) => [reference, card.files.model.sha256]),
    );
    const now = this.#now();
    const created = now.toISOString();
    const { label, ...asked } = request;
    const isNew = await this.store.insert({
      ...{ id, instance, created, code, digests, parts },
      ...{ request: asked, label: label ?? null },
    });
    if (!isNew && label !== undefined) await this.store.relabel(id, label);
    const started = isNew || (await this.store.takeOver(id, instance, now));
    if (started) await this.#create(id, instance);
    return { started, evaluation: await this.store.get(id) };
  }

  /**
   * The work of a cron: deletes evaluations that have expired, and continues those whose workflow was lost.
   * Their stored parts are not computed again, and a workflow that comes back finds that it was replaced.
   */
  async maintain(): Promise<void> {
    const now = this.#now();
    await this.store.deleteExpired(now);
    for (const id of await this.store.stalled(now)) {
      const instance = newInstance(id);
      if (await this.store.takeOver(id, instance, now)) await this.#create(id, instance);
    }
  }

  async #create(id: string, instance: string): Promise<void> {
    try {
      await this.#options.engine.create({ id: instance, params: { id, instance } });
    } catch (cause) {
      const detail = 'the workflow engine did not take the evaluation';
      await this.store.fail(id, this.#now().toISOString(), detail);
      const options = { cause, retryAfterSeconds: 10 };
      throw new ServiceError('evaluations-unavailable', detail, options);
    }
  }

  /** Stops an evaluation and deletes it. @throws ServiceError where there is none */
  async delete(id: string): Promise<EvaluationResource> {
    const [evaluation, instance] = await Promise.all([this.store.get(id), this.store.instance(id)]);
    // The deletion comes first: every step looks for the row, also where the engine cannot stop.
    await this.store.delete(id);
    if (instance !== undefined && evaluation.state !== 'done') {
      await this.#options.engine
        .get(instance)
        .then((workflow) => workflow.terminate())
        .catch(() => undefined);
    }
    return evaluation;
  }

  /** The number of parts. @throws EvaluationEndedError as `runPart` */
  async begin(parameters: EvaluationParameters): Promise<number> {
    const plan = await this.#plan(parameters);
    await this.store.begin(parameters.id, parameters.instance);
    return partsOf(plan).length;
  }

  /**
   * Computes one part, unless it is stored already.
   *
   * @throws EvaluationEndedError where the evaluation was deleted or its models or code have changed
   * @throws ServiceError where trying again may help
   */
  async runPart(parameters: EvaluationParameters, index: number): Promise<void> {
    const { id } = parameters;
    const plan = await this.#plan(parameters);
    if (await this.store.hasPart(id, index)) return;
    const part = partsOf(plan)[index];
    if (!part) throw new EvaluationEndedError(`there is no part ${index}`);
    await this.store.insertPart(id, index, await this.#compute(plan, part), this.#now());
  }

  async #compute(plan: EvaluationPlan, part: EvaluationPart): Promise<PartOutcomes> {
    const { models } = this.#options;
    if (part.kind === 'pairs') {
      const { sweep, start, end } = part;
      const tally = await tallySweep(models, sweep, start, end);
      return { kind: 'pairs', model: sweep.reference, objects: sweep.spec.objects, tally };
    }
    if (part.kind === 'knockout') {
      const { knockout, start, end } = part;
      const outcomes = await answerKnockout(models, knockout, start, end);
      const { reference: model, spec, index: cut } = knockout;
      return { kind: 'knockout', model, objects: spec.objects, cut, outcomes };
    }
    const { model, spec } = part;
    const correct: boolean[] = [];
    // Range by range, so that other requests of the isolate are answered in between.
    for (let start = part.start; start < part.end; start = endOfRange(start)) {
      const end = Math.min(part.end, endOfRange(start));
      correct.push(...(await answerCell(models, plan.comparison, { model, spec, start, end })));
      await new Promise((resolve) => setTimeout(resolve));
    }
    return { kind: 'queries', model: model.reference, objects: spec.objects, correct };
  }

  /** Makes the result of all parts. @throws as `runPart` */
  async finish(parameters: EvaluationParameters): Promise<void> {
    const plan = await this.#plan(parameters);
    const { count, parts } = await mergeParts(this.store.parts(parameters.id));
    if (count !== partsOf(plan).length) {
      throw new EvaluationEndedError('a part of the evaluation is missing');
    }
    const finished = this.#now().toISOString();
    await this.store.finish(parameters.id, finished, outcomeOf(plan, parts));
  }

  async fail({ id, instance }: EvaluationParameters, reason: string): Promise<void> {
    if ((await this.store.instance(id)) !== instance) return;
    await this.store.fail(id, this.#now().toISOString(), reason);
  }

  /** The plan of the stored request, with the model files that it began with. */
  async #plan({ id, instance }: EvaluationParameters): Promise<EvaluationPlan> {
    const { models, code } = this.#options;
    const claim = await this.store.claim(id, instance);
    if (!claim) throw new EvaluationEndedError('the evaluation was deleted or has ended');
    const { request, digests } = claim;
    const selected = await Promise.all(
      request.models.map(async (reference) => {
        const pinned = `${parseModelReference(reference).id}@${digests[reference] ?? ''}`;
        return { reference, card: await models.card(pinned) };
      }),
    );
    const plan = planEvaluation(selected, request);
    if ((await evaluationId(plan, code)) === id) return plan;
    throw new EvaluationEndedError(
      'the code of the deployment has changed: send the request again',
    );
  }
}

/** A hash of everything that the result depends on. */
async function evaluationId(plan: EvaluationPlan, code: string): Promise<string> {
  const inputs = new TextEncoder().encode(JSON.stringify({ code, ...evaluationInputs(plan) }));
  return (await sha256Of(inputs)).slice(0, 32);
}

/** @throws ServiceError where the deployment has no database or no workflow engine */
export function requireEvaluations(evaluations: Evaluations | undefined): Evaluations {
  if (evaluations) return evaluations;
  const detail = 'this deployment has no evaluations: they need a database and a workflow';
  throw new ServiceError('not-configured', detail);
}
