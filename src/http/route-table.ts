import type { Route } from './route.ts';

/** A path of the table, with its routes by method. */
export interface RoutePath {
  /** Express form: `/api/v1/deployments/:id`. */
  readonly path: string;
  /** The route of a request's method; a HEAD is answered as a GET. */
  readonly byMethod: ReadonlyMap<string, Route>;
  /** What a 405 names, in the order of the table. */
  readonly allow: string;
}

/** What a request's path names. */
export interface RouteMatch {
  readonly at: RoutePath;
  /** Null where the path does not take the method. */
  readonly route: Route | null;
  /** The values of the path's `:names`, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. */
export interface RouteTable {
  /** Every path, in the order of the table. */
  readonly paths: readonly RoutePath[];
  /**
   * What a request's path names, as Express matches it: in any case, with or without one slash at its end.
   * Of two paths that fit, the one that takes the method counts, then the one with more fixed segments.
   * @throws {URIError} for malformed percent-encoding in a value
   */
  find(method: string, path: string): RouteMatch | null;
}

/** What follows one segment of a path. */
interface Node {
  /** By the next segment as it is, in lower case. */
  fixed: Map<string, Node>;
  /** Segments with a `:name`, those with a longer ending first. */
  named: { name: string; ending: string; next: Node }[];
  at: RoutePath | null;
}

const emptyNode = (): Node => ({ fixed: new Map<string, Node>(), named: [], at: null });

/** `:id.pdf` as the name and its ending. */
const named = /^:([a-z_]+)(.*)$/;

function nextOf(node: Node, segment: string): Node {
  const [, name, ending = ''] = named.exec(segment) ?? [];
  if (name === undefined) {
    const key = segment.toLowerCase();
    const next = node.fixed.get(key) ?? emptyNode();
    node.fixed.set(key, next);
    return next;
  }
  const known = node.named.find((other) => other.name === name && other.ending === ending);
  if (known !== undefined) return known.next;
  const next = emptyNode();
  node.named.push({ name, ending, next });
  node.named.sort((a, b) => b.ending.length - a.ending.length);
  return next;
}

/** A way through a tree of segments. */
interface Way {
  at: RoutePath;
  /** The values of the path's `:names`, not decoded, the last one first. */
  values: { name: string; value: string }[];
}

/** The way to a path that takes the method (null: to any), by fixed segments before named ones. */
function walk(node: Node, segments: readonly string[], index: number, method: string | null): Way | null {
  const segment = segments[index];
  if (segment === undefined) {
    const { at } = node;
    return at !== null && (method === null || at.byMethod.has(method)) ? { at, values: [] } : null;
  }
  const fixed = node.fixed.get(segment.toLowerCase());
  const way = fixed === undefined ? null : walk(fixed, segments, index + 1, method);
  if (way !== null) return way;
  for (const { name, ending, next } of node.named) {
    const length = segment.length - ending.length;
    if (length < 1 || segment.slice(length).toLowerCase() !== ending) continue;
    const beyond = walk(next, segments, index + 1, method);
    if (beyond === null) continue;
    beyond.values.push({ name, value: segment.slice(0, length) });
    return beyond;
  }
  return null;
}

/**
 * A table of routes. Express tries the routes of a router one by one, which over a hundred of them takes
 * longer than the rest of a simple request; here a path is followed segment by segment.
 */
export function createRouteTable(routes: readonly Route[]): RouteTable {
  const root = emptyNode();
  const paths = [...new Set(routes.map(({ path }) => path))].map((path): RoutePath => {
    const own = routes.filter((route) => route.path === path);
    const byMethod = new Map<string, Route>(own.map((route) => [route.method, route]));
    const get = byMethod.get('GET');
    if (get !== undefined) byMethod.set('HEAD', get);
    const at = { path, byMethod, allow: [...byMethod.keys()].join(', ') };
    let node = root;
    for (const segment of path.slice(1).split('/')) node = nextOf(node, segment);
    node.at = at;
    return at;
  });
  return {
    paths,
    find(method, path) {
      const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length;
      const segments = path.slice(1, end).split('/');
      const way = walk(root, segments, 0, method) ?? walk(root, segments, 0, null);
      if (way === null) return null;
      const params: Record<string, string> = {};
      for (const { name, value } of way.values) params[name] = decodeURIComponent(value);
      return { at: way.at, route: way.at.byMethod.get(method) ?? null, params };
    },
  };
}
