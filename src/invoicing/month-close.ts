/** How far a month is on its way to its invoices: who decided to issue it, and what stands in the way. */
import { rolledUpMonthStream } from '../../commands/invoicing/rolled-up-month.ts';
import { completedMonths } from '../../projections/invoicing/rollup-queries.ts';
import type { Db } from '../database/db.ts';
import type { EventMetadata } from '../events/define.ts';
import type { RollupEvent } from '../events/invoicing.ts';
import { readRecorded } from '../journal/read-journal.ts';
import { lastDay } from '../pricing/calendar.ts';
import { closeList } from './close-list.ts';
import type { CloseItem, CloseScope } from './close/close-item.ts';

type MonthClosed = Extract<RollupEvent, { type: 'MonthClosed' }>['data'];

/** The decision to issue a month. */
export interface CloseDecision extends Omit<MonthClosed, 'period'> {
  /** ISO instant. */
  at: string;
  /** Who decided: the subject of a token, or `job:invoices.rollup`. */
  by: string;
}

/** A month's events, as its stream or the journal has them. */
export type MonthEvent = { type: string; data: unknown; metadata: EventMetadata };

/** The decision among the events of a month's stream; null: there is none yet. */
export function decisionAmong(events: readonly MonthEvent[]): CloseDecision | null {
  const event = events.find(({ type }) => type === 'MonthClosed');
  if (event === undefined) return null;
  const { forced, reason, blocked_by } = event.data as MonthClosed;
  const { recorded_at: at, actor } = event.metadata;
  return { at, forced, reason, blocked_by, by: actor.sub };
}

/** What is known of a month's issue. */
export interface MonthProgress {
  /** A rollup over all tenants has completed the month. */
  isRolledUp: boolean;
  decision: CloseDecision | null;
}

/** @param db one snapshot */
export async function monthProgress(db: Db, period: string): Promise<MonthProgress> {
  const [completed, events] = await Promise.all([
    completedMonths(db, [period]),
    readRecorded(db, rolledUpMonthStream(period)),
  ]);
  return { isRolledUp: completed.length > 0, decision: decisionAmong(events) };
}

/**
 * `open`: the month has not ended; `blocked`, `ready`: it has, and something or nothing stands in the way;
 * `closed`: it is decided that it is issued, or it was rolled up without a decision.
 */
export const monthStatuses = ['open', 'blocked', 'ready', 'closed'] as const;
export type MonthStatus = (typeof monthStatuses)[number];

/** A month with its close list. */
export interface MonthClose {
  /** First day of the month. */
  period: string;
  status: MonthStatus;
  /** Its invoices are issued. */
  rolled_up: boolean;
  closed: CloseDecision | null;
  items: CloseItem[];
}

/** @param db one snapshot */
export async function monthClose(db: Db, scope: CloseScope): Promise<MonthClose> {
  const { period } = scope;
  const progress = await monthProgress(db, period);
  const items = await closeList(db, scope);
  return {
    period,
    status: statusOf(progress, items, scope),
    rolled_up: progress.isRolledUp,
    closed: progress.decision,
    items,
  };
}

function statusOf(
  { isRolledUp, decision }: MonthProgress,
  items: readonly CloseItem[],
  { period, today }: Pick<CloseScope, 'period' | 'today'>,
): MonthStatus {
  if (isRolledUp || decision !== null) return 'closed';
  if (today <= lastDay(period)) return 'open';
  return blockingOf(items).length > 0 ? 'blocked' : 'ready';
}

/** The items that stand in the way. */
export const blockingOf = (items: readonly CloseItem[]): CloseItem[] =>
  items.filter(({ status }) => status === 'blocks');
