import { expect, it } from 'vitest';
import { describeLogLine } from '../../harness/request-line.ts';

const request = {
  ...{ level: 'info', message: 'request', id: 'x', method: 'GET', route: '/v1/models/:id' },
  ...{ path: '/v1/models/a', status: 404, problem: 'unknown-model', milliseconds: 1.5, cold: true },
};

it.each([
  [JSON.stringify(request), 'GET /v1/models/a 404 1.5 ms (unknown-model)'],
  [JSON.stringify({ ...request, status: 200, problem: null }), 'GET /v1/models/a 200 1.5 ms'],
  [
    JSON.stringify({ message: 'failure', name: 'Error', detail: 'no', cause: 'why', stack: 'at' }),
    'Error: no (why)',
  ],
  [JSON.stringify({ message: 'failure', name: 'Error', detail: 'no', cause: 7 }), 'Error: no'],
  ['workerd says something', 'workerd says something'],
  ['{"message":"other"}', '{"message":"other"}'],
])('%s becomes %s', (line, shown) => {
  expect(describeLogLine(line)).toBe(shown);
});
