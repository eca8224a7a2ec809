import { openLanguageModel } from '../measurement/language/language-model.ts';

/**
 * `npx tsx bench/interchange.ts <folder> [tokens]`: time and memory of an interchange on one core, whatever the model
 * answers. A pair needs three prompts (original, counterfactual, unrelated) and three patches at every layer.
 */
const [folder = '', tokens = '200'] = process.argv.slice(2);
const model = await openLanguageModel(folder, { memory: 2 ** 30, threads: 1 });
const { runner, facts } = model;
const prompt = (seed: number) => ({
  tokens: Array.from(
    { length: Number(tokens) },
    (_, at) => (at * 37 + seed) % facts.network.vocabulary,
  ),
});
/** Processor time, which a busy machine changes little. */
const seconds = async (work: () => Promise<unknown>) => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};
let next = 100;
const clean = () => runner.run(prompt((next += 1)), [undefined], ({ logits }) => logits[0]);
await clean();
const runs = 3;
const prompts =
  (await seconds(async () => {
    for (let run = 0; run < runs; run++) await clean();
  })) / runs;
const vector = new Float32Array(facts.network.width).fill(0.1);
const patches = Array.from({ length: 3 * (runner.layers + 1) }, (_, at) => {
  return { layer: Math.floor(at / 3), vector };
});
const known = prompt(1);
await runner.run(known, [undefined], ({ logits }) => logits[0]);
const patched = await seconds(() => runner.run(known, patches, ({ logits }) => logits[0]));
const figures = {
  model: facts.name,
  megabytes: Math.round(facts.bytes / 1e6),
  layers: runner.layers,
  secondsOfPrompt: prompts,
  secondsOfPatches: patched,
  secondsOfPair: 3 * prompts + patched,
  residentMegabytes: Math.round(process.memoryUsage.rss() / 1e6),
};
console.log(JSON.stringify(figures, null, 2));
await model.release();
