import { freshMeta } from '../../ledger/fresh-meta.ts';
import type { CommandMeta } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { mapBounded } from '../../runtime/map-bounded.ts';
import { commands } from '../commands.ts';
import type { ProcessDeps } from '../process.ts';
import { announceStep } from './announce-step.ts';
import { decideLifecycle, type LifecycleMoment, type LifecycleStep } from './decide-lifecycle.ts';
import type { TenantFacts } from './load-facts.ts';
import { noticeOfSteps, stepsByNotice } from './notice-of-steps.ts';

/** What came of the steps of all tenants, in deployments. */
export interface StepsTaken {
  trial_ended: number;
  dunned: number;
  recovered: number;
  /** They could not be moved: what is still due is due on the next day too. */
  refused: number;
}

export const noSteps: StepsTaken = { trial_ended: 0, dunned: 0, recovered: 0, refused: 0 };

/** The sums of both. */
export const addSteps = (a: StepsTaken, b: StepsTaken): StepsTaken => ({
  trial_ended: a.trial_ended + b.trial_ended,
  dunned: a.dunned + b.dunned,
  recovered: a.recovered + b.recovered,
  refused: a.refused + b.refused,
});

/** Why and for which moment steps are taken. */
export interface StepsRun extends LifecycleMoment {
  /** Id of the job run, or of the round of the background. */
  correlationId: string;
  onProgress?: (done: number, total: number) => void;
}

const actor = { sub: 'process:lifecycle', tenant_id: null, roles: ['automatic'] };

/** Refusals that say nothing about the deployment: the step has to be repeated. */
const passing: ReadonlySet<string> = new Set(['stale-read', 'upstream-failed', 'not-configured']);

const counters = { 'trial-end': 'trial_ended', dunning: 'dunned', recovery: 'recovered' } as const;

/**
 * Takes what is due for tenants. A deployment that a person moved in this moment stays as it is, and one that
 * refuses the step is logged; neither stops the others.
 * @throws the first failure that is no refusal of a deployment, once the other tenants' steps are taken
 */
export async function takeSteps(
  deps: ProcessDeps,
  tenants: readonly TenantFacts[],
  run: StepsRun,
): Promise<StepsTaken> {
  const due = tenants
    .map((tenant) => ({ tenant, steps: decideLifecycle(tenant, run, deps.lifecycle) }))
    .filter(({ steps }) => steps.length > 0);
  const failures: unknown[] = [];
  let done = 0;
  const taken = await mapBounded(due, async ({ tenant, steps }) => {
    const outcome = await stepsOfTenant(deps, tenant, steps, run).catch((error: unknown) => {
      deps.logger.error({ tenant_id: tenant.tenant_id, err: error }, 'steps of the lifecycle failed');
      failures.push(error);
      return noSteps;
    });
    run.onProgress?.((done += 1), due.length);
    return outcome;
  });
  if (failures.length > 0) throw failures[0];
  return taken.reduce(addSteps, noSteps);
}

/** Takes the steps of a tenant by kind and day, each time after their announcement. */
async function stepsOfTenant(
  deps: ProcessDeps,
  tenant: TenantFacts,
  steps: readonly LifecycleStep[],
  { now, correlationId }: StepsRun,
): Promise<StepsTaken> {
  const meta = (): CommandMeta => freshMeta(deps.ledger, { actor, correlationId });
  let taken = noSteps;
  for (const alike of [...stepsByNotice(steps).values()]) {
    await announceStep(deps, noticeOfSteps(tenant, alike, dayOf(now), deps.ledger.currency), meta);
    for (const step of alike) taken = addSteps(taken, await takeStep(deps, tenant.tenant_id, step, meta()));
  }
  return taken;
}

/** @throws any error but a refusal for the deployment's own state */
async function takeStep(
  { ledger, logger }: ProcessDeps,
  tenant_id: string,
  { from, cause, ...step }: LifecycleStep,
  meta: CommandMeta,
): Promise<StepsTaken> {
  const caused = cause === null ? meta : { ...meta, causationId: cause };
  try {
    const { appended } = await ledger.execute(commands.transitionDeployment, step, caused);
    return appended === 0 ? noSteps : { ...noSteps, [counters[step.rule]]: 1 };
  } catch (error) {
    if (!(error instanceof Refused) || passing.has(error.refusal.refused)) throw error;
    const { deployment_id, to } = step;
    logger.warn(
      { tenant_id, deployment_id, from, to, refused: error.refusal.refused, reason: error.refusal.detail },
      'a deployment stays as it is',
    );
    return { ...noSteps, refused: 1 };
  }
}
