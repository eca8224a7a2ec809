import build from '../harness/build.ts';
import { startWorker, WITH_HISTORY, WITH_REGISTRY } from '../harness/worker.ts';

/** Prints `/openapi.json` as a deployment with everything switched on serves it. */

await build();
const worker = await startWorker(undefined, { ...WITH_REGISTRY, ...WITH_HISTORY });
process.stdout.write(await (await worker.fetch('/openapi.json')).text());
await worker.stop();
