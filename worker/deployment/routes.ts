import { getDeployment } from './get-deployment.ts';

export const DEPLOYMENT_ROUTES = [getDeployment];
