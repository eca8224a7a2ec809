import { parseArgs } from 'node:util';
import { serveExample } from '../harness/example-server.ts';

/** `npm run example`: the site of `examples/site`, beside `npm start`. */

const { values } = parseArgs({
  options: {
    bindscope: { type: 'string', default: 'http://localhost:8787' },
    port: { type: 'string', default: '8788' },
  },
});
const { url } = await serveExample({
  bindscope: new URL(values.bindscope).origin,
  port: Number(values.port),
});
console.log(
  `the example answers at ${url.href}, with figures of ${values.bindscope} (Ctrl-C ends it)`,
);
