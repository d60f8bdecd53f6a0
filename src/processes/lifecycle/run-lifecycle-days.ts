import { firstLifecycleDay, lastLifecycleDay } from '../../../projections/deployments/lifecycle-queries.ts';
import type { Db } from '../../database/db.ts';
import { refuseField, Refused } from '../../ledger/refusal.ts';
import { addDays, dayOf, daysFrom } from '../../pricing/calendar.ts';
import { commands } from '../commands.ts';
import type { ProcessDeps, ProcessRun } from '../process.ts';
import { watermarkBegins } from '../watermark.ts';
import { takenAt } from './decide-lifecycle.ts';
import { lifecycleFacts } from './load-facts.ts';
import { addSteps, noSteps, takeSteps, type StepsTaken } from './take-steps.ts';

/** What a run of the automatic lifecycle did, over the days that it took, oldest first. */
export interface LifecycleRun extends StepsTaken {
  days: string[];
}

/** Days that are due: those since the last one that is done, up to a day; at first that day alone. */
async function dueLifecycleDays(db: Db, until: string): Promise<string[]> {
  const last = await lastLifecycleDay(db);
  return last === null ? [until] : daysFrom(addDays(last, 1), until);
}

/** Those of the due days that the schedule takes by now: today is left out until its time has come. */
export async function scheduledLifecycleDays(db: Db, now: string): Promise<string[]> {
  return (await dueLifecycleDays(db, dayOf(now))).filter((day) => hasCome(day, now));
}

/** Whether the time at which the schedule takes a day has come. */
const hasCome = (day: string, now: string): boolean => Date.parse(`${day}T${takenAt}`) <= Date.parse(now);

/**
 * Takes a day of the automatic lifecycle (spec 19), and before it every earlier day that is due: each as if
 * it had been taken in the morning of that day, but for debts that are paid by now. The mark of a day comes
 * after its steps; a run that died is repeated without harm. A day that is done already may have steps that
 * became due since, and gets no second mark. Nor does today before the schedule's time: trials may end until
 * then.
 * @param day default: today
 * @throws {Refused} `invalid-input` for a day to come, or before the first event of the ledger
 */
export async function runLifecycleDays(
  deps: ProcessDeps,
  day: string | undefined,
  run: Pick<ProcessRun, 'runId' | 'meta' | 'progress'>,
): Promise<LifecycleRun> {
  const { ledger } = deps;
  const today = dayOf(ledger.now());
  const until = day ?? today;
  if (until > today) throw new Refused(refuseField('day', `lies in the future: it is ${today}`));
  const { begins, due } = await ledger.readLatest(async (db) => ({
    begins: (await watermarkBegins(db)) ?? today,
    due: await dueLifecycleDays(db, until),
  }));
  if (until < begins)
    throw new Refused(refuseField('day', `lies before the first day of the ledger, ${begins}`));
  const days = due.length === 0 ? [until] : due;
  let taken = noSteps;
  for (const one of days) taken = addSteps(taken, await takeDay(deps, one, run));
  return { days, ...taken };
}

async function takeDay(
  deps: ProcessDeps,
  day: string,
  { runId, meta, progress }: Pick<ProcessRun, 'runId' | 'meta' | 'progress'>,
): Promise<StepsTaken> {
  const { ledger } = deps;
  const now = ledger.now();
  const today = dayOf(now);
  const trialsEndedBy = day === today ? now : `${day}T${takenAt}`;
  const { tenants, first } = await ledger.readLatest(async (db) => ({
    tenants: await lifecycleFacts(db, { today, trialsEndedBy }),
    first: await firstLifecycleDay(db),
  }));
  const taken = await takeSteps(deps, tenants, {
    ...{ day, now, correlationId: runId },
    onProgress: (done, total) => {
      progress(done, total, 'tenants');
    },
  });
  // No day before the first one was missed: without a mark, the days after it are not due.
  if ((first === null || day >= first) && hasCome(day, now)) {
    const transitions = taken.trial_ended + taken.dunned + taken.recovered;
    await ledger.execute(commands.completeLifecycleDay, { day, transitions }, meta());
  }
  return taken;
}
