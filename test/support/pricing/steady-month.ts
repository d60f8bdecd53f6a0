/** A deployment that uses the same every day: its inputs as a day sees them, and those of its whole month. */
import { forecastCalendar, type ForecastCalendar } from '../../../src/pricing/forecast-days.ts';
import type { RecentUse } from '../../../src/pricing/forecast-quantities.ts';
import { addDays, lastDay } from '../../../src/pricing/calendar.ts';
import type { DeploymentInvoicingInputs, TenantInvoicingInputs } from '../../../src/pricing/invoice.ts';
import { accrueDay, meteredBillingKinds } from '../../../src/pricing/metering.ts';
import { multiplyDecimals } from '../../../src/pricing/money.ts';
import { runsOfPeriod, statusRunsOf, type DayRange } from '../../../src/pricing/segments.ts';
import type { SubscriptionFact } from '../../../src/pricing/subscription-terms.ts';
import type { ResourcePrice } from '../../../src/pricing/types.ts';
import type { LlmRun, UsageRun } from '../../../src/pricing/usage-runs.ts';

/** What is used on each day. */
export interface Steady {
  facts: readonly SubscriptionFact[];
  /** A day's quantity by billing kind; of `accrued` kinds the month's. */
  usage: Readonly<Record<string, string>>;
  accrued?: Readonly<Record<string, string>>;
  tokens?: string;
  charge_cents?: string;
  allowance_days?: readonly DayRange[];
  /** The share of a day's reported usage that today has. */
  share?: string;
  /** The first day of the month before today that is not metered. */
  unmetered_from?: string;
  /** What differs from a deployment without anything special. */
  recent?: Partial<RecentUse>;
}

const isIn = (day: string, ranges: readonly DayRange[]) =>
  ranges.some(({ from, to }) => from <= day && day <= to);

interface Seen {
  calendar: ForecastCalendar;
  inputs: DeploymentInvoicingInputs;
  recent: RecentUse;
}

/** What is known of a steady deployment on a day. */
export function seenOn(today: string, steady: Steady): Seen {
  const calendar = forecastCalendar(today);
  const unmeteredFrom = steady.unmetered_from ?? today;
  const usage: UsageRun[] = [];
  const llm: LlmRun[] = [];
  for (const day of calendar.days.filter((one) => one <= today)) {
    const share = day === today ? (steady.share ?? '0') : '1';
    usage.push(...usageOn(day, share, unmeteredFrom, steady));
    llm.push(llmOn(day, share, steady));
  }
  return {
    calendar,
    inputs: inputsFrom(calendar.period, steady, usage, llm),
    recent: {
      usage: usage.filter(({ from }) => from >= calendar.recent_from),
      llm,
      allowance_days: steady.allowance_days ?? [],
      tied: false,
      created_on: null,
      at_rest: false,
      isMetered: (day) => day < unmeteredFrom,
      awaitsMetering: () => true,
      ...steady.recent,
    },
  };
}

/** The inputs of a steady deployment at the end of its month. */
export function wholeMonth(period: string, steady: Steady): DeploymentInvoicingInputs {
  const days = forecastCalendar(lastDay(period)).days.filter((day) => day >= period);
  const usage = days.flatMap((day) => usageOn(day, '1', addDays(lastDay(period), 1), steady));
  return inputsFrom(
    period,
    steady,
    usage,
    days.map((day) => llmOn(day, '1', steady)),
  );
}

function usageOn(day: string, share: string, unmeteredFrom: string, steady: Steady): UsageRun[] {
  const metered = new Set(meteredBillingKinds());
  const daily = Object.entries(steady.usage).map(([kind, qty]) => [kind, qty] as const);
  const accrued = Object.entries(steady.accrued ?? {}).map(
    ([kind, qty]) => [kind, accrueDay(qty, day)] as const,
  );
  return [...daily, ...accrued].flatMap(([resource_kind, qty]) => {
    if (metered.has(resource_kind))
      return day < unmeteredFrom ? [{ resource_kind, qty, from: day, to: day }] : [];
    return [{ resource_kind, qty: multiplyDecimals(qty, share), from: day, to: day }];
  });
}

function llmOn(day: string, share: string, { tokens = '0', charge_cents = '0' }: Steady): LlmRun {
  return {
    from: day,
    to: day,
    tokens: multiplyDecimals(tokens, share),
    charge_cents: multiplyDecimals(charge_cents, share),
  };
}

function inputsFrom(
  period: string,
  { facts, allowance_days = [] }: Steady,
  usage: readonly UsageRun[],
  llm: readonly LlmRun[],
): DeploymentInvoicingInputs {
  const inMonth = ({ from }: DayRange): boolean => from >= period;
  const ofStatus = statusRunsOf(runsOfPeriod(facts, period));
  const charged = llm.filter(({ from }) => !isIn(from, allowance_days)).filter(inMonth);
  return {
    deployment_id: 'd1',
    facts,
    usage: usage.filter(inMonth).filter(({ from }) => isIn(from, ofStatus)),
    llm_charges: charged.map(({ charge_cents }) => charge_cents),
    llm_allowance: llm.filter(({ from }) => isIn(from, allowance_days)).filter(inMonth),
    charges: [],
    unmetered: [],
  };
}

/** A tenant with one deployment. */
export function tenantOf(
  period: string,
  deployment: DeploymentInvoicingInputs,
  resource_prices: readonly ResourcePrice[] = [],
): TenantInvoicingInputs {
  return {
    tenant_id: 't1',
    period,
    currency: 'AUD',
    tax: { name: 'GST', rate: '0.10' },
    resource_prices,
    deployments: [deployment],
  };
}
