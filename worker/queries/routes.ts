import { getQueryPng, getQuerySvg } from './get-query-picture.ts';
import { getQuery } from './get-query.ts';
import { listQueries, listQueryLines } from './list-queries.ts';

// The patterns of the pictures come first, because the path of a query matches their addresses, too.
export const QUERY_ROUTES = [listQueries, listQueryLines, getQuerySvg, getQueryPng, getQuery];
