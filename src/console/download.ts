import type { Route } from '../http/route.ts';
import type { PageAccess } from './page.ts';

/**
 * A file under the console's session: an answer of a route of the API, as it is. Parameters of path and query
 * are the route's own.
 */
export interface ConsoleDownload {
  /** Express form, with the `:names` of the route. */
  path: string;
  access: PageAccess;
  route: Route;
  /** Parameters of the query that the link need not have, such as `format`. */
  query?: Readonly<Record<string, string>>;
}
