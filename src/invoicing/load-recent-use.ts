import { allowanceModes } from '../../projections/deployments/llm-mode-queries.ts';
import { lifespansSince } from '../../projections/deployments/lifespan-queries.ts';
import { deploymentsTied } from '../../projections/inventory/metering-queries.ts';
import { completedDays } from '../../projections/usage/metering-queries.ts';
import {
  meteredApart,
  recentLlm,
  recentMetered,
  recentReported,
  type RecentScope,
} from '../../projections/usage/recent-usage-queries.ts';
import type { DaysApart } from '../../projections/usage/invoicing-queries.ts';
import type { Db } from '../database/db.ts';
import { readJournal } from '../journal/read-journal.ts';
import { addDays, dayOf, lastDay } from '../pricing/calendar.ts';
import { rangesFrom, statusAround, type ForecastCalendar } from '../pricing/forecast-days.ts';
import type { RecentUse } from '../pricing/forecast-quantities.ts';
import type { TenantInvoicingInputs } from '../pricing/invoice.ts';
import { allowanceDays } from '../pricing/llm-modes.ts';
import { meteredKinds } from '../pricing/metering.ts';
import type { LlmRun, UsageRun } from '../pricing/usage-runs.ts';
import { groupBy } from '../runtime/group-by.ts';

/**
 * What every deployment used lately, with the days that are metered: what a forecast is made from beside the
 * month's inputs. One query per kind of fact.
 * @param db the snapshot that the inputs were read in
 */
export async function loadRecentUse(
  db: Db,
  inputs: readonly TenantInvoicingInputs[],
  calendar: ForecastCalendar,
  tenantId?: string,
): Promise<(deploymentId: string) => RecentUse> {
  const fromDay = calendar.days[0] ?? calendar.period;
  const [modes, lifespans, tied] = await Promise.all([
    allowanceModes(db, { period: calendar.period, tenantId }),
    lifespansSince(db, { fromDay, tenantId }),
    deploymentsTied(db, { fromDay, kinds: meteredKinds(), tenantId }),
  ]);
  const allowance = new Map(
    modes.map(({ deployment_id, modes: held }) => [deployment_id, allowanceDays(held, calendar.period)]),
  );
  const life = new Map(lifespans.map((one) => [one.deployment_id, one]));
  const apart = rangesApart(inputs, calendar, (id) => [
    ...(allowance.get(id) ?? []).flatMap(({ from, to }) => [from, addDays(to, 1)]),
    ...(life.has(id) ? [life.get(id)?.created_on ?? fromDay] : []),
  ]);
  const [used, isMetered] = await Promise.all([
    loadRuns(db, calendar, apart, tenantId),
    loadMeteredDays(db, calendar, tenantId),
  ]);
  const withResources = new Set(tied);
  return (id) => ({
    ...used(id),
    ...isMetered(id),
    allowance_days: allowance.get(id) ?? [],
    tied: withResources.has(id),
    created_on: life.get(id)?.created_on ?? null,
    at_rest: life.get(id)?.at_rest ?? false,
  });
}

/** The ranges of deployments whose days differ: in status, in LLM mode, or since they were created. */
function rangesApart(
  inputs: readonly TenantInvoicingInputs[],
  calendar: ForecastCalendar,
  startsOf: (deploymentId: string) => string[],
): DaysApart[] {
  const common = rangesFrom([], calendar).length;
  const first = calendar.days[0] ?? calendar.period;
  return inputs
    .flatMap(({ deployments }) => deployments)
    .flatMap(({ deployment_id, facts }) => {
      // Where all facts are from before these days, each month has one status.
      const isSteady = facts.every(({ day }) => day <= first);
      const starts = isSteady ? [] : statusAround(facts, calendar).map(({ from }) => from);
      const ranges = rangesFrom([...starts, ...startsOf(deployment_id)], calendar);
      return ranges.length === common ? [] : ranges.map((range) => ({ deployment_id, ...range }));
    });
}

const ofDeployment = ({ deployment_id }: { deployment_id: string }): string => deployment_id;

async function loadRuns(
  db: Db,
  calendar: ForecastCalendar,
  apart: readonly DaysApart[],
  tenantId: string | undefined,
): Promise<(deploymentId: string) => Pick<RecentUse, 'usage' | 'llm'>> {
  const { days, today, recent_from, period } = calendar;
  const end = lastDay(period);
  const scope = (from: string, to: string): RecentScope => ({
    span: { from, to },
    ranges: rangesFrom([], calendar),
    apart,
    tenantId,
  });
  const [metered, reported, llm] = await Promise.all([
    recentMetered(db, scope(recent_from, addDays(today, -1))),
    recentReported(db, scope(recent_from, end)),
    recentLlm(db, scope(days[0] ?? period, end)),
  ]);
  const usage = groupBy<UsageRun & { deployment_id: string }>([...metered, ...reported], ofDeployment);
  const reports = groupBy<LlmRun & { deployment_id: string }>(llm, ofDeployment);
  return (id) => ({ usage: usage.get(id) ?? [], llm: reports.get(id) ?? [] });
}

/**
 * Which of the ended days are metered, and which will be: the schedule begins with the ledger's first day.
 */
async function loadMeteredDays(
  db: Db,
  { days, today }: ForecastCalendar,
  tenantId: string | undefined,
): Promise<(deploymentId: string) => Pick<RecentUse, 'isMetered' | 'awaitsMetering'>> {
  const ended = days.filter((day) => day < today);
  const [first] = await readJournal(db, 0, 1);
  const complete = new Set(await completedDays(db, ended));
  const others = ended.filter((day) => !complete.has(day));
  const apart = new Set(
    (await meteredApart(db, others, tenantId)).map(({ deployment_id, day }) => `${day} ${deployment_id}`),
  );
  const began = first === undefined ? today : dayOf(first.metadata.recorded_at);
  return (id) => ({
    isMetered: (day) => complete.has(day) || apart.has(`${day} ${id}`),
    awaitsMetering: (day) => day >= began,
  });
}
