/** The usage records behind the quantities of invoice lines. */
import type { BilledUsage, BilledUsageScope } from '../../projections/usage/billed-usage.ts';
import {
  beforeAll,
  billedUsageRecords,
  type BilledUsageKey,
  type BilledUsageRow,
} from '../../projections/usage/billed-usage-records.ts';
import { billedUsageTotals, type UsageTotal } from '../../projections/usage/billed-usage-totals.ts';
import {
  billedUsageShares,
  type DayUsage,
  type SubjectUsage,
} from '../../projections/usage/billed-usage-days.ts';
import type { Db } from '../database/db.ts';
import { daysFrom, lastDay } from '../pricing/calendar.ts';
import { compareDecimals } from '../pricing/decimals.ts';
import { addDecimals } from '../pricing/money.ts';
import type { BilledLine } from '../pricing/types.ts';
import type { LineWithInputs } from '../pricing/line-inputs.ts';

type InvoicedLine = LineWithInputs<BilledLine>;

/** A usage record: an observation of a metered day, or a charge of the gateway. */
interface UsageEvent {
  /** The event that holds it. */
  id: string;
  position: number;
  recorded_at: string;
  day: string;
  /** In base units; a charge's in cents. Exact. */
  qty: string;
  resource_id: string | null;
  /** 0 to 23, null for a record of a whole day. */
  hour: number | null;
  gateway_request_id: string | null;
  /** Of reported usage: who reported it, under which id. */
  source: string | null;
  external_id: string | null;
}

/** The records behind a line, or the part of them that is shown. */
export interface UsageBehindLine extends UsageTotal {
  events: UsageEvent[];
  /** The key that the rest follows; null: there is no more. */
  rest: BilledUsageKey | null;
}

/** Which part of the records is shown. */
export interface UsagePage {
  /** The most records of one line. */
  limit: number;
  /** Where the page of a single line starts; null: at its first record. */
  after: BilledUsageKey | null;
}

/** The most records in one answer; further lines show count and sum, and a cursor to their records. */
export const mostUsageEvents = 5_000;

/** The usage that a line's quantity adds up; null: the line has none. */
function usageBehind({ line: { deployment_id }, inputs }: InvoicedLine): BilledUsage | null {
  if (deployment_id === null) return null;
  switch (inputs.kind) {
    case 'llm_usage':
      return { deployment_id, resource_kind: null, days: inputs.days, gateway_days: [] };
    case 'overage': {
      const { resource_kind, segments: days, gateway_days } = inputs;
      return { deployment_id, resource_kind, days, gateway_days };
    }
    case 'plan_base':
    case 'addon':
    case 'charge':
    case 'tax':
      return null;
  }
}

/** The usage behind each of the lines, by line; those without any are absent. */
export async function usageBehindLines(
  db: Db,
  scope: BilledUsageScope,
  lines: readonly InvoicedLine[],
  { limit, after }: UsagePage,
): Promise<ReadonlyMap<InvoicedLine, UsageBehindLine>> {
  const used = lines.flatMap((line) => {
    const usage = usageBehind(line);
    return usage === null ? [] : [{ line, usage }];
  });
  const usageTotalOf = await billedUsageTotals(
    db,
    scope,
    used.map(({ usage }) => usage),
  );
  let left = mostUsageEvents;
  const shown = used.map(({ line, usage }) => {
    const total = usageTotalOf(usage);
    const room = Math.min(limit, left);
    left -= Math.min(room, total.count);
    return { line, total, room, wanted: { ...usage, limit: room + 1, after: after ?? beforeAll } };
  });
  const rows = await billedUsageRecords(
    db,
    scope,
    shown.filter(({ room }) => room > 0).map(({ wanted }) => wanted),
  );
  return new Map(
    shown.map(({ line, total, room, wanted }) => [
      line,
      pageOf(rows.get(wanted) ?? [], total, room, wanted.after),
    ]),
  );
}

/** @param rows one more than there is room for, where there is more */
function pageOf(
  rows: readonly BilledUsageRow[],
  total: UsageTotal,
  room: number,
  after: BilledUsageKey,
): UsageBehindLine {
  const page = rows.slice(0, room);
  const last = page.at(-1);
  const rest =
    room === 0
      ? total.count > 0
        ? after
        : null
      : rows.length > room && last !== undefined
        ? keyOf(last)
        : null;
  return {
    ...total,
    events: page.map(({ subject: _subject, hour, ...event }) => ({
      ...event,
      hour: hour < 0 ? null : hour,
    })),
    rest,
  };
}

/** A day of the month, and what was used from its first day on. */
interface DayOfUsage extends DayUsage {
  cumulative_qty: string;
}

/** How a line's quantity came about over the month. */
export interface UsageByDay {
  /** What the month allows; null: an allowance does not apply. */
  allowance_qty: string | null;
  /** The first day with more used than that; null: none. */
  over_from: string | null;
  /** Every day of the month. */
  days: DayOfUsage[];
  /** What was metered or reported it, the largest first. */
  resources: SubjectUsage[];
  /** How many there are; the smallest are not listed where they are many. */
  resource_count: number;
}

/** The usage of one line by day against what is allowed, and by resource; null: no usage goes into it. */
export async function usageByDay(
  db: Db,
  scope: BilledUsageScope,
  line: InvoicedLine,
): Promise<UsageByDay | null> {
  const usage = usageBehind(line);
  if (usage === null) return null;
  const { days: used, subjects: resources, subject_count } = await billedUsageShares(db, scope, usage);
  const qtyOn = new Map(used.map(({ day, qty }) => [day, qty]));
  const allowance_qty = line.inputs.kind === 'overage' ? line.inputs.rated.allowance : null;
  let cumulative_qty = '0';
  let over_from: string | null = null;
  const days = daysFrom(scope.period, lastDay(scope.period)).map((day) => {
    const qty = qtyOn.get(day) ?? '0';
    cumulative_qty = addDecimals(cumulative_qty, qty);
    if (allowance_qty !== null && compareDecimals(cumulative_qty, allowance_qty) > 0) over_from ??= day;
    return { day, qty, cumulative_qty };
  });
  return { allowance_qty, over_from, days, resources, resource_count: subject_count };
}

function keyOf({ day, subject, hour }: BilledUsageRow): BilledUsageKey {
  return [day, subject, hour];
}
