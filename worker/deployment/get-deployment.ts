import { deploymentSchema } from '../../contract/deployment.ts';
import { CODE_VERSION } from '../code-version.ts';
import { json } from '../http/openapi-responses.ts';
import { READ } from '../http/route-policy.ts';
import { defineRoute } from '../http/route.ts';

export const getDeployment = defineRoute({
  contract: {
    method: 'get',
    path: '/v1/deployment',
    operationId: 'getDeployment',
    tags: ['Deployment'],
    summary: 'Get what this deployment has switched on',
    description:
      'Whether bindings and secrets are there, not whether they work; `bindscope doctor` tries them.',
    responses: { 200: json('The code and the features.', deploymentSchema) },
  },
  policy: READ,
  handler:
    ({ features, writeTokens }) =>
    async (c) => {
      const writes = (await writeTokens()).tokens.length > 0;
      return c.json({ code: CODE_VERSION, features: { ...features, writes } }, 200);
    },
});
