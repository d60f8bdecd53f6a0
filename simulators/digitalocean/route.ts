import type { Account } from './types.ts';
import type { Actions } from './actions.ts';
import type { SimulatedAnswer } from './answer.ts';
import type { ApiJson } from './json.ts';
import type { ListRequest } from './paging.ts';
import type { Scopes } from './scopes.ts';
import type { VirtualClock } from './clock.ts';
import type { Visibility } from './visibility.ts';

/** The input of a route. */
export interface RouteContext extends ListRequest {
  account: Account;
  actions: Actions;
  clock: VirtualClock;
  scopes: Scopes;
  visibility: Visibility;
  /** The parsed body of a POST; undefined where there was none or it was no JSON. */
  body: ApiJson | undefined;
}

export interface SimulatedRoute {
  method: 'GET' | 'POST';
  /** Path with `:name` for a segment. */
  path: string;
  /** Scope without which the route answers 403. */
  scope: string;
  handle(context: RouteContext, params: Record<string, string>): SimulatedAnswer;
}

export interface CompiledRoute {
  route: SimulatedRoute;
  pattern: RegExp;
}

export const compileRoutes = (routes: readonly SimulatedRoute[]): CompiledRoute[] =>
  routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
  }));

/** The routes of a path, with the parameters of the first that also has the method. */
export const findRoute = (
  compiled: readonly CompiledRoute[],
  method: string,
  path: string,
): { route: SimulatedRoute; params: Record<string, string> } | 'other-method' | null => {
  const onPath = compiled.filter(({ pattern }) => pattern.test(path));
  const match = onPath.find(({ route }) => route.method === method);
  if (match === undefined) return onPath.length > 0 ? 'other-method' : null;
  const groups = Object.entries(match.pattern.exec(path)?.groups ?? {});
  return {
    route: match.route,
    params: Object.fromEntries(groups.map(([name, value]) => [name, decodeURIComponent(value)])),
  };
};
