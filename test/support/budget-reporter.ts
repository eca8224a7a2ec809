import type { Reporter, TestModule } from 'vitest/node';

/**
 * Prints what each tier took beside its budget. It fails nothing: budgets are of a quiet machine with
 * two cores, and a test must not depend on how busy a machine is.
 *
 * @param budgets seconds by name of the tier
 */
export class BudgetReporter implements Reporter {
  readonly #spans = new Map<string, { start: number; end: number }>();

  constructor(private readonly budgets: Readonly<Record<string, number>>) {}

  onTestModuleQueued({ project }: TestModule): void {
    const now = performance.now();
    if (!this.#spans.has(project.name)) this.#spans.set(project.name, { start: now, end: now });
  }

  onTestModuleEnd({ project }: TestModule): void {
    const span = this.#spans.get(project.name);
    if (span) span.end = performance.now();
  }

  onTestRunEnd(): void {
    for (const [tier, { start, end }] of this.#spans) {
      const seconds = Math.ceil((end - start) / 1000);
      const budget = this.budgets[tier];
      if (budget === undefined) continue;
      const over = seconds > budget ? ', over its budget' : '';
      console.log(`tier ${tier}: ${seconds} s of ${budget} s${over}`);
    }
    this.#spans.clear();
  }
}
