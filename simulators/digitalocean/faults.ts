// The fault script: which requests go wrong, and how. Rules are tried in the order of their injection; the
// first that applies decides. respond.ts puts an effect on the wire.
import type { ApiObject } from './json.ts';

/** The effect of a fault. */
export type FaultEffect =
  /** A JSON error, with the provider's usual body for the status unless one is given. */
  | { kind: 'status'; status: number; body?: ApiObject; headers?: Record<string, string> }
  /** The proxy's HTML page in place of the API's JSON; status 504 unless given. */
  | { kind: 'cloudflare_html'; status?: number }
  /** A status with no body at all. */
  | { kind: 'empty_body'; status: number }
  /** The connection is reset before the request takes effect, or after it (a lost answer). */
  | { kind: 'reset'; when?: 'before' | 'after' }
  /** No answer until `ms` of wall time have passed (default: until close), then the connection is dropped. */
  | { kind: 'stall_before_headers'; ms?: number }
  /** Headers and half of the body, then silence as above. */
  | { kind: 'stall_mid_body'; ms?: number }
  /** 200 with the first half of the JSON, its content-length matching that half. */
  | { kind: 'truncated_json' }
  /**
   * The body cut in the middle of its last row. With content-length of the whole body the connection breaks
   * off; without one the answer ends cleanly, and only its text shows the loss.
   */
  | { kind: 'cut_body'; contentLength: boolean }
  /**
   * The right answer after `bytes` of what its kind reads over (blanks before JSON, empty lines behind a
   * CSV's header), sent in pieces; gzip makes a thousandth of them on the wire.
   */
  | { kind: 'padded_body'; bytes: number; gzip?: boolean }
  /** The right answer's headers, then a blank every few milliseconds without end. */
  | { kind: 'endless_body' }
  /** 429. burst has retry-after (5 unless given), hourly has none, past_reset has an old ratelimit-reset. */
  | { kind: 'rate_limited'; variant: 'burst' | 'hourly' | 'past_reset'; retryAfter?: string }
  /** 200 with an empty list and total 0, also where the account holds items. */
  | { kind: 'empty_list' }
  /** Leaves fields out of every item, as a token without their scope sees them. */
  | { kind: 'drop_fields'; fields: string[] }
  /** Leaves resources of these URN types out of a project's resources, total included. */
  | { kind: 'filter_resources'; urnTypes: string[] }
  /** Any other change of a JSON answer: unknown fields, nulls for arrays, a total that moves. */
  | { kind: 'rewrite'; rewrite: (body: ApiObject) => ApiObject }
  /** The right answer; then something happens to the account, e.g. between two pages. */
  | { kind: 'then'; run: () => void };

/** Which requests a fault hits. All conditions that are given must hold. */
export interface FaultRule {
  /** Path, with `*` for one segment, e.g. '/v2/projects/*' + '/resources'; absent means every route. */
  path?: string;
  method?: string;
  /** The page asked for (1 where the request names none). */
  page?: number;
  /** Query parameters that must have these values. */
  query?: Record<string, string>;
  token?: string;
  /** Hits only the nth request (from 1) that meets the conditions above. */
  nth?: number;
  /** Hits at most this many requests. */
  times?: number;
  /** Hits with this probability, drawn from the simulator's seed. */
  probability?: number;
  /** Hits from this virtual ISO time on ... */
  from?: string;
  /** ... and before this one. */
  until?: string;
  effect: FaultEffect;
}

export interface InjectedFault {
  /** How many requests the fault has hit so far. */
  readonly hits: number;
  remove(): void;
}

export interface FaultRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  token: string | null;
  /** Virtual milliseconds. */
  at: number;
}

export interface Faults {
  inject(rule: FaultRule): InjectedFault;
  /** Removes every rule. */
  clear(): void;
  /** The effect for a request, or null. It counts the request: call it once per request. */
  pick(request: FaultRequest): FaultEffect | null;
}

interface LiveRule {
  rule: FaultRule;
  path: RegExp | null;
  matched: number;
  hits: number;
}

const pathPattern = (path: string): RegExp => {
  const segments = path
    .split('/')
    .map((segment) => (segment === '*' ? '[^/]+' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${segments.join('/')}$`);
};

const meetsConditions = ({ rule, path }: LiveRule, request: FaultRequest): boolean =>
  (path === null || path.test(request.path)) &&
  (rule.method === undefined || rule.method === request.method) &&
  (rule.page === undefined || String(rule.page) === (request.query.get('page') ?? '1')) &&
  (rule.token === undefined || rule.token === request.token) &&
  (rule.from === undefined || request.at >= Date.parse(rule.from)) &&
  (rule.until === undefined || request.at < Date.parse(rule.until)) &&
  Object.entries(rule.query ?? {}).every(([name, value]) => request.query.get(name) === value);

/** An empty fault script; `random` decides rules with a probability. */
export const createFaults = (random: () => number): Faults => {
  let live: LiveRule[] = [];

  const applies = (entry: LiveRule, request: FaultRequest): boolean => {
    if (!meetsConditions(entry, request)) return false;
    entry.matched += 1;
    const { nth, times, probability } = entry.rule;
    if (nth !== undefined && entry.matched !== nth) return false;
    if (times !== undefined && entry.hits >= times) return false;
    return probability === undefined || random() < probability;
  };

  return {
    inject: (rule) => {
      const entry: LiveRule = {
        rule,
        path: rule.path === undefined ? null : pathPattern(rule.path),
        matched: 0,
        hits: 0,
      };
      live.push(entry);
      return {
        get hits() {
          return entry.hits;
        },
        remove: () => {
          live = live.filter((other) => other !== entry);
        },
      };
    },
    clear: () => {
      live = [];
    },
    pick: (request) => {
      // Every rule sees the request, so that "nth" also counts those that an earlier rule has hit.
      const hits = live.filter((entry) => applies(entry, request));
      const [first] = hits;
      if (first === undefined) return null;
      first.hits += 1;
      return first.rule.effect;
    },
  };
};
