/** The recurring lines of a deployment's month: what was in force on which of its days. */
import { addDays, daysInMonth, lastDay } from './calendar.ts';
import type {
  AddonInputs,
  ChangeInMonth,
  DaysInForce,
  LineWithInputs,
  PlanBaseInputs,
} from './line-inputs.ts';
import type { Share } from './proration.ts';
import { addonLine, planBaseLine, recurringPart, settleRecurring } from './recurring-lines.ts';
import type { Segment } from './segments.ts';
import type { AddonInForce, SubscriptionFact, TermsInForce } from './subscription-terms.ts';

/**
 * Neighbouring days that are charged on one recurring line: its terms as they were first in force, and the
 * days.
 */
interface RecurringRun<T> {
  readonly subject: T;
  readonly segments: Segment[];
}

/**
 * A base line per run of days under one plan version, then a line per run of days of an addon attachment.
 * @param segments the month's days in force
 */
export function monthRecurringLines(
  segments: readonly Segment[],
  facts: readonly SubscriptionFact[],
  period: string,
): LineWithInputs[] {
  if (segments.length === 0) return [];
  const month = { days_in_month: daysInMonth(period), changes: changesWithin(facts, period) };
  const bases = baseRuns(segments).map((run) => planBaseInputs(run, month));
  const addons = addonRuns(segments).map((run) => addonInputs(run, month));
  settleRecurring(
    bases.map(({ part }) => part),
    addons.map(({ part }) => part),
  );
  return [...bases, ...addons].map((inputs) => ({ line: inputs.part.line, inputs }));
}

interface Month {
  readonly days_in_month: number;
  readonly changes: readonly ChangeInMonth[];
}

function planBaseInputs(run: RecurringRun<TermsInForce>, { days_in_month, changes }: Month): PlanBaseInputs {
  const { plan, plan_event_id: event_id } = run.subject;
  return {
    kind: 'plan_base',
    plan,
    event_id,
    in_force: daysInForce(run.segments, ({ terms }) => terms.plan_event_id),
    changes,
    part: recurringPart(
      planBaseLine(plan),
      shareOf(run, days_in_month),
      event_id === null ? {} : { event_id },
    ),
  };
}

function addonInputs(run: RecurringRun<AddonInForce>, { days_in_month, changes }: Month): AddonInputs {
  const { addon, attachment_id, event_id } = run.subject;
  return {
    kind: 'addon',
    attachment: run.subject,
    in_force: daysInForce(run.segments, () => event_id),
    changes,
    part: recurringPart(
      addonLine(addon),
      shareOf(run, days_in_month),
      event_id === null ? { attachment_id } : { attachment_id, event_id },
    ),
  };
}

/**
 * The days of a month by plan version: neighbouring days of one version are one run, whichever subscription
 * they are of.
 */
function baseRuns(segments: readonly Segment[]): RecurringRun<TermsInForce>[] {
  return runsBy(segments, ({ terms }) => [
    [JSON.stringify([terms.plan.plan_code, terms.plan.plan_version, terms.plan.base_price_cents]), terms],
  ]);
}

/** The days of a month by addon attachment, in the order in which they begin. */
function addonRuns(segments: readonly Segment[]): RecurringRun<AddonInForce>[] {
  return runsBy(segments, ({ terms }) =>
    terms.addons.map((attached) => [JSON.stringify([terms.subscription, attached.attachment_id]), attached]),
  );
}

function runsBy<T>(
  segments: readonly Segment[],
  subjectsOf: (segment: Segment) => [key: string, subject: T][],
): RecurringRun<T>[] {
  const runs: RecurringRun<T>[] = [];
  const open = new Map<string, RecurringRun<T>>();
  for (const segment of segments) {
    for (const [key, subject] of subjectsOf(segment)) {
      const known = open.get(key);
      const last = known?.segments.at(-1);
      if (known !== undefined && last !== undefined && addDays(last.to, 1) === segment.from)
        known.segments.push(segment);
      else {
        const run = { subject, segments: [segment] };
        open.set(key, run);
        runs.push(run);
      }
    }
  }
  return runs;
}

function shareOf({ segments }: RecurringRun<unknown>, days_in_month: number): Share {
  const days = segments.reduce((sum, segment) => sum + segment.days, 0);
  return { days, days_in_month, from: segments[0]?.from ?? '', to: segments.at(-1)?.to ?? '' };
}

/** Neighbouring days that one event set are one run. */
function daysInForce(
  segments: readonly Segment[],
  setBy: (segment: Segment) => string | null,
): DaysInForce[] {
  const runs: { from: string; to: string; days: number; event_id: string | null }[] = [];
  for (const segment of segments) {
    const { from, to, days } = segment;
    const event_id = setBy(segment);
    const last = runs.at(-1);
    if (last !== undefined && last.event_id === event_id && addDays(last.to, 1) === from) {
      last.to = to;
      last.days += days;
    } else runs.push({ from, to, days, event_id });
  }
  return runs;
}

/** What changed within a month, in the order of effect. */
function changesWithin(facts: readonly SubscriptionFact[], period: string): ChangeInMonth[] {
  const end = lastDay(period);
  const within = facts.filter(({ day }) => day >= period && day <= end);
  return within
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.position - b.position))
    .map(({ day, type, event_id }) => ({ day, type, event_id: event_id ?? null }));
}
