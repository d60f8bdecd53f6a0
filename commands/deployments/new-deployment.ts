/** What holds for every new deployment, with a template or without. */
import type { Execution } from '../../src/ledger/command.ts';
import { refuse, refuseField, type Refusal } from '../../src/ledger/refusal.ts';
import { kindOf } from './actors.ts';
import type { Deployment } from './deployment.ts';

/** The fields that a caller gives a new deployment. */
export interface NewDeployment {
  tenant_id: string;
  /** See {@link slugForm}. */
  slug: string;
  display_name: string;
  region: string | null;
  state: 'trial' | 'active';
  /** ISO instant; only a trial has one. Null: a tenant's trial lasts longest, an admin's has no end. */
  trial_ends_at: string | null;
}

/** Lower-case letters, digits and hyphens, a letter or digit first: a slug becomes part of host names. */
export const slugForm = /^[a-z0-9][a-z0-9-]*$/;

const DAY_MS = 86_400_000;

/** The reason why there can be no such deployment, or null. Its slug stays taken after it is archived. */
export function refuseNew(
  { deployment: taken }: Deployment,
  input: NewDeployment,
  execution: Execution,
): Refusal | null {
  const { slug } = input;
  if (!slugForm.test(slug)) return refuseField('slug', 'expected lower-case letters, digits and hyphens');
  const refusal = refuseTrialEnd(input, execution);
  if (refusal !== null || taken === null) return refusal;
  return refuse(
    'already-exists',
    taken.state === 'archived' || taken.state === 'cancelled'
      ? `the slug ${slug} belongs to a deployment that is ${taken.state}: a slug is taken for ever`
      : `there is a deployment ${slug} already`,
    { extra: { deployment_id: taken.id } },
  );
}

/** A tenant's trial lasts `TRIAL_DAYS` at most; an admin's as long as it says. */
function refuseTrialEnd(
  { state, trial_ends_at }: Pick<NewDeployment, 'state' | 'trial_ends_at'>,
  execution: Execution,
): Refusal | null {
  if (trial_ends_at === null) return null;
  if (state === 'active') return refuseField('trial_ends_at', 'only a deployment in state trial has it');
  const ends = Date.parse(trial_ends_at);
  if (ends <= Date.parse(execution.now)) return refuseField('trial_ends_at', 'does not lie in the future');
  if (kindOf(execution.actor) === 'tenant' && ends > longestTrial(execution)) {
    const { trialDays } = execution.limits;
    return refuseField('trial_ends_at', `a trial lasts at most ${trialDays} days`);
  }
  return null;
}

/** When the trial of a new deployment ends. Null: it is active, or its trial does not end by itself. */
export function trialEnd(
  { state, trial_ends_at }: Pick<NewDeployment, 'state' | 'trial_ends_at'>,
  execution: Execution,
): string | null {
  if (state === 'active' || trial_ends_at !== null || kindOf(execution.actor) !== 'tenant')
    return trial_ends_at;
  return new Date(longestTrial(execution)).toISOString();
}

const longestTrial = ({ now, limits }: Execution): number => Date.parse(now) + limits.trialDays * DAY_MS;
