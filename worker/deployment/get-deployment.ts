import { deploymentSchema } from '../../contract/deployment.ts';
import { SINGLE_TOKEN } from '../../services/write-tokens.ts';
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
    ({ features, writeTokens, signatures, webhooks }) =>
    async (c) => {
      const { tokens, fault } = await writeTokens();
      const named = tokens.filter(({ name }) => name !== SINGLE_TOKEN).length;
      const policy = await signatures();
      const { keys, fault: webhookFault } = await webhooks();
      const configured = {
        writes: tokens.length > 0,
        writeTokens: { single: tokens.length > named, named, valid: fault === null },
        notices: { on: features.watches && keys !== undefined, valid: webhookFault === null },
        signatures: {
          keys: policy.keys.size,
          required: policy.required,
          valid: policy.fault === null,
        },
      };
      return c.json({ code: CODE_VERSION, features: { ...features, ...configured } }, 200);
    },
});
