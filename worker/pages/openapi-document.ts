import { documentOf } from '../http/openapi-description.ts';
import { READ } from '../http/route-policy.ts';
import type { Route } from '../http/route.ts';

/** `/openapi.json`: describes the routes of the app that it is part of. */
export const openapiDocument: Route = {
  method: 'GET',
  path: '/openapi.json',
  policy: READ,
  register: (app) => {
    let document: string | undefined;
    app.get('/openapi.json', (c) => {
      // Generated once per isolate: it takes longer than most responses.
      document ??= JSON.stringify(documentOf(app));
      return c.body(document, 200, { 'content-type': 'application/json' });
    });
  },
};
