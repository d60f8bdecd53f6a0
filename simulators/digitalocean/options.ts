import type { SimulatedLimits } from './rate-limit.ts';

/** How an action ends. */
export type ActionOutcome = 'completed' | 'errored';

/** The provider's behaviour where its documentation is open. All may be changed while the simulator runs. */
export interface Options {
  /** per_page above 200: served as 200, or refused with a 422. */
  overMaxPerPage: 'clamp' | 'reject';
  /** The links of a list's last (or only) page where the usual form would be `{}` or have no `next`. */
  lastPageLinks: 'standard' | 'missing' | 'pages_empty' | 'pages_null' | 'next_empty';
  /** The links of a single page of projects or project resources. */
  projectLinks: 'first_and_last' | 'first_and_last_bare' | 'empty';
  /** Base of the URLs in links; null is the simulator's own URL. */
  linkBase: string | null;
  /** Puts the query of link URLs in a seeded random order. */
  shuffleLinkQuery: boolean;
  /** Billing history: pages as asked, or always the whole list in one. */
  billingHistoryPaging: 'honoured' | 'ignored';
  /** Leaves `meta.total` out of the billing history, the one place where it is optional. */
  billingHistoryTotal: boolean;
  /** Gives each zone_file a new SOA serial on every answer. */
  zoneSerialMoves: boolean;
  /** Virtual milliseconds that each request takes; with 0 only tests move time. */
  requestMs: number;
  /** Virtual milliseconds for which a removed resource's URN stays in its project as `not_found`. */
  urnLingersMs: number;
  /** Virtual milliseconds from an action's start to its end. */
  actionMs: number;
  /** How the next actions end: all alike, or by their type (`completed` for one that is not named). */
  actionOutcome: ActionOutcome | Readonly<Record<string, ActionOutcome>>;
  /** Virtual milliseconds until a droplet's list of actions shows a new one. */
  actionListedMs: number;
  /** Virtual milliseconds for which a new action answers 404 when polled. */
  actionHiddenMs: number;
  limits: SimulatedLimits;
}

export const defaultOptions = (): Options => ({
  overMaxPerPage: 'clamp',
  lastPageLinks: 'standard',
  projectLinks: 'first_and_last',
  linkBase: null,
  shuffleLinkQuery: false,
  billingHistoryPaging: 'honoured',
  billingHistoryTotal: true,
  zoneSerialMoves: false,
  requestMs: 0,
  urnLingersMs: 3_600_000,
  actionMs: 30_000,
  actionOutcome: 'completed',
  actionHiddenMs: 0,
  actionListedMs: 0,
  limits: { perMinute: 250, perHour: 5000 },
});
